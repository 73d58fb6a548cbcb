"""Ranges of lead dates: how they are written, and which one comes before."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funnel.errors import UsageError
from funnel.metrics.core.date_ranges import Range, every

DAYS = st.dates(dt.date(1990, 1, 1), dt.date(2090, 1, 1))


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2026-Q1", "2026-01-01", "2026-03-31"),
        ("2026-q4", "2026-10-01", "2026-12-31"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        (" 2026 ", "2026-01-01", "2026-12-31"),
        ("2026-01-05 .. 2026-01-05", "2026-01-05", "2026-01-05"),
        ("2026-02-01", "2026-02-01", "2026-02-01"),
    ],
)
def test_written(text: str, start: str, end: str) -> None:
    assert Range.parse(text) == Range(dt.date.fromisoformat(start), dt.date.fromisoformat(end))


@pytest.mark.parametrize("text", ["2026-Q5", "2026-13", "spring", "2026-02-01..2026-01-01", ""])
def test_no_range(text: str) -> None:
    with pytest.raises(UsageError) as error:
        Range.parse(text)
    assert str(error.value) == (
        f'{text!r} is not a range of lead dates; write it like "2026-Q3", "2026-07" or '
        '"2026-07-01..2026-08-15".'
    )


@given(DAYS, st.sampled_from(["month", "quarter", "year"]))
def test_ranges_follow_each_other(day: dt.date, kind: str) -> None:
    found = Range.of(day, kind)
    assert found.start <= day <= found.end
    assert Range.parse(str(found)) == found
    assert found.before.end + dt.timedelta(days=1) == found.start
    assert found.before == Range.of(found.before.end, kind)


def test_every_month_and_quarter() -> None:
    first, last = dt.date(2025, 12, 31), dt.date(2026, 4, 1)
    assert [str(r) for r in every(first, last, "month")] == [
        "2025-12", "2026-01", "2026-02", "2026-03", "2026-04",
    ]  # fmt: skip
    assert [str(r) for r in every(first, last, "quarter")] == ["2025-Q4", "2026-Q1", "2026-Q2"]
