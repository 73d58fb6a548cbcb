"""Write `results.md` from the registry of results: `python docs/make_results.py`."""

from pathlib import Path

from funnel.metrics.reference import markdown

PAGE = Path(__file__).with_name("results.md")

if __name__ == "__main__":
    PAGE.write_text(markdown(), "utf-8")
