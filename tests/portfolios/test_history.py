"""The history of a portfolio: what changed since each business's last record of a month ago or more."""

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest
from businesses import DAY, business

from funnel.errors import ReadError
from funnel.portfolios.history import COLUMNS, changes, read_history, record


def history(*rows: tuple[object, ...]) -> pd.DataFrame:
    return pd.DataFrame([list(row) for row in rows], columns=list(COLUMNS))


def test_each_business_is_compared_with_its_own_last_record_of_a_month_ago() -> None:
    """B was left out on the later day; C has too few clients; A's record of last week is too new."""
    before = history(
        ("2026-04-01", "A", 50, "Client contacted", 40, 10),
        ("2026-04-01", "B", 50, "Client contacted", 40, 30),
        ("2026-05-01", "A", 60, "Client contacted", 50, 20),
        ("2026-05-01", "C", 9, "Client contacted", 9, 1),
        ("2026-06-25", "A", 70, "Client contacted", 60, 60),
    )  # fmt: skip
    now = [business(name, (80, 40)) for name in "ABCD"]
    found = changes(before, now, DAY)
    assert found[["business", "since", "n_before", "n"]].to_numpy().tolist() == [
        ["B", "2026-04-01", 40, 80], ["A", "2026-05-01", 50, 80],
    ]  # fmt: skip
    assert found["change"].tolist() == pytest.approx([0.5 - 0.75, 0.5 - 0.4])
    assert changes(history(), now, DAY).empty


def test_the_same_day_twice_is_recorded_once(tmp_path: Path) -> None:
    path = tmp_path / "gyms.history.csv"
    record(path, read_history(path), [business("A", (80, 40))])
    record(path, read_history(path), [business("A", (90, 50)), business("NA", (20, 10))])
    found = read_history(path)
    assert found[["as_of", "business", "n"]].to_numpy().tolist() == [
        [DAY.isoformat(), "A", 90], [DAY.isoformat(), "NA", 20],
    ]  # fmt: skip
    later = DAY + dt.timedelta(days=28)
    assert len(changes(found, [business("NA", (20, 20))], later)) == 1


@pytest.mark.parametrize(
    "text", ["a,b\n1,2\n", "as_of,business,leads,step,n,reached\n2026-01-01,A,5,Met,many,1\n"]
)
def test_another_file_is_named(text: str, tmp_path: Path) -> None:
    path = tmp_path / "gyms.history.csv"
    path.write_text(text, "utf-8")
    with pytest.raises(ReadError) as error:
        read_history(path)
    assert str(error.value) == (
        f"{path} should be the history of this portfolio, but has other columns or is damaged. Rename it, "
        "and a new one is begun."
    )
