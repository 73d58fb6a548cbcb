import datetime as dt

import numpy as np

from funnel.cells.columns import read_dates, read_marks, read_reason, read_text, read_texts
from funnel.grid import CellError
from funnel.journey import Step

D = dt.date
BROKEN = CellError("#N/A")


def test_column_of_dates():
    column = read_dates(
        [D(2026, 1, 5), None, "-", "06/01/2026", "soon", D(1926, 1, 5), BROKEN, 0], 2, "dmy", strict=False
    )
    assert [None if np.isnat(day) else str(day) for day in column.days] == [
        "2026-01-05", None, None, "2026-01-06", None, None, None, None,
    ]  # fmt: skip
    assert (column.unreadable, column.wrong_year, column.errors) == ([4], [5], [6])
    assert column.texts.tolist() == [False, False, False, True, False, False, False, False]


def test_column_of_marks():
    values = [
        1,
        True,
        "x",
        D(2026, 1, 5),
        "06/01/2026",
        None,
        "no",
        "booked",
        BROKEN,
        D(1980, 5, 5),
        D(2206, 1, 5),
    ]
    column = read_marks(values, 3, Step(name="Met"), "dmy")
    assert column.marked.tolist() == [True, True, True, True, True, False, False, False, False, True, True]
    assert [str(day) for day in column.when[[3, 4, 10]]] == ["2026-01-05", "2026-01-06", "2206-01-05"]
    assert np.isnat(column.when[9])
    assert (column.bad, column.errors, column.wrong_year) == ([7], [8], [9, 10])


def test_columns_without_dates():
    assert read_marks([1, None], 3, Step(name="Met"), "dmy").when is None
    assert read_dates([D(2026, 1, 5)], 2, "dmy", strict=False).texts is None


def test_texts():
    values = ["  Ana \n Rossi ", 12, 12.0, 12.5, True, False, None, BROKEN, D(2026, 1, 5)]
    assert read_texts(values) == ["Ana Rossi", "12", "12", "12.5", "TRUE", "", "", "", "2026-01-05"]
    assert read_text(dt.time(9, 30)) == "09:30:00"


def test_words_for_no_reason():
    assert [read_reason(text) for text in ("Price", "-", "no", "N/A", "none", "0")] == [
        "Price",
        "",
        "",
        "",
        "",
        "",
    ]
