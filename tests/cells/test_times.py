"""Parse times: ISO at once, other formats one by one; zones become UTC."""

import datetime as dt

import numpy as np
import pytest

from funnel.cells.times import read_times


def at(*values):
    return read_times(list(values), 3, 2).at.astype(str).tolist()


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("2026-01-02", "2026-01-02T00:00:00"),
        ("2026-01-02 10:20", "2026-01-02T10:20:00"),
        ("2026-01-02T10:20:30.999", "2026-01-02T10:20:30"),
        (" 2026-1-2 9:05 ", "2026-01-02T09:05:00"),
        ("02.01.2026 17h30", "2026-01-02T17:30:00"),
        ("13/1/2026 5:30 pm", "2026-01-13T17:30:00"),
        ("13/1/2026 12:05 a.m.", "2026-01-13T00:05:00"),
        ("12 March 2026, 10:30", "2026-03-12T10:30:00"),
        (46174.5, "2026-06-01T12:00:00"),
        (46174, "2026-06-01T00:00:00"),
        (dt.datetime(2026, 1, 2, 3, 4, 5), "2026-01-02T03:04:05"),
        (dt.date(2026, 1, 2), "2026-01-02T00:00:00"),
        ("2026-01-02T10:00-05:00", "2026-01-02T15:00:00"),
        ("2026-01-02 10:00 UTC", "2026-01-02T10:00:00"),
        ("2.1.2026 10:00 +02:00", "2026-01-02T08:00:00"),
        ("2026-01", "NaT"),
        ("2026-02-30 10:00", "NaT"),
        ("1/1/2026 25:00", "NaT"),
        (True, "NaT"),
        (None, "NaT"),
    ],
)
def test_one_cell(value, read):
    assert at(value) == [read]


def test_one_cell_among_others_reads_the_same():
    """One text in another format does not change how the others are parsed."""
    plain = [f"2026-01-{day:02d} 10:00:00" for day in range(1, 29)]
    assert at(*plain) == at(*plain, "soon")[:-1]
    zoned = [f"{text}Z" for text in plain]
    assert at(*plain) == at(*zoned)
    assert read_times(zoned, 3, 2).zoned.all()


def test_unreadable_wrong_year_and_zoned():
    found = read_times(["2026-01-02", "", None, "soon", "0226-01-02 10:00", "2026-01-02T10:00Z"], 3, 2)
    assert found.unreadable == (3,)
    assert found.wrong_year == (4,)
    assert found.zoned.tolist() == [False] * 5 + [True]
    assert np.isnat(found.at).tolist() == [False, True, True, True, True, False]


def test_the_column_decides_whether_the_day_comes_first():
    assert at("3/4/2026 10:00", "12/25/2025 10:00")[0] == "2026-03-04T10:00:00"
    found = read_times(["2026-01-01", "3/4/2026 10:00"], 3, 2)
    assert [(p.kind, p.row) for p in found.problems] == [("ambiguous dates", 3)]
