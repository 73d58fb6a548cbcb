"""`funnel init` where nobody can answer: the file counts as declared only once its questions are answered."""

import json
from pathlib import Path

import pytest

from funnel.journey import read_journey

DAY = ("--as-of", "2026-11-28")
ROWS = "Zwa,Zwe,Zab,Zub\n" + "".join(
    f"P{n},2026-01-{n + 1:02d},{1 if n % 3 else ''},{1 if n % 3 == 1 else ''}\n" for n in range(20)
)


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    path = tmp_path / "unsure.csv"
    path.write_text(ROWS, "utf-8")
    return path


def test_open_questions_in_the_file_are_still_open(run, sheet: Path) -> None:
    result = run("init", sheet)
    path = sheet.with_name("unsure.journey.toml")
    abouts = read_journey(path).unanswered
    assert "paid" in abouts
    assert result.stdout == (
        f"{len(abouts)} questions are not answered. Until then, no conclusion is drawn and nothing is "
        f"written into the sheet. To answer: funnel init {sheet}\nWrote {path}. Next: funnel show {sheet}\n"
    )
    told = json.loads(run("show", sheet, *DAY, "--format", "json").stdout)
    assert (told["reading"]["confidence"], told["leaks"]) == ("guess", [])
    assert [question["about"] for question in told["reading"]["questions"]] == list(abouts)
    for options in (("--dry-run",), ()):
        refused = run("refresh", sheet, "-o", "new.xlsx", *options)
        assert refused.exit_code == 3
        assert refused.stderr.endswith(f"Nothing was written. Answer with: funnel init {sheet}\n")


def test_init_goes_on_with_the_file_and_keeps_what_was_edited(run, sheet: Path) -> None:
    run("init", sheet)
    path = sheet.with_name("unsure.journey.toml")
    path.write_text(path.read_text("utf-8").replace('period = "90 days"', 'period = "30 days"'), "utf-8")
    assert run("init", sheet, "--answer", "paid=Zub", "--yes").exit_code == 0
    journey = read_journey(path)
    assert (journey.period, journey.paid.name, journey.unanswered) == ("30 days", "Zub", ())
    assert run("refresh", sheet, "-o", "new.xlsx", "--dry-run").exit_code == 0
    assert run("init", sheet).exit_code == 2  # finished: left alone


def test_deleting_the_line_answers_by_hand(run, sheet: Path) -> None:
    run("init", sheet)
    path = sheet.with_name("unsure.journey.toml")
    lines = [line for line in path.read_text("utf-8").splitlines() if not line.startswith("unanswered")]
    path.write_text("\n".join(lines), "utf-8")
    assert json.loads(run("show", sheet, *DAY, "--format", "json").stdout)["reading"]["questions"] == []
    assert run("refresh", sheet, "-o", "new.xlsx", "--dry-run").exit_code == 0
