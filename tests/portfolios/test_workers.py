"""Worker processes: one that is killed is replaced, and only its sheet is left out."""

import sys
from pathlib import Path

import pytest
from businesses import DAY, write_gym

from funnel.portfolios import workers as module
from funnel.portfolios.declaration import Business
from funnel.portfolios.workers import Workers


def test_a_killed_process_leaves_out_its_sheet_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_gym(tmp_path / "good.xlsx", 12, 6, 3)
    good = Business(name="Good", sheet=str(tmp_path / "good.xlsx"))
    with Workers(1) as workers:
        monkeypatch.setattr(module, "COMMAND", (sys.executable, "-c", "import os; os._exit(9)"))
        killed = workers.submit(Business(name="Bomb", sheet="bomb.xlsx"), "gym", DAY, cache=False).result()
        assert killed.problem == "bomb.xlsx could not be measured: its process ended (code 9)."
        monkeypatch.undo()
        assert workers.submit(good, "gym", DAY, cache=False).result().leads == 12
