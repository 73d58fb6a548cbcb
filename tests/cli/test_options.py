"""The options that commands share."""

import datetime as dt
import os

import click
import pytest
from click.testing import CliRunner

from funnel.cli.options import KEY, SheetRequest, takes_sheet


def request(*args: str) -> tuple[int, str, list[SheetRequest]]:
    got: list[SheetRequest] = []

    @click.command()
    @takes_sheet
    def command(request: SheetRequest) -> None:
        got.append(request)

    result = CliRunner().invoke(command, args)
    return result.exit_code, result.output, got


def test_what_was_asked_is_one_object() -> None:
    line = "a.xlsx --journey j.toml --tab Leads --as-of 2026-11-21 --strict"
    code, _, got = request(*line.split())
    assert code == 0
    assert got == [SheetRequest("a.xlsx", "j.toml", "Leads", dt.date(2026, 11, 21), "table", True)]


def test_the_day_is_today_unless_one_is_given() -> None:
    _, _, got = request("a.xlsx")
    assert got[0].as_of == dt.date.today()


@pytest.mark.parametrize("day", ["21/11/2026", "21.11.2026", "21 Nov 2026", "November 21, 2026"])
def test_a_day_whose_order_is_certain_is_read(day: str) -> None:
    _, _, got = request("a.xlsx", "--as-of", day)
    assert got[0].as_of == dt.date(2026, 11, 21)


@pytest.mark.parametrize("day", ["tomorrow", "2026-02-30"])
def test_a_day_that_is_none_is_wrong_use(day: str) -> None:
    code, output, got = request("a.xlsx", "--as-of", day)
    assert (code, got) == (2, [])
    assert f"'{day}' is not a day; write it like 2026-11-21 (year, month, day).\n" in output


def test_a_day_of_uncertain_order_is_asked_about() -> None:
    code, output, got = request("a.xlsx", "--as-of", "11/12/2026")
    assert (code, got) == (2, [])
    assert "'11/12/2026' can be 2026-12-11 or 2026-11-12; write the one you mean.\n" in output


def test_the_key_is_named_while_the_command_runs_and_no_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY, "other.json")
    seen: list[str | None] = []

    @click.command()
    @takes_sheet
    def command(request: SheetRequest) -> None:
        seen.append(os.environ.get(KEY))

    CliRunner().invoke(command, ["a.xlsx", "--credentials", "key.json"])
    assert (seen, os.environ[KEY]) == (["key.json"], "other.json")
    monkeypatch.delenv(KEY)
    CliRunner().invoke(command, ["a.xlsx", "--credentials", "key.json"])
    CliRunner().invoke(command, ["a.xlsx"])
    assert seen == ["key.json", "key.json", None]
