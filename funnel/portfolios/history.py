"""The history of a portfolio: earlier counts, in a CSV file beside the portfolio file."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from funnel.errors import ReadError, WriteError
from funnel.metrics.tables.leaks import ENOUGH
from funnel.portfolios.numbers import BusinessNumbers
from funnel.sheets import files
from funnel.sheets.outputs import write_whole
from funnel.sheets.source_file import SourceFile
from funnel.text import csv_cell

COLUMNS = ("as_of", "business", "leads", "step", "n", "reached")
MONTH = 28  # days; results are compared with the last ones at least this old


def history_path(portfolio: Path) -> Path:
    """Return the path of the history file.

    >>> history_path(Path("gyms.toml")).name
    'gyms.history.csv'
    """
    return portfolio.with_name(f"{portfolio.stem}.history.csv")


def read_history(path: Path) -> pd.DataFrame:
    """Return the earlier counts, with `COLUMNS`; empty if there is no file.

    Raises
    ------
    ReadError : it cannot be read, or is another or a damaged file.
    """
    if not files.is_there(path):
        return pd.DataFrame(columns=list(COLUMNS))
    data = SourceFile(path).data
    try:
        texts = {"business": str, "step": str, "as_of": str}
        found = pd.read_csv(io.BytesIO(data), dtype=texts, keep_default_na=False)  # "NA" may be a name
        found = found.astype({"n": int, "reached": int})
    except (ValueError, KeyError):
        found = pd.DataFrame()
    if tuple(found.columns) != COLUMNS:
        raise ReadError(
            f"{path} should be the history of this portfolio, but has other columns or is damaged. Rename "
            "it, and a new one is begun."
        )
    return found


def record(path: Path, before: pd.DataFrame, businesses: Sequence[BusinessNumbers]) -> None:
    """Add these counts to those before; replace earlier ones of the same date.

    Raises
    ------
    WriteError : the file cannot be written; it is unchanged.
    """
    taking = [each for each in businesses if not each.left_out]
    if not taking:
        return
    today = taking[0].as_of.isoformat()
    rows = [list(row) for row in before[before["as_of"] != today].itertuples(index=False)]
    rows += [
        [today, csv_cell(each.name), each.leads, csv_cell(step.step), step.settled_n, step.settled_reached]
        for each in taking
        for step in each.steps
    ]
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    writer.writerows(rows)
    try:
        write_whole(path, text.getvalue().encode("utf-8"))
    except OSError as error:
        raise WriteError(
            f"{path} could not be written: {error.strerror}. Correct that, or use --no-history."
        ) from None


def changes(history: pd.DataFrame, businesses: Sequence[BusinessNumbers], as_of: dt.date) -> pd.DataFrame:
    """Compare each business with its last counts at least four weeks before.

    Returns
    -------
    DataFrame, a row for each business and step with at least ten clients on both days: business, step, since
    (the earlier day), n_before, rate_before, n, rate, change (rate − rate_before); the largest fall first.
    """
    old = history[history["as_of"] <= (as_of - dt.timedelta(days=MONTH)).isoformat()]
    last = old[old["as_of"] == old.groupby("business")["as_of"].transform("max")]
    before = {(row["business"], row["step"]): row for row in last.to_dict("records")}
    rows = []
    for each in businesses:
        for step in each.steps:
            was = before.get((csv_cell(each.name), csv_cell(step.step)))
            if was and min(was["n"], step.settled_n) >= ENOUGH:
                rate, earlier = step.settled_reached / step.settled_n, was["reached"] / was["n"]
                rows.append([each.name, step.step, was["as_of"], was["n"], earlier, step.settled_n, rate,
                             rate - earlier])  # fmt: skip
    columns = ["business", "step", "since", "n_before", "rate_before", "n", "rate", "change"]
    return pd.DataFrame(rows, columns=columns).sort_values("change", ignore_index=True)
