"""The record of a log row: it decodes to what was encoded, for any name; damaged records are skipped."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funnel.history.entry import LEFT, NEW, REMOVED, ClientKey, Legend, Record, RecordReader, unescape

STEPS = ("Met", "Paid = yes", "One; two", "12 %")
NUMBERS = {step: number for number, step in enumerate(STEPS, 1)}
names = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
stages = names.filter(lambda name: name not in ("", REMOVED, NEW))
states = st.one_of(st.frozensets(st.sampled_from([*STEPS, LEFT])), stages, st.sampled_from([REMOVED, NEW]))
people = st.builds(ClientKey, names, st.none() | st.dates(), st.none() | names.filter(bool))


@given(
    states,
    states,
    st.lists(st.tuples(people, st.none() | people.filter(lambda who: who != ClientKey(""))), min_size=1),
)
def test_encoded_record_is_decoded(before, after, clients):
    record = Record(before, after, tuple(clients))
    text = record.encode(NUMBERS)
    assert RecordReader({number: step for step, number in NUMBERS.items()}).read(text) == record
    assert text[0].isdigit()


@pytest.mark.parametrize(
    "text", ["", "a note", "new>", "new>stage Won", "stage>stage Won;Ana", 7, None, "new>marks 1"]
)
def test_other_text_is_not_a_record(text):
    assert RecordReader({1: "Met"}).read(text) is None


def test_damaged_parts_are_skipped():
    record = RecordReader({1: "Met"}).read("new>marks 1-9999999999 x 3- left;Ana|no day|7|||;;%zz")
    assert record.after == {"Met", LEFT}
    assert [who for who, _ in record.clients] == [ClientKey("Ana", None, "7"), ClientKey("%zz")]
    assert unescape("%2") == "%2"


def test_step_numbers_are_permanent():
    """A step keeps its number when columns move, change their names, go and come back."""
    first = Legend().updated(["Met", "Paid"], {})
    assert str(first) == "Record: 1=Met; 2=Paid"
    moved = first.updated(["Paid", "Booked", "Met"], {})
    assert str(moved) == "Record: 2=Paid; 3=Booked; 1=Met"
    renamed = moved.updated(["Paid", "Had a meeting", "Booked"], {"Met": "Had a meeting"})
    assert str(renamed) == "Record: 2=Paid; 1=Had a meeting; 3=Booked"
    less = renamed.updated(["Paid"], {})
    assert str(less) == "Record: 2=Paid; ~1=Had a meeting; ~3=Booked"
    again = less.updated(["Booked", "Paid", "New"], {})
    assert str(again) == "Record: 3=Booked; 2=Paid; 4=New; ~1=Had a meeting"
    assert Legend.parse(str(again)) == again


@given(st.lists(names.filter(lambda name: name == name.strip() and name != ""), unique=True, max_size=6))
def test_written_legend_is_parsed(steps):
    legend = Legend().updated(steps, {})
    assert Legend.parse(str(legend)) == legend


def test_long_name_and_id_are_cut():
    who = ClientKey.from_cells("Ana " * 100, dt.date(2026, 1, 20), "7" * 500)
    assert (len(who.name), len(who.id)) == (120, 120)
    assert ClientKey.from_cells("", None, "") == ClientKey("", None, None)
