"""The log as people read it, and what was to be done."""

import datetime as dt

from funnel.grid import Grid
from funnel.history.entry import Who
from funnel.history.history_table import COLUMNS, DOINGS, doings, logged
from funnel.history.read import read_log

LOG = read_log(Grid("Log", [
    ["When", "2026-11-02", "2026-11-09", "2026-11-16 09:30"], ["Since", None, "2026-11-02", None],
    ["To", "Lead", "Lead", "Hot"], ["Why", "first seen", "renamed", "moved"],
    ["Actions", None, None, "tag: Hot\nnote: Dear {client} in {stage}"],
    ["Record", "1 new>stage Lead;Ana|2026-01-05;Ben",
     "2 stage Lead>stage Lead;Anna|2026-01-05||Ana|2026-01-05", "3 stage Lead>stage Hot;Anna|2026-01-05"],
]))  # fmt: skip


def test_newest_last_and_times_only_where_they_are_known():
    found = logged(LOG)
    assert list(found) == list(COLUMNS)
    assert found[["when", "since", "client", "lead_date"]].values.tolist() == [
        ["2026-11-02", None, "Ana", "2026-01-05"], ["2026-11-02", None, "Ben", None],
        ["2026-11-09", "2026-11-02", "Anna", "2026-01-05"], ["2026-11-16 09:30", None, "Anna", "2026-01-05"],
    ]  # fmt: skip


def test_of_one_client_also_what_was_recorded_under_a_former_name():
    anna = Who("anna", dt.date(2026, 1, 5))
    assert logged(LOG, anna)["client"].tolist() == ["Ana", "Anna", "Anna"]
    assert logged(LOG, Who("Anna", None)).empty


def test_what_was_to_be_done():
    found = doings(LOG, {Who("Anna", dt.date(2026, 1, 5)): "Zoe"})
    assert found.values.tolist() == [
        ["tag", "Hot", "Anna", "2026-01-05", "Hot", "2026-11-16 09:30", "Zoe", None],
        ["note", None, "Anna", "2026-01-05", "Hot", "2026-11-16 09:30", "Zoe", "Dear Anna in Hot"],
    ]


def test_no_log():
    assert list(logged(None)) == list(COLUMNS)
    assert list(doings(None)) == list(DOINGS)
