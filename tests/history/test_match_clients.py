"""Who is who: by id, by name and lead date, by what can only be a correction; and steps by another name."""

import datetime as dt
from types import SimpleNamespace

import pytest

from funnel.history.entry import GONE, Legend, Who
from funnel.history.match_clients import alike, match, renamed_steps, unique

D = dt.date(2026, 1, 5)


def clients(*facts):
    return [SimpleNamespace(who=Who(name, lead, key), state=state) for name, lead, key, state in facts]


def test_by_id_before_name():
    known = clients(("Ana", D, "1", "Lead"), ("Ben", D, "2", "Lead"))
    assert match(known, clients(("Ben", D, "1", "Lead"), ("Ana", D, "2", "Lead"))) == {0: 0, 1: 1}


def test_two_with_ids_are_not_one_because_of_a_name():
    assert match(clients(("Ana", D, "1", "Lead")), clients(("Ana", D, "2", "Lead"))) == {}


def test_those_of_one_name_are_paired_by_their_states():
    known = clients(("Ana", D, None, "Lead"), ("Ana", D, None, "Won"), ("Ana", D, None, GONE))
    assert match(known, clients(("Ana", D, None, "Won"), ("Ana", D, None, "Hot"))) == {1: 0, 0: 1}


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
        (("Ana", D, None, GONE), ("Anna", D, None, "Lead"), False),
        (("", D, None, "Lead"), ("Ana", D, None, "Lead"), False),
    ],
)
def test_corrections(old, new, same):
    assert match(clients(old), clients(new)) == ({0: 0} if same else {})


def test_a_correction_that_could_be_of_two_is_of_none():
    known = clients(("Ana Rosi", D, None, "Lead"))
    now = clients(("Ana Rossi", D, None, "Lead"), ("Anna Rosi", D, None, "Lead"))
    assert match(known, now) == {}


def test_without_any_doubt():
    known = clients(
        ("Ana", D, None, "a"), ("Ben", D, None, "a"), ("Ben", D, None, "b"), ("Cat", D, None, "a")
    )
    now = clients(("cat", D, None, "b"), ("Ben", D, None, "a"), ("Ana", D, None, "b"))
    assert unique(known, now) == {0: 2, 3: 0}


def test_steps_by_another_name():
    legend = Legend({"Met": 1, "Booked": 2, "Paid": 3}, {"Old": 4})
    every = lambda old, new: (20, 20)  # noqa: E731
    assert renamed_steps(legend, ["Met", "Visit", "Paid"], every) == {"Booked": "Visit"}
    assert renamed_steps(legend, ["Met", "Visit", "Tour", "Paid"], every) == {}  # which of the two?
    assert renamed_steps(legend, ["Met", "Paid", "Visit"], every) == {}  # elsewhere
    assert renamed_steps(legend, ["Met", "Old", "Paid"], every) == {}  # one that was there before
    assert renamed_steps(legend, ["Met", "Visit", "Paid"], lambda old, new: (18, 20)) == {}
    assert renamed_steps(legend, ["A", "B", "Paid"], every) == {"Met": "A", "Booked": "B"}


def test_names_that_are_alike():
    assert alike("Ana Rossi", "Rossi Ana")
    assert not alike("Al Io", "Bo Io")
