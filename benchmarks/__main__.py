"""``python -m benchmarks``: run every measure and print its figures and ratios; nothing is judged here."""

import importlib
import sys
from pathlib import Path

HERE = Path(__file__).parent
ALONE = {"results"}  # takes long, and writes RESULTS.md
MEASURES = sorted(p.stem for p in HERE.glob("*.py") if not p.stem.startswith("_") and p.stem not in ALONE)


def main(asked: list[str]) -> None:
    names = [argument for argument in asked if not argument.isdigit()]  # a number is how many rows
    for name in names or MEASURES:
        print(f"== {name}")
        importlib.import_module(f"benchmarks.{name}").main()


if __name__ == "__main__":
    main(sys.argv[1:])
