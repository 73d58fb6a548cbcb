"""The weekly job: a run that fails, a workbook that is moved, a person who edits each week."""

from pathlib import Path

import pytest

from benchmarks.safety.weeks import workbook


@pytest.mark.slow
def test_fourteen_weeks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FUNNEL_STATE", str(tmp_path / "state"))
    assert workbook(14, tmp_path) == []
