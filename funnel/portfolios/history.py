"""The history of a portfolio: earlier counts, in a CSV file beside the portfolio file."""

from __future__ import annotations

import csv
import datetime as dt
import os
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from funnel.portfolios.numbers import BusinessNumbers

COLUMNS = ("as_of", "business", "leads", "step", "n", "reached")
MONTH = 28  # days; results are compared with the last ones at least this old


def history_path(portfolio: Path) -> Path:
    """Return the path of the history file.

    >>> history_path(Path("gyms.toml")).name
    'gyms.history.csv'
    """
    return portfolio.with_name(f"{portfolio.stem}.history.csv")


def read_history(path: Path) -> pd.DataFrame:
    """Return the earlier counts, with `COLUMNS`; empty if there is no file, or it is damaged."""
    empty = pd.DataFrame(columns=list(COLUMNS))
    try:
        found = pd.read_csv(path, dtype={"business": str, "step": str, "as_of": str})
    except (OSError, ValueError):
        return empty
    return found[list(COLUMNS)] if set(COLUMNS) <= set(found.columns) else empty


def record(path: Path, businesses: Sequence[BusinessNumbers]) -> None:
    """Add these counts; replace earlier ones of the same date.

    Raises
    ------
    OSError : the file cannot be written; it is unchanged.
    """
    before = read_history(path)
    taking = [each for each in businesses if not each.left_out]
    if not taking:
        return
    today = taking[0].as_of.isoformat()
    rows = [list(row) for row in before[before["as_of"] != today].itertuples(index=False)]
    rows += [
        [today, each.name, each.leads, step.step, step.settled_n, step.settled_reached]
        for each in taking
        for step in each.steps
    ]
    beside = path.with_name(f"{path.name}.{os.getpid()}.part")
    with beside.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows(rows)
    beside.replace(path)


def changes(history: pd.DataFrame, businesses: Sequence[BusinessNumbers], as_of: dt.date) -> pd.DataFrame:
    """Compare each business with its last counts at least four weeks before.

    Returns
    -------
    DataFrame, a row for each business and step that has both: business, step, since (the date of the latter),
    n_before, rate_before, n, rate, change (rate − rate_before); the largest fall first.
    """
    columns = ["business", "step", "since", "n_before", "rate_before", "n", "rate", "change"]
    day = (as_of - dt.timedelta(days=MONTH)).isoformat()
    old = history[history["as_of"] <= day]
    if old.empty:
        return pd.DataFrame(columns=columns)
    last = old[old["as_of"] == old["as_of"].max()].set_index(["business", "step"])
    rows = []
    for each in businesses:
        for step in each.steps:
            if (each.name, step.step) in last.index and step.settled_n:
                was = last.loc[(each.name, step.step)]
                if was["n"]:
                    rate, before = step.settled_reached / step.settled_n, was["reached"] / was["n"]
                    rows.append([each.name, step.step, was["as_of"], int(was["n"]), before, step.settled_n,
                                 rate, rate - before])  # fmt: skip
    return pd.DataFrame(rows, columns=columns).sort_values("change", ignore_index=True)
