"""The stage history of each client as of a date: entry times are intervals."""

import datetime as dt

import pandas as pd
from tables import clients_of

from funnel.grid import Grid
from funnel.history.read import read_log
from funnel.history.stage_history import advances, columns_from_log, completed_stays, days_between
from funnel.journey import Journey, Stage

STAGES = Journey(
    stages=(
        Stage(name="Lead", default=True), Stage(name="Warm", was=("Hot",)), Stage(name="Won"),
        Stage(name="Cold", lost=True),
    )
)  # fmt: skip


def log(*lines):
    """Lines of: when, since, why, record."""
    columns = [["When"], ["Since"], ["Why"], ["Record"]]
    for number, (when, since, why, record) in enumerate(lines, 1):
        for column, cell in zip(columns, (when, since, why, f"{number} {record}"), strict=True):
            column.append(cell)
    return read_log(Grid("Log", columns))


ANA = (
    ("2026-03-01", None, "first seen", "new>stage Lead;Ana|2026-02-10"),
    ("2026-03-15", "2026-03-08", "typed", "stage Lead>stage Hot;Ana|2026-02-10"),
    ("2026-03-20 10:00", None, "moved", "stage Hot>stage Cold;Ana|2026-02-10"),
    ("2026-04-05", "2026-03-29", "typed", "stage Cold>stage Won;Anna|2026-02-10||Ana|2026-02-10"),
)


def read(lines, as_of, **table):
    base = {"row": [2], "client": ["Anna"], "lead_date": pd.to_datetime(["2026-02-10"])}
    found = columns_from_log(
        clients_of(pd.DataFrame(base | table), STAGES, log=log(*lines)), dt.date.fromisoformat(as_of)
    )
    moments = [str(found[f"flag:log_{name}"][0])[:16] for name in ("since", "until")]
    return [found["flag:log_stage"][0], *moments, found["flag:log_furthest"][0]]


def test_stage_as_of_each_day():
    ana = {"client": ["Ana"]}
    assert read(ANA, "2026-02-28", **ana)[1:3] == ["NaT", "NaT"]
    # A client only ever at the default stage entered it on the lead date, unless its stage is manual.
    assert read(ANA, "2026-03-01", **ana) == ["Lead", "2026-02-10T00:00", "2026-02-10T00:00", "Lead"]
    typed = {"stage": pd.array(["Lead"], dtype="str")}
    assert read(ANA, "2026-03-01", **ana, **typed) == [
        "Lead",
        "2026-02-10T00:00",
        "2026-03-01T00:00",
        "Lead",
    ]
    assert read(ANA, "2026-03-15", **ana) == ["Warm", "2026-03-08T00:00", "2026-03-15T00:00", "Warm"]
    assert read(ANA, "2026-03-20", **ana) == ["Cold", "2026-03-20T10:00", "2026-03-20T10:00", "Warm"]
    assert read(ANA, "2026-11-22") == ["Won", "2026-03-29T00:00", "2026-04-05T00:00", "Won"]


def test_removed_client_has_no_stage_but_keeps_the_furthest():
    gone = (*ANA[:2], ("2026-03-22", "2026-03-15", "gone", "stage Hot>gone;Ana|2026-02-10"))
    found = read(gone, "2026-11-22", client=["Ana"])
    assert found[1:] == ["NaT", "NaT", "Warm"]
    assert pd.isna(found[0])


def test_clients_with_the_same_key_have_no_history():
    two = {"row": [2, 3], "client": ["Ana"] * 2, "lead_date": pd.to_datetime(["2026-02-10"] * 2)}
    assert pd.isna(read(ANA, "2026-03-15", **two)[0])


def test_imported_entries_come_first():
    lines = (
        ("2026-03-01", None, "first seen", "new>stage Warm;Ana|2026-02-10"),
        ("2026-02-20 09:00", None, "imported", "stage Lead>stage Warm;Ana|2026-02-10"),
        ("2026-02-11", None, "imported", "new>stage Lead;Ana|2026-02-10"),
    )
    assert read(lines, "2026-11-22", client=["Ana"]) == [
        "Warm",
        "2026-02-20T09:00",
        "2026-02-20T09:00",
        "Warm",
    ]
    found = completed_stays(log(*lines), STAGES, dt.date(2026, 11, 22))
    assert found.values.tolist() == [["Lead", 9.0, 9.0]]


def test_completed_stays_and_advances():
    day = dt.date(2026, 11, 22)
    assert completed_stays(log(*ANA), STAGES, day).values.tolist() == [
        ["Lead", 7.0, 33.0], ["Warm", 5.0, 12.0], ["Cold", 9.0, 16.0],
    ]  # fmt: skip
    table = pd.DataFrame({"row": [2], "client": ["Anna"], "lead_date": pd.to_datetime(["2026-02-10"])})
    people = clients_of(table, STAGES, log=log(*ANA))
    # a lead from the lead date on, and warm from a day between 8 and 15 March
    assert advances(people, day, {}).values.tolist() == [["Lead", 26.0, 33.0], ["Warm", 14.0, 28.0]]
    assert completed_stays(None, STAGES, day).empty
    assert advances(clients_of(table, STAGES), day, {}).empty
    assert days_between(pd.NaT, pd.Timestamp(day)) != 0


def test_without_a_log_there_are_no_columns():
    table = pd.DataFrame({"row": [2], "client": ["Ana"]})
    assert columns_from_log(clients_of(table, STAGES), dt.date(2026, 11, 22)) == {}
