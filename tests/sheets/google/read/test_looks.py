"""The looks of styles, and the key that distinguishes them from manual formats."""

from __future__ import annotations

from typing import get_args

import pytest

from funnel.plan import OUR_FILLS, StyleName
from funnel.sheets.google.read.looks import LOOKS, OURS, color, look_key, rgb


def test_every_style_has_a_look() -> None:
    assert set(LOOKS) == set(get_args(StyleName))


@pytest.mark.parametrize("shade", [*OUR_FILLS.values(), "000000", "E7EDF3"])
def test_colours_round_trip(shade: str) -> None:
    assert rgb(color(shade)) == shade


def test_the_service_omits_zero_parts_of_a_colour() -> None:
    assert rgb({"red": 1.0}) == "FF0000"
    assert rgb({}) == "000000"


def test_our_looks_differ_from_manual_formats() -> None:
    assert look_key(LOOKS["header"]) in OURS
    assert look_key({}) in OURS
    assert look_key({"backgroundColor": color("EA9999")}) not in OURS
    assert look_key({"textFormat": {"bold": True, "italic": True}}) not in OURS


def test_counts_and_rates() -> None:
    assert LOOKS["total_rate"]["numberFormat"] == {"type": "PERCENT", "pattern": "0.0%"}
    assert LOOKS["total_count"] == {
        "numberFormat": {"type": "NUMBER", "pattern": "#,##0"},
        "textFormat": {"bold": True},
        "horizontalAlignment": "RIGHT",
        "borders": {"top": {"style": "SOLID"}},
    }
