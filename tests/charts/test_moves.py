"""The moves chart: ribbons as wide as the moves are many, stages in one order, any names."""

from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest

import funnel
from funnel.charts.drawing.files import save
from funnel.charts.drawing.picture import framed
from funnel.charts.moves import moves

COLUMNS = ["stage", "next", "moves", "direction"]
TABLE = pd.DataFrame(
    [("🌱 Lead", "Trial", 30, "forward"), ("🌱 Lead", "Lost", 10, "lost"), ("Trial", "🌱 Lead", 2, "back"),
     ("Trial", "Won", 20, "forward"), ("Lost", "🌱 Lead", 1, "back")], columns=COLUMNS,
)  # fmt: skip


def test_bars_and_ribbons_are_as_long_as_their_moves():
    ax = moves(TABLE, as_of="2026-11-21")
    assert [text.get_text() for text in ax.texts] == [
        "Lead (40)", "Trial (22)", "Lost (1)",  # moved from
        "Lead (3)", "Trial (30)", "Won (20)", "Lost (10)",  # moved to: the same order, lost stages last
    ]  # fmt: skip
    bars, ribbons = ax.patches[:7], ax.patches[7:]
    unit = bars[0].get_height() / 40
    assert [round(bar.get_height() / unit) for bar in bars] == [40, 22, 1, 3, 30, 20, 10]
    thick = [ribbon.get_path().vertices[7][1] - ribbon.get_path().vertices[0][1] for ribbon in ribbons]
    assert [round(inches / unit) for inches in thick] == [30, 10, 2, 20, 1]
    assert len({ribbon.get_facecolor() for ribbon in ribbons}) == 3


def test_description():
    assert moves(TABLE, as_of="2026-11-21").get_label() == (
        "Moves between stages. as of 2026-11-21 · 63 moves. Lead → Trial: 30 moves. Lead → Lost: 10 moves. "
        "Trial → Lead: 2 moves. Trial → Won: 20 moves. Lost → Lead: 1 move."
    )


def test_no_move():
    assert moves(TABLE.iloc[:0]).texts[0].get_text() == "No move between stages is known."


@pytest.mark.parametrize("size", [None, "slide", "page", "phone"])
def test_any_name_and_many_stages(nasty: tuple[str, ...], size: str | None, tmp_path: Path, whole):
    rows = [(a, b, 3 * at + 1, "forward") for at, (a, b) in enumerate(pairwise(nasty))]
    ax = framed(moves, pd.DataFrame(rows, columns=COLUMNS), as_of="2026-11-21", size=size)
    whole(ax)
    assert save(ax.figure, tmp_path / "moves.png").stat().st_size > 10_000


def test_chart_of_a_funnel(root: Path):
    clients = funnel.load(root / "sample_data" / "sales.csv", journey="sales")
    found = funnel.Funnel(clients, "2026-11-21")
    assert found.moves["moves"].tolist() == [8, 2, 19, 1]  # the last by a typed stage after an event
    assert found.plot.moves(title="Our moves").figure.texts[0].get_text() == "Our moves"


def test_both_sides_have_the_order_of_the_journey():
    """Confirmed is before Closed, although the first row of a move to it is later."""
    rows = [("New", "Closed", 1, "forward"), ("New", "Confirmed", 2, "forward"),
            ("Confirmed", "Closed", 2, "forward")]  # fmt: skip
    table = pd.DataFrame(rows, columns=COLUMNS)
    names = [text.get_text() for text in moves(table, stages=["New", "Confirmed", "Closed"]).texts]
    assert names == ["New (3)", "Confirmed (2)", "Confirmed (2)", "Closed (3)"]


def test_a_phone_has_room_for_names_of_three_words():
    table = pd.DataFrame([("Lead", "Sales Qualified Lead", 8, "forward")], columns=COLUMNS)
    texts = framed(moves, table, size="phone").texts
    assert [text.get_text() for text in texts] == ["Lead (8)", "Sales\nQualified Lead (8)"]
