"""Commands that are killed at random moments leave the old file or a whole new one."""

import sys
from pathlib import Path

import pytest

if sys.platform == "win32":
    pytest.skip("no SIGKILL there", allow_module_level=True)

from benchmarks.safety.kills import run


def test_one_kill_of_each_command(tmp_path: Path) -> None:
    broken, outcomes = run(0.001, tmp_path)
    assert broken == []
    assert outcomes["old"] + outcomes["new"] == 5


@pytest.mark.slow
def test_a_hundredth_of_the_kills(tmp_path: Path) -> None:
    broken, outcomes = run(0.01, tmp_path)
    assert broken == []
    assert outcomes["old"] + outcomes["new"] == 18
