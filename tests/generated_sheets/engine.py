"""Read generated sheets with the product, and judge what was read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from generated_sheets.score import Score, judge
from generated_sheets.sheets import AS_OF, Sheet

from funnel.errors import ReadError
from funnel.reading import read_grids


def read_sheet(sheet: Sheet) -> Mapping[str, Any] | None:
    """Return the reading in its JSON form, with the paid step; None where the product refuses the sheet."""
    try:
        reading = read_grids(sheet.grids, AS_OF)
    except ReadError:
        return None
    told = reading.to_json()
    steps = [{**step, "paid": belief.paid} for step, belief in zip(told["steps"], reading.steps, strict=True)]
    return {**told, "steps": steps}


def judge_sheet(sheet: Sheet) -> Score:
    """Read a sheet and compare; an error of the program is a wrong reading."""
    try:
        verdict, why = judge(read_sheet(sheet), sheet.truth)
    except Exception as error:  # noqa: BLE001  (a crash is what we count)
        verdict, why = "wrong", f"crash: {error!r}"
    return Score(sheet.seed, verdict, why, sheet.truth.traits)
