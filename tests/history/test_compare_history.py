"""Fold and compare without a whole sheet; tests on sheets are in tests/writer/history/test_log.py."""

import datetime as dt

import pandas as pd
import pytest

from funnel.grid import Grid
from funnel.history.compare_history import Entry, compare_with_log, describe_change, fold_log, state_label
from funnel.history.entry import LEFT, NEW, REMOVED, ClientKey, Legend
from funnel.history.read import read_log, sort_entries
from funnel.history.snapshot import CurrentState
from funnel.journey import Journey, Stage

D = dt.date
DAY, BEFORE = D(2026, 11, 22), D(2026, 11, 15)
ANA = ClientKey("Ana", D(2026, 1, 20))
STAGES = Journey(stages=(Stage(name="Lead", default=True), Stage(name="Hot"), Stage(name="Won")))


def log(*lines):
    """Lines of: when, why, record."""
    when, why, record = (list(column) for column in zip(*lines, strict=True))
    return read_log(Grid("Log", [["When", *when], ["Why", *why], ["Record", *record]]))


def test_imported_entries_come_before_a_refresh_of_the_same_day():
    found = log(
        ("2026-11-02", "first seen", "new>stage Hot;Ana"),
        ("2026-11-02", "imported", "stage Lead>stage Hot;Ana"),
        ("2026-10-02 10:00", "imported", "new>stage Lead;Ana"),
        ("2026-10-02 09:00", "imported", "new>stage Lead;Ben"),
    )
    assert sort_entries(found)["row"].tolist() == [5, 4, 3, 2]
    assert [(k.key.name, k.state) for k in fold_log(found)] == [("Ben", "Lead"), ("Ana", "Hot")]


def test_entries_are_applied_in_writing_order_whatever_their_order_and_dates():
    third = ("2026-11-16", "", "3 stage Hot>stage Won;Ana")
    second = ("2062-11-09", "", "2 stage Lead>stage Hot;Ana")
    found = log(third, second, third, ("2026-11-02", "", "1 new>stage Lead;Ana"))
    assert found["row"].tolist() == [2, 3, 5]  # one of them was copied
    assert [k.state for k in fold_log(found)] == ["Won"]


def test_empty_log():
    assert fold_log(None) == []
    assert fold_log(read_log(Grid("Log", [["Record"]]))) == []


@pytest.mark.parametrize(
    ("at", "when", "since"),
    [
        (dt.datetime(2026, 11, 18, 9, 30), dt.datetime(2026, 11, 18, 9, 30), None),
        (
            dt.datetime(2026, 11, 3),
            DAY,
            BEFORE,
        ),  # earlier than the last refresh
        (dt.datetime(2026, 11, 25), DAY, BEFORE),
        (None, DAY, BEFORE),
    ],
)
def test_event_sets_the_exact_time_if_later_than_the_last_refresh(at, when, since):
    known = fold_log(log(("2026-11-15", "", "new>stage Lead;Ana|2026-01-20")))
    now = [CurrentState(2, ANA, "Won", "event", at)]
    moves = compare_with_log(known, now, STAGES, Legend(), as_of=DAY, since=BEFORE)
    assert moves.entries == (Entry(ANA, "Lead", "Won", "event", when, since, row=2),)


def test_log_of_marks_continues_as_log_of_stages():
    known = fold_log(log(("2026-11-15", "", "new>marks ;Ana|2026-01-20")))
    moves = compare_with_log(known, [CurrentState(2, ANA, "Won")], STAGES, Legend(), as_of=DAY, since=BEFORE)
    assert [(e.before, e.after, e.why, e.since) for e in moves.entries] == [
        (frozenset(), "Won", "first seen", None)
    ]


def test_description_of_a_change():
    old, new = ClientKey("Ana", D(2026, 1, 2), "7"), ClientKey("Ana", D(2026, 1, 2))
    assert describe_change(Entry(new, "Lead", "Lead", "renamed", DAY, old_key=old), []) == "the id was 7"
    assert (
        describe_change(Entry(ANA, "Lead", "Lead", "renamed", DAY, old_key=ClientKey("Ana")), [])
        == "the lead date was blank"
    )
    entry = Entry(ANA, frozenset({"Met", LEFT}), frozenset({"Met"}), "typed", DAY)
    assert describe_change(entry, ["Met"]) == "no longer left"
    assert describe_change(Entry(ANA, NEW, "Lead", "typed", DAY), []) == ""
    assert state_label(REMOVED, []) == "gone"


def test_time_of_day_is_kept():
    found = log(("2026-11-02 09:15", "moved", "new>stage Lead;Ana"))
    assert fold_log(found)[0].when == pd.Timestamp("2026-11-02 09:15")
