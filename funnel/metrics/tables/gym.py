"""Gym numbers: set, show and close rates, long-term clients, revenue, and lengths of engagement."""

from __future__ import annotations

from collections.abc import Iterator

import narwhals as nw
import pandas as pd

from funnel.metrics.core.flags import PAID, Chain, Flagged, every, flag
from funnel.metrics.core.frames import collect, count_flags, keep_rows, length
from funnel.metrics.core.result import Column, Result, View, low_high
from funnel.metrics.statistics.intervals import ratio, wilson
from funnel.metrics.tables.currencies import currencies_of, in_currency
from funnel.reading.words.vocabulary import step_headers
from funnel.text import fold

BOOKED, HAD = "Client meeting booked", "Client meeting had"  # steps of the preset "gym"
LONG_TERM = 12  # months
RESULT = Result(
    "gym",
    "Gym numbers",
    "Set, show and close rates, long-term clients, revenue, and lengths of engagement.",
    (
        Column("measure", "Measure", "text", "Name of the measure."),
        Column("unit", "Unit", "text", "`rate`, `money` or `months`."),
        Column("value", "Value", "mixed", "The number, in that unit.", ("low", "high")),
        *low_high("a rate"),
        Column("part", "Part", "number", "Its numerator: clients, or money."),
        Column("n", "Of n", "count", "Clients counted."),
        Column("of", "Of", "text", "Description of these clients."),
    ),
    lambda funnel: gym_table(funnel.flagged, funnel.retention, funnel.engagement),
    tab=View(
        "Set, show and close rates",
        ("measure", "value", "low", "high", "n", "of"),
        "Only clients who were due count, so new clients are not losses.",
        prepare=lambda funnel, rows: rows[rows["unit"] != "months"],
    ),
    review=True,
    index=("measure",),
)
COLUMNS = RESULT.names


def gym_table(flagged: Flagged, retention: pd.DataFrame, engagement: pd.DataFrame) -> pd.DataFrame:
    """Collect the usual numbers of gyms.

    Set rate: meetings booked, of leads; show rate: meetings held, of those booked; close rate: clients who
    paid, of those who came to their meeting. All are of clients who were due, so that clients with time
    left are not losses. Long-term clients: of paid clients whose twelve months have passed, those who had not
    left by then. Revenue is the sum of the value column; lengths of engagement must not be compared with each
    other (see `engagement_table`).

    Parameters
    ----------
    retention, engagement : the tables of those names.

    Returns
    -------
    DataFrame: measure, unit ("rate", "money" or "months"), value, low, high (of rates; 95 %, Wilson), part
    (the numerator: clients, or money), n (clients counted), of (description of these clients). Measures
    without columns in the sheet are omitted. Meetings are found by their headers, in six languages.

    Examples
    --------
    >>> import datetime as dt
    >>> from funnel.journey import Journey, Step
    >>> from funnel.metrics.core.flags import flagged
    >>> journey = Journey(steps=(Step(name="Meeting had"), Step(name="Paid", paid=True)))
    >>> table = pd.DataFrame({"lead_date": pd.to_datetime(["2026-01-05"] * 3), "value": [50.0, 70, 90]})
    >>> table = table.assign(**{"step:^meeting had": [True, True, False], "step:^paid": [True, False, False]})
    >>> clients = flagged(table, journey, dt.date(2026, 7, 1))
    >>> nothing = pd.DataFrame(columns=["of", "months", "measure", "n"])
    >>> gym_table(clients, nothing, nothing)[["measure", "value", "n"]].round(2)
                       measure  value  n
    0                 close rate   0.50  2
    1  revenue per paid client  50.00  1
    2         revenue per lead  16.67  3
    """
    rows = [*_rates(flagged), *_long_term(retention), *_revenue(flagged), *_engagement(engagement)]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _rates(flagged: Flagged) -> Iterator[tuple[object, ...]]:
    """Yield the set, show and close rates whose steps the journey has."""
    chain = flagged.chain
    booked, had = _position(chain, BOOKED), _position(chain, HAD)
    rates = {
        "set rate": (None, booked, "leads due"),
        "show rate": (booked, had, "meetings booked and due"),
        "close rate": (had, chain.paid, "meetings had, payment due"),
    }
    for measure, (start, end, of) in rates.items():
        known = not {start, end} & chain.unknown
        if known and end is not None and (start is not None or measure == "set rate"):
            n, reached = _count(flagged, start, end)
            yield _rate(measure, reached, n, of)


def _count(flagged: Flagged, start: int | None, end: int) -> tuple[int, int]:
    """Count clients who reached `start` and are due at `end`: all, and those who reached `end`."""
    conditions = [nw.col(flag("due", end)), *([] if start is None else [nw.col(flag("reached", start))])]
    row = count_flags(flagged.frame.filter(every(conditions)), [flag("reached", end)]).iloc[0]
    return int(row["n"]), int(row[flag("reached", end)])


def _position(chain: Chain, meant: str) -> int | None:
    """Return the position of the step with a header of this meaning, in any of six languages."""
    for i, step in enumerate(chain.steps):
        if any(step_headers().get(fold(header)) == meant for header in step.headers):
            return i
    return None


def _rate(measure: str, reached: int, n: int, of: str) -> tuple[object, ...]:
    low, high = wilson([reached], [n])
    return measure, "rate", float(ratio(reached, n)), float(low[0]), float(high[0]), reached, n, of


def _long_term(retention: pd.DataFrame) -> Iterator[tuple[object, ...]]:
    """Yield the share who stay for twelve months: of paid clients, or of leads if there is no paid step."""
    rows = list(zip(retention["of"].tolist(), retention["months"].tolist(), strict=True))
    base = "paid" if any(of == "paid" for of, _ in rows) else "leads"
    if (base, LONG_TERM) in rows:
        row = retention.iloc[rows.index((base, LONG_TERM))]
        of = f"{'paid clients' if base == 'paid' else 'leads'} of {LONG_TERM} months ago or earlier"
        yield _rate("long-term clients", int(row["reached"]), int(row["eligible"]), of)


def _revenue(flagged: Flagged) -> Iterator[tuple[object, ...]]:
    """Yield the value of clients who paid: the total, per such client with a value, and per lead."""
    if "value" not in flagged.columns or flagged.chain.paid is None:
        return
    if flagged.chain.paid in flagged.chain.unknown:  # lost clients may have paid
        return
    leads, nan = length(flagged.frame), float("nan")
    currencies = currencies_of(flagged)
    for currency in currencies:
        paid = keep_rows(in_currency(flagged, currency).frame, nw.col(PAID))
        row = collect(paid.select(nw.col("value").sum(), nw.col("value").count().alias("n"))).iloc[0]
        money, n = float(row["value"] or 0), int(row["n"])
        which, of = (f", {currency}", f" in {currency}") if len(currencies) > 1 else ("", "")
        per_client, per_lead = float(ratio(money, n)), float(ratio(money, leads))
        yield (
            *(f"revenue per paid client{which}", "money", per_client, nan, nan, money, n),
            f"paid clients with a value{of}",
        )
        yield f"revenue per lead{which}", "money", per_lead, nan, nan, money, leads, "leads"


def _engagement(engagement: pd.DataFrame) -> Iterator[tuple[object, ...]]:
    """Yield the lengths of engagement."""
    nan = float("nan")
    for row in engagement.to_dict("records"):
        yield (
            row["measure"],
            "months",
            row["months"],
            nan,
            nan,
            nan,
            row["n"],
            "paid clients with a lead date",
        )
