"""The review of a portfolio, in the same formats as that of one sheet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from funnel.reports.review import Cover, Figure, Heading, Review, Section, Size, Table
from funnel.reports.review_tables import plain_table
from funnel.text import DASH, count, percent

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from funnel.metrics.core.result import Unit
    from funnel.portfolios.businesses import Portfolio

TITLES: dict[str, tuple[str, Unit]] = {
    "business": ("Business", "text"), "step": ("Step", "text"), "n": ("Clients due", "count"),
    "reached": ("Reached", "count"), "rate": ("Share", "rate"), "low": ("From", "rate"),
    "high": ("To", "rate"), "pooled": ("Share, pooled", "rate"), "others": ("The others", "rate"),
    "gap": ("Gap", "rate"), "outside": ("Beyond chance", "text"),
    "regained_per_100": ("Gained per 100 leads", "number"), "since": ("Since", "text"),
    "n_before": ("Clients due then", "count"), "rate_before": ("Share then", "rate"),
    "change": ("Change", "rate"), "leads": ("Clients", "count"), "problem": ("Why", "text"),
}  # fmt: skip
"""Column -> its title and unit."""
LARGE = 0.05
"""Change of a share from which it is listed."""


def make_review(portfolio: Portfolio) -> Review:
    """Make the review of a portfolio. It names businesses, never clients."""
    clients = sum(each.leads for each in portfolio.compared)
    facts = (
        f"As of {portfolio.as_of}",
        f"{count(len(portfolio.compared), 'business', 'businesses')}, {count(clients, 'client')}",
        *(
            (f"Beside {count(len(portfolio.others), 'business', 'businesses')} of a benchmark file",)
            if portfolio.others
            else ()
        ),
        *((f"{len(portfolio.left_out)} left out, listed at the end",) if portfolio.left_out else ()),
    )
    cover = Cover(portfolio.name, portfolio.as_of, None, None, clients, "", "", stated=facts)

    def draw(figure: Figure, size: Size | None) -> Axes:
        return portfolio.plot(dict(figure.options)["step"], size=size)

    return Review(cover, tuple(_sections(portfolio)), draw=draw)


def _sections(portfolio: Portfolio) -> Iterator[Section]:
    yield Section("verdict", "The most common leak, and who differs", portfolio.verdict)
    gaps = ("business", "step", "outside", "regained_per_100", "rate", "others", "n")
    note = (
        "Gained: paying clients (after the paid step: clients who stay) if the step rose to the share of the "
        "others. Where “Beyond chance” is blank, the gap may be chance."
    )
    yield Section("gaps", "The biggest gap of each business",
                  tables=(_table("Biggest gaps", portfolio.gaps, gaps, note),))  # fmt: skip
    columns = ("business", "outside", "rate", "n", "reached", "low", "high", "pooled")
    for at, step in enumerate(dict.fromkeys(map(str, portfolio.table["step"]))):
        rows = portfolio.table[portfolio.table["step"] == step].sort_values("rate")
        figure = Figure("funnel_plot", step, step, (("step", step),))
        yield Section(f"step-{at + 1}", step, figures=(figure,), tables=(_table(step, rows, columns),))
    if len(portfolio.changes):
        columns = ("business", "step", "since", "change", "rate_before", "rate", "n_before", "n")
        title = "Changes since the last results a month ago or more"
        large = portfolio.changes[portfolio.changes["change"].abs() >= LARGE]
        note = f"Changes of at least {percent(LARGE)[:-2]} points. Most clients are the same on both days."
        if large.empty:
            yield Section("changes", title, (f"No share changed by {percent(LARGE)[:-2]} points or more.",))
        else:
            yield Section("changes", title, tables=(_table("Changes", large, columns, note),))
    if portfolio.left_out:
        reasons = [(each.name, each.problem or each.question) for each in portfolio.left_out]
        yield Section("left-out", "Left out", tables=(plain_table("Left out", ("Business", "Why"), reasons),))
    yield Section("definitions", "Definitions used", (
        "Share: of the clients who were due at a step and had reached the step before, those who "
        "reached it.",
        "Share, pooled: the fewer clients a business has, the closer to the overall share.",
        "Beyond chance: outside the 95 % or 99.8 % limits of the funnel plot (Spiegelhalter 2005). With "
        "fewer than 10 clients this is not tested.",
    ))  # fmt: skip


def _table(title: str, rows: pd.DataFrame, columns: Sequence[str], note: str = "") -> Table:
    headings = tuple(Heading(TITLES[name][0], TITLES[name][1], TITLES[name][1] == "text") for name in columns)
    records = rows[list(columns)].to_dict("records")
    texts = tuple(tuple(_text(row[name], TITLES[name][1]) for name in columns) for row in records)
    values = tuple(
        tuple(None if row[name] != row[name] else row[name] for name in columns) for row in records
    )
    return Table(title, headings, texts, values, note=note)


def _text(value: Any, unit: str) -> str:
    if value is None or value != value:
        return DASH
    if unit == "rate":
        return percent(value)
    if unit == "number":
        return f"{value:.1f}"
    return f"{value:,}" if unit == "count" else str(value)
