"""Folding and comparing where a whole sheet would be too much; the rest is in tests/writer/test_log.py."""

import datetime as dt

import pandas as pd
import pytest

from funnel.grid import Grid
from funnel.history.compare_history import Entry, change, compare, fold_log, label
from funnel.history.entry import GONE, LEFT, NEW, Legend, Who
from funnel.history.read import history, read_log
from funnel.history.snapshot import Now
from funnel.journey import Journey, Stage

D = dt.date
DAY, BEFORE = D(2026, 11, 22), D(2026, 11, 15)
ANA = Who("Ana", D(2026, 1, 20))
STAGES = Journey(stages=(Stage(name="Lead", default=True), Stage(name="Hot"), Stage(name="Won")))


def log(*lines):
    """Lines of: when, why, record."""
    when, why, record = (list(column) for column in zip(*lines, strict=True))
    return read_log(Grid("Log", [["When", *when], ["Why", *why], ["Record", *record]]))


def test_what_was_imported_came_before_what_a_refresh_saw_on_that_day():
    found = log(
        ("2026-11-02", "first seen", "new>stage Hot;Ana"),
        ("2026-11-02", "imported", "stage Lead>stage Hot;Ana"),
        ("2026-10-02 10:00", "imported", "new>stage Lead;Ana"),
        ("2026-10-02 09:00", "imported", "new>stage Lead;Ben"),
    )
    assert history(found)["row"].tolist() == [5, 4, 3, 2]
    assert [(k.who.name, k.state) for k in fold_log(found)] == [("Ben", "Lead"), ("Ana", "Hot")]


def test_entries_count_as_they_were_written_however_they_are_sorted_and_dated():
    third = ("2026-11-16", "", "3 stage Hot>stage Won;Ana")
    second = ("2062-11-09", "", "2 stage Lead>stage Hot;Ana")
    found = log(third, second, third, ("2026-11-02", "", "1 new>stage Lead;Ana"))
    assert found["row"].tolist() == [2, 3, 5]  # one of them was copied
    assert [k.state for k in fold_log(found)] == ["Won"]


def test_nothing_recorded():
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
        ),  # told of only after the refresh before: not to be wound back
        (dt.datetime(2026, 11, 25), DAY, BEFORE),
        (None, DAY, BEFORE),
    ],
)
def test_an_event_says_when_to_the_moment(at, when, since):
    known = fold_log(log(("2026-11-15", "", "new>stage Lead;Ana|2026-01-20")))
    now = [Now(2, ANA, "Won", "event", at)]
    moves = compare(known, now, STAGES, Legend(), as_of=DAY, since=BEFORE)
    assert moves.entries == (Entry(ANA, "Lead", "Won", "event", when, since, row=2),)


def test_a_log_of_marks_becomes_one_of_stages():
    known = fold_log(log(("2026-11-15", "", "new>marks ;Ana|2026-01-20")))
    moves = compare(known, [Now(2, ANA, "Won")], STAGES, Legend(), as_of=DAY, since=BEFORE)
    assert [(e.before, e.after, e.why, e.since) for e in moves.entries] == [
        (frozenset(), "Won", "first seen", None)
    ]


def test_what_changed_in_words():
    old, new = Who("Ana", D(2026, 1, 2), "7"), Who("Ana", D(2026, 1, 2))
    assert change(Entry(new, "Lead", "Lead", "renamed", DAY, was=old), []) == "the id was 7"
    assert change(Entry(ANA, "Lead", "Lead", "renamed", DAY, was=Who("Ana")), []) == "the lead date was blank"
    entry = Entry(ANA, frozenset({"Met", LEFT}), frozenset({"Met"}), "typed", DAY)
    assert change(entry, ["Met"]) == "no longer left"
    assert change(Entry(ANA, NEW, "Lead", "typed", DAY), []) == ""
    assert label(GONE, []) == "gone"


def test_times_are_kept_as_they_are_written():
    found = log(("2026-11-02 09:15", "moved", "new>stage Lead;Ana"))
    assert fold_log(found)[0].when == pd.Timestamp("2026-11-02 09:15")
