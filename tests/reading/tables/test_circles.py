import pytest

from funnel.reading.tables.circles import settle_circles
from funnel.reading.tables.evidence import look_at


def reached(*columns, header="Step"):
    found = settle_circles([look_at(n, header, cells.split()) for n, cells in enumerate(columns, start=1)])
    return [(column.kind, int(column.reached.sum())) for column in found]


def test_the_circles_get_fewer():
    assert reached("O O O X", "O O X X", "O X X X") == [("marks", 3), ("marks", 2), ("marks", 1)]


def test_the_crosses_get_fewer_so_an_o_means_not_yet():
    assert reached("X X X O", "X X O O", "x o O O") == [("marks", 3), ("marks", 2), ("marks", 1)]


@pytest.mark.parametrize("cells", ["O O X X", "○ ○ X X"])
def test_one_column_alone_is_read_by_its_language(cells):
    assert reached(cells, header="체험") == [("marks", 2)]


def test_one_column_alone_in_english_is_unknown():
    assert reached("O O X X") == [("choices", 0)]


def test_circles_alone():
    assert reached("O O O", "O O -", "O - -") == [("marks", 3), ("marks", 2), ("marks", 1)]


def test_blood_groups_are_no_marks():
    assert reached("O A B O", "O O A AB") == [("choices", 0), ("choices", 0)]


def test_an_x_alone_is_a_mark():
    assert reached("x x x", "x x -") == [("marks", 3), ("marks", 2)]
