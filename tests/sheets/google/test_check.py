"""`funnel google`: what is told to somebody who tries."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner
from sheets_server.server import ROBOT

from funnel.cli import main
from funnel.sheets.google.check import check


def run(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(main, list(arguments))
    return done.exit_code, done.output


def test_all_is_well_and_nothing_changed(gym: SimpleNamespace, names: Any) -> None:
    before = gym.person.version()
    assert run("google", "check", gym.url) == (
        0,
        f"✓ Signed in as {ROBOT}.\n✓ Reading works: 'Gym', with 'Clients'.\n"
        "✓ Writing works. Nothing was changed.\n",
    )
    assert names(gym.server) == ["get", "batchUpdate"]
    assert gym.person.version() == before
    assert gym.book.metadata == []


@pytest.mark.parametrize("role", ["reader", None])
def test_a_missing_right_is_told_with_the_way_out(gym: SimpleNamespace, role: str | None) -> None:
    gym.book.roles.pop(ROBOT)
    if role:
        gym.book.roles[ROBOT] = role
    lines = list(check(gym.url))
    assert [works for works, _ in lines] == [True, True, False] if role else [True, False]
    assert lines[-1][1].count(f"share this sheet with {ROBOT} as an editor") == 1
    code, said = run("google", "check", gym.url)
    assert code == 3
    assert "✗" in said


def test_the_steps_are_told() -> None:
    code, said = run("google", "setup")
    assert code == 0
    assert "gserviceaccount.com" in said


def test_a_client_file_that_is_none(tmp_path: Any) -> None:
    code, said = run("google", "setup", "--client", str(tmp_path / "none.json"))
    assert (code, "does not exist" in said) == (3, True)
