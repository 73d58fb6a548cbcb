"""The record of a row: what is written is what is read, whatever a name holds; damaged ones are none."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funnel.history.entry import GONE, LEFT, NEW, Legend, Reader, Record, Who, unquote

STEPS = ("Met", "Paid = yes", "One; two", "12 %")
NUMBERS = {step: number for number, step in enumerate(STEPS, 1)}
names = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
stages = names.filter(lambda name: name not in ("", GONE, NEW))
states = st.one_of(st.frozensets(st.sampled_from([*STEPS, LEFT])), stages, st.sampled_from([GONE, NEW]))
people = st.builds(Who, names, st.none() | st.dates(), st.none() | names.filter(bool))


@given(
    states,
    states,
    st.lists(st.tuples(people, st.none() | people.filter(lambda who: who != Who(""))), min_size=1),
)
def test_what_is_written_is_what_is_read(before, after, clients):
    record = Record(before, after, tuple(clients))
    text = record.text(NUMBERS)
    assert Reader({number: step for step, number in NUMBERS.items()}).read(text) == record
    assert text[0].isdigit()


@pytest.mark.parametrize(
    "text", ["", "a note", "new>", "new>stage Won", "stage>stage Won;Ana", 7, None, "new>marks 1"]
)
def test_what_is_no_record_is_passed_over(text):
    assert Reader({1: "Met"}).read(text) is None


def test_damaged_parts_do_no_harm():
    record = Reader({1: "Met"}).read("new>marks 1-9999999999 x 3- left;Ana|no day|7|||;;%zz")
    assert record.after == {"Met", LEFT}
    assert [who for who, _ in record.clients] == [Who("Ana", None, "7"), Who("%zz")]
    assert unquote("%2") == "%2"


def test_numbers_are_for_good():
    """A step keeps its number when columns move, change their names, go and come back."""
    first = Legend().now(["Met", "Paid"], {})
    assert str(first) == "Record: 1=Met; 2=Paid"
    moved = first.now(["Paid", "Booked", "Met"], {})
    assert str(moved) == "Record: 2=Paid; 3=Booked; 1=Met"
    renamed = moved.now(["Paid", "Had a meeting", "Booked"], {"Met": "Had a meeting"})
    assert str(renamed) == "Record: 2=Paid; 1=Had a meeting; 3=Booked"
    less = renamed.now(["Paid"], {})
    assert str(less) == "Record: 2=Paid; ~1=Had a meeting; ~3=Booked"
    again = less.now(["Booked", "Paid", "New"], {})
    assert str(again) == "Record: 3=Booked; 2=Paid; 4=New; ~1=Had a meeting"
    assert Legend.parse(str(again)) == again


@given(st.lists(names.filter(lambda name: name == name.strip() and name != ""), unique=True, max_size=6))
def test_a_legend_is_read_as_it_was_written(steps):
    legend = Legend().now(steps, {})
    assert Legend.parse(str(legend)) == legend


def test_a_long_name_is_cut_alike_on_both_sides():
    who = Who.of("Ana " * 100, dt.date(2026, 1, 20), "7" * 500)
    assert (len(who.name), len(who.id)) == (120, 120)
    assert Who.of("", None, "") == Who("", None, None)
