import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funnel.journey import Duration

durations = st.one_of(
    st.integers(1, 60).map(lambda n: Duration(months=n)), st.integers(1, 900).map(lambda n: Duration(days=n))
)
days = st.dates(dt.date(2000, 1, 1), dt.date(2090, 1, 1))


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("90 days", Duration(days=90)),
        ("6 weeks", Duration(days=42)),
        ("3-month", Duration(months=3)),
        ("1 year", Duration(months=12)),
        ("2 quarters", Duration(months=6)),
    ],
)
def test_lengths_of_time_are_read(text, duration):
    assert Duration.parse(text) == duration


def test_what_is_no_length_of_time_is_refused():
    with pytest.raises(ValueError, match=r"^'soon' is not a length of time; write it like \"90 days\""):
        Duration.parse("soon")


@given(durations, days, days)
def test_due_is_the_same_from_both_ends(duration, start, end):
    assert (duration.after(start) <= end) == (start <= duration.latest_start(end))


@given(durations)
def test_a_duration_reads_back(duration):
    assert Duration.parse(str(duration)) == duration
