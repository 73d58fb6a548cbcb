"""A call of the operating system fails, at each kind of call in turn: what is said is what happened."""

import errno
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from benchmarks.safety.faults import CASES, Case, Trials, remembered_plans, sampled


@pytest.fixture(scope="module")
def trials(tmp_path_factory: pytest.TempPathFactory) -> Trials:
    return Trials(tmp_path_factory.mktemp("faults"))


@pytest.fixture(autouse=True, scope="module")
def plans() -> Iterator[dict[object, Any]]:
    with remembered_plans() as plans:
        yield plans


def test_the_calls_are_the_same_if_plans_are_remembered(trials: Trials, plans: dict[object, Any]) -> None:
    plans.clear()
    assert trials.calls(CASES[0]) == trials.calls(CASES[0])
    assert len(plans) == 1


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_each_kind_of_call_fails(trials: Trials, case: Case) -> None:
    calls = trials.calls(case)
    assert [fault for at in sampled(calls) for fault in trials.judge(case, at, errno.EIO)] == []


def test_the_calls_that_write_are_among_them(trials: Trials) -> None:
    calls = " ".join(trials.calls(CASES[0]))
    for call in ("open", "write", "fsync", "replace", "unlink", "stat", "read"):
        assert f"{call} " in calls


def test_a_failed_flush_of_the_folder_is_a_note(trials: Trials, monkeypatch: pytest.MonkeyPatch) -> None:
    from funnel.sheets import files

    def fail(folder: Path) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(files, "_flush_folder", fail)
    folder = trials.set_up(CASES[0])
    result = trials.call("refresh", str(folder / "clients.xlsx"))
    assert result.exit_code == 0
    note = (
        f"  kept: {folder / 'clients.xlsx'} was written, but what was written may be lost if the power fails "
        "now (Input/output error)."
    )
    assert note in result.output.splitlines()
