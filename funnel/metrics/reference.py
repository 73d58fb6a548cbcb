"""The reference of results in Markdown, made from the registry."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from funnel.metrics.core.result import Column, Result
from funnel.metrics.results import results

HEAD = """# Results

Everything funnel computes, in the order of the JSON object. Made from `funnel/metrics/results.py` by
`python docs/make_results.py`; do not edit it by hand.

Rates and probabilities are fractions in Python, JSON and CSV, and percentages elsewhere. Undefined values
are NaN in Python, `null` in JSON, empty in CSV and "–" elsewhere. Every result is a table:
`funnel show SHEET --table NAME`, with `--format csv` or `--format json` for other programs.

A label on the tab `Funnel` is the title of a column here. To see how its number is defined, look for the
name of the column in [definitions](definitions.md); the code that computes it cites the heading.
"""


def markdown() -> str:
    """Return the page `docs/results.md`."""
    return "\n".join([HEAD, *(line for result in results() for line in _section(result))])


def _section(result: Result) -> Iterator[str]:
    yield f"## {result.name}"
    yield f"\n{result.title}. {result.meaning}\n"
    yield from (f"- {fact}" for fact in _facts(result))
    yield ""
    yield from _table(result.columns)
    if result.columns_by:
        yield "\nFor each value of a column:\n"
        yield from _table(result.columns_by)
    yield ""


def _facts(result: Result) -> Iterator[str]:
    """Yield the command, the needs, the chart and the places of a result."""
    more = " --by COLUMN" if result.compute is None else " [--by COLUMN]" if result.compute_by else ""
    yield f"Command line: `funnel show SHEET --table {result.option}{more}`"
    if result.needs:
        yield f"Needs: {', '.join(need.name for need in result.needs)}"
    for chart in result.every_chart:
        by = '"coach"' if result.compute is None else ""
        yield f"Chart: `{chart.file}`, in Python `funnel.plot.{chart.name}({by})`"
    places = {"`funnel show`": result.show, "the tab `Funnel`": result.tab, "reviews": result.review}
    shown = [place for place, there in places.items() if there]
    if shown:
        yield f"Also in: {', '.join(shown)}"


def _table(columns: Iterable[Column]) -> Iterator[str]:
    yield "| column | title | unit | meaning |"
    yield "|---|---|---|---|"
    yield from (f"| `{c.name}` | {c.title} | {c.unit} | {c.meaning} |" for c in columns)
