"""The forty sheets that were read by hand: what each is, and whether it has to be asked about."""

import datetime as dt
import importlib.util
import json
from pathlib import Path

import pytest

from funnel.reading import read_grids
from funnel.sheets import open_sheet

FOLDER = Path(__file__).parents[3] / "shared" / "readings"
AS_OF = dt.date(2026, 11, 28)
CASES = json.loads((FOLDER / "expected.json").read_text("utf-8")) if FOLDER.is_dir() else []

pytestmark = pytest.mark.skipif(not CASES, reason="the sheets that were read by hand are not here")


def _check():
    spec = importlib.util.spec_from_file_location("readings_check", FOLDER / "check.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("human", CASES, ids=lambda human: human["file"])
def test_a_sheet_is_read_as_a_careful_person_reads_it(human):
    check = _check()
    sheet = open_sheet(FOLDER / human["file"])
    reading = read_grids({tab: sheet.read(tab) for tab in sheet.tabs()}, AS_OF, human["file"])
    if human["answer"] == "refuse":
        assert reading.shape == "none"
        assert reading.refusal
        return
    assert reading.asks == (human["answer"] == "ask")
    seen = check.product_reading({"reading": reading.to_json()}, {})
    steps, roles, tab, lost = seen
    hows = [
        check.differs(one, steps, roles, tab, lost) or check.sees_lost(one, steps, roles, lost)
        for one in check.readings_of(human)
    ]
    assert None in hows, hows
