"""Match clients by id, by name and lead date, and by one correction; match renamed steps."""

import datetime as dt
from types import SimpleNamespace

import pytest

from funnel.history.entry import REMOVED, ClientKey, Legend
from funnel.history.match_clients import are_similar_names, match_clients, match_renamed_steps, match_unique

D = dt.date(2026, 1, 5)


def clients(*facts):
    return [SimpleNamespace(key=ClientKey(name, lead, key), state=state) for name, lead, key, state in facts]


def test_id_is_matched_before_name():
    known = clients(("Ana", D, "1", "Lead"), ("Ben", D, "2", "Lead"))
    assert match_clients(known, clients(("Ben", D, "1", "Lead"), ("Ana", D, "2", "Lead"))) == {0: 0, 1: 1}


def test_clients_with_different_ids_are_not_matched_by_name():
    assert match_clients(clients(("Ana", D, "1", "Lead")), clients(("Ana", D, "2", "Lead"))) == {}


def test_clients_with_the_same_key_are_paired_by_state():
    known = clients(("Ana", D, None, "Lead"), ("Ana", D, None, "Won"), ("Ana", D, None, REMOVED))
    assert match_clients(known, clients(("Ana", D, None, "Won"), ("Ana", D, None, "Hot"))) == {1: 0, 0: 1}


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        (("Ana Rosi", D, None, "Lead"), ("Ana Rossi", D, None, "Won"), True),
        (("Ana Rossi", D, None, "Lead"), ("Ana Bianchi", D, None, "Lead"), True),
        (("Ana Rossi", D, None, "Lead"), ("Ben Tal", D, None, "Lead"), False),
        (("Ana Rossi", D, None, "Lead"), ("Ana Rossi", dt.date(2026, 1, 15), None, "Won"), True),
        (("Ana Rossi", None, None, "Lead"), ("Anna Rossi", None, None, "Lead"), True),
        (("Ana Rossi", None, None, "Lead"), ("Anna Rossi", None, None, "Won"), False),
        (
            ("Ana", D, None, frozenset("ab")),
            ("Ana", dt.date(2026, 9, 1), None, frozenset()),
            False,
        ),  # a new start
        (("Ana", D, None, REMOVED), ("Anna", D, None, "Lead"), False),
        (("", D, None, "Lead"), ("Ana", D, None, "Lead"), False),
    ],
)
def test_corrections(old, new, same):
    assert match_clients(clients(old), clients(new)) == ({0: 0} if same else {})


def test_ambiguous_correction_is_not_matched():
    known = clients(("Ana Rosi", D, None, "Lead"))
    now = clients(("Ana Rossi", D, None, "Lead"), ("Anna Rosi", D, None, "Lead"))
    assert match_clients(known, now) == {}


def test_unique_clients():
    known = clients(
        ("Ana", D, None, "a"), ("Ben", D, None, "a"), ("Ben", D, None, "b"), ("Cat", D, None, "a")
    )
    now = clients(("cat", D, None, "b"), ("Ben", D, None, "a"), ("Ana", D, None, "b"))
    assert match_unique(known, now) == {0: 2, 3: 0}


def test_renamed_steps():
    legend = Legend({"Met": 1, "Booked": 2, "Paid": 3}, {"Old": 4})
    every = lambda old, new: (20, 20)  # noqa: E731
    assert match_renamed_steps(legend, ["Met", "Visit", "Paid"], every) == {"Booked": "Visit"}
    assert match_renamed_steps(legend, ["Met", "Visit", "Tour", "Paid"], every) == {}  # which of the two?
    assert match_renamed_steps(legend, ["Met", "Paid", "Visit"], every) == {}  # elsewhere
    assert match_renamed_steps(legend, ["Met", "Old", "Paid"], every) == {}  # one that was there before
    assert match_renamed_steps(legend, ["Met", "Visit", "Paid"], lambda old, new: (18, 20)) == {}
    assert match_renamed_steps(legend, ["A", "B", "Paid"], every) == {"Met": "A", "Booked": "B"}


def test_similar_names():
    assert are_similar_names("Ana Rossi", "Rossi Ana")
    assert not are_similar_names("Al Io", "Bo Io")
