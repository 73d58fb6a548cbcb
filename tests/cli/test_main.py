"""The commands, each on small sheets: what they print, what they write, and how they leave."""

import csv
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from click.testing import Result

from funnel.cli.main import main

Run = Callable[..., Result]
DAY = ("--as-of", "2026-06-01")


@pytest.fixture
def book(run: Run, clean: Path) -> Path:
    """The clean sheet as a workbook that was refreshed once."""
    result = run("refresh", clean, "-o", "clients.xlsx", *DAY)
    assert result.exit_code == 0, result.stderr
    return clean.with_name("clients.xlsx")


# --- show and check --------------------------------------------------------------------------------------


def test_show_prints_tables_and_what_to_try_next(run: Run, clean: Path) -> None:
    result = run("show", clean.name, *DAY)
    assert (result.exit_code, result.stderr) == (0, "")
    lines = result.stdout.splitlines()
    assert lines[:3] == ["clean.csv, tab clean", "As of 2026-06-01: 3 clients", ""]
    assert max(map(len, lines)) <= 80
    assert "funnel refresh clean.csv -o clean.xlsx --dry-run" in lines


def test_show_as_json_is_version_1(run: Run, clean: Path) -> None:
    told = json.loads(run("show", clean, "--format", "json", *DAY).stdout)
    assert (told["version"], told["as_of"], told["clients"]) == (1, "2026-06-01", 3)
    assert [step["marked"] for step in told["steps"]] == [2, 1]


def test_show_as_csv_is_the_steps(run: Run, clean: Path) -> None:
    rows = list(csv.DictReader(StringIO(run("show", clean, "--format", "csv", *DAY).stdout)))
    assert [(row["step"], row["marked"]) for row in rows] == [
        ("Client contacted", "2"),
        ("First paid session", "1"),
    ]


def test_problems_are_printed_and_are_no_failure(run: Run, messy: Path) -> None:
    result = run("show", messy, *DAY)
    assert result.exit_code == 0
    assert "to look at)" in result.stdout


def test_strict_makes_them_one(run: Run, messy: Path) -> None:
    assert run("show", messy, "--strict", *DAY).exit_code == 1


def test_check_lists_problems_and_leaves_with_1(run: Run, messy: Path) -> None:
    result = run("check", messy, *DAY)
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    assert "Double client (1)" in lines
    assert any(
        re.match("A4 +Ben is in rows 3 and 4", line) for line in lines
    )  # spaces: by the version of rich


def test_check_of_a_sheet_without_problems(run: Run, clean: Path) -> None:
    result = run("check", clean, "--as-of", "2026-03-14")
    assert (result.exit_code, result.stdout.splitlines()[-1]) == (0, "Nothing to look at.")


def test_check_as_json_and_csv(run: Run, messy: Path) -> None:
    told = json.loads(run("check", messy, "--format", "json", *DAY).stdout)
    assert sorted(told) == ["as_of", "problems", "reading", "source", "tab", "version"]
    rows = list(csv.DictReader(StringIO(run("check", messy, "--format", "csv", *DAY).stdout)))
    assert [row["cell"] for row in rows] == [problem["cell"] or "" for problem in told["problems"]]


def test_a_sheet_that_is_not_there(run: Run, clean: Path) -> None:
    result = run("show", "claen.csv")
    assert (result.exit_code, result.stdout) == (3, "")
    assert result.stderr == "Error: There is no file 'claen.csv'; did you mean 'clean.csv'?\n"


def test_a_sheet_that_no_journey_fits(run: Run, tmp_path: Path) -> None:
    (tmp_path / "stock.csv").write_text("Article,Shelf,Price\nRope,A4,12.5\nMat,B1,30\n", "utf-8")
    result = run("show", "stock.csv")
    assert result.exit_code == 3
    assert "its rows are articles or other things" in result.stderr
    assert "funnel new clients.xlsx" in result.stderr


# --- init and new ----------------------------------------------------------------------------------------


def test_init_writes_beside_the_sheet_and_never_over_a_file(run: Run, clean: Path) -> None:
    result = run("init", clean)
    path = clean.with_name("clean.journey.toml")
    assert result.stdout == f"Wrote {path}. Next: funnel show {clean}\n"
    assert "- read by the journey file clean.journey.toml\n" in run("show", clean.name, *DAY).stdout
    path.write_text("mine", "utf-8")
    refused = run("init", clean)
    assert refused.exit_code == 2
    assert refused.stderr == (
        f"Error: {path} already exists and was not changed. Overwrite it with --force, or name another file "
        "with -o FILE.\n"
    )
    assert path.read_text("utf-8") == "mine"
    assert run("init", clean, "--force").exit_code == 0
    assert run("show", clean, *DAY).exit_code == 0


UNSURE = "Zwa,Zwe,Zab,Zub\n" + "".join(
    f"P{n},2026-01-{n + 1:02d},{1 if n % 3 else ''},{1 if n % 3 == 1 else ''}\n" for n in range(20)
)


def test_a_guess_gives_counts_and_questions_and_is_never_written(run: Run, tmp_path: Path) -> None:
    sheet = tmp_path / "unsure.csv"
    sheet.write_text(UNSURE, "utf-8")
    told = json.loads(run("show", sheet, *DAY, "--format", "json").stdout)
    assert told["reading"]["confidence"] == "guess"
    assert told["leaks"] == []
    assert told["verdict"].startswith("No verdict yet, because it is not certain what the sheet holds.")
    assert [step["marked"] for step in told["steps"]] == [13, 7]
    for options in (("--dry-run",), ()):
        refused = run("refresh", sheet, "-o", "new.xlsx", *options)
        assert refused.exit_code == 3
        assert refused.stderr.endswith(f"Nothing was written. Answer with: funnel init {sheet}\n")
    assert not Path("new.xlsx").exists()


def test_answers_make_a_journey_file_and_end_the_questions(run: Run, tmp_path: Path) -> None:
    sheet = tmp_path / "unsure.csv"
    sheet.write_text(UNSURE, "utf-8")
    open_ = run("init", sheet)
    assert "3 questions are not answered. Until then, no conclusion is drawn" in open_.stdout
    assert run("init", sheet, "--force", "--yes", "--answer", "paid=Zub").exit_code == 0
    assert "# Not sure" not in sheet.with_name("unsure.journey.toml").read_text("utf-8")
    told = json.loads(run("show", sheet, *DAY, "--format", "json").stdout)
    assert (told["reading"]["shape"], told["reading"]["questions"]) == ("journey", [])
    assert run("refresh", sheet, "-o", "new.xlsx", "--dry-run").exit_code == 0


def test_init_into_a_folder_that_is_not_there(run: Run, clean: Path) -> None:
    result = run("init", clean, "-o", "nowhere/journey.toml")
    assert result.exit_code == 4
    assert "could not be written: No such file or directory." in result.stderr


def test_new(run: Run, tmp_path: Path) -> None:
    result = run("new", "mine.xlsx")
    assert result.stdout == (
        "Created mine.xlsx. Type your leads into it, with a 1 for each step; then: funnel refresh mine.xlsx\n"
    )
    assert run("show", "mine.xlsx").exit_code == 0
    assert run("new", "mine.xlsx").exit_code == 4


# --- refresh ---------------------------------------------------------------------------------------------


def test_a_dry_run_says_what_would_change(run: Run, book: Path) -> None:
    sheet = book.read_bytes()
    result = run("refresh", book, "--dry-run", "--highlight", "none", *DAY)
    assert result.stdout.splitlines()[:2] == [f"{book}: 1 change", "  - Tab 'clean': remove our row colours"]
    assert book.read_bytes() == sheet


def test_refresh_says_what_it_did_and_the_second_finds_nothing(run: Run, book: Path) -> None:
    first = run("refresh", book.name, "--highlight", "none", *DAY)
    assert first.exit_code == 0
    written = (
        "Written. Open clients.xlsx; or to undo: funnel refresh clients.xlsx --undo\n"
        "No moves were logged: they are known only as of today, not as of 2026-06-01. Leave out "
        "--as-of to log them."
    )
    assert f"\n{written}\n\nWeek 2026-W23, as of 2026-06-01: 3 clients.\nNo earlier week" in first.stdout
    second = run("refresh", book.name, "--highlight", "none", *DAY)
    assert second.stdout.splitlines()[0] == "clients.xlsx: nothing to change."
    assert "Written" not in second.stdout


def test_refresh_as_json(run: Run, book: Path) -> None:
    told = json.loads(run("refresh", book, "--format", "json", *DAY).stdout)
    assert sorted(told) == ["as_of", "changes", "kept", "source", "to_do", "version", "weekly", "written"]
    assert (told["version"], told["as_of"], told["written"], told["changes"]) == (1, "2026-06-01", False, [])


def test_undo(run: Run, book: Path) -> None:
    before = book.read_bytes()
    run("refresh", book, "--highlight", "none", *DAY)
    result = run("refresh", book.name, "--undo")
    assert result.stdout.startswith(
        "clients.xlsx was restored as it was before the last refresh (from clients."
    )
    assert book.read_bytes() == before


def test_undo_with_anything_else_does_nothing(run: Run, book: Path) -> None:
    run("refresh", book, "--highlight", "none", *DAY)
    before = book.read_bytes()
    result = run("refresh", book, "--undo", "--dry-run")
    assert result.exit_code == 2
    assert result.stderr == ("Error: --undo cannot be combined with other options.\n")
    assert book.read_bytes() == before


def test_a_text_file_cannot_be_written(run: Run, clean: Path) -> None:
    result = run("refresh", clean.name)
    assert result.exit_code == 4
    assert result.stderr == (
        "Error: clean.csv is a text file, which funnel reads but does not write. Write into a workbook: "
        "funnel refresh clean.csv -o clean.xlsx. To keep a log of moves in a file beside it: "
        "funnel log clean.csv --update\n"
    )


def test_strict_refresh_writes_and_leaves_with_1(run: Run, messy: Path) -> None:
    result = run("refresh", messy, "-o", "out.xlsx", "--strict", *DAY)
    assert result.exit_code == 1
    assert messy.with_name("out.xlsx").exists()


# --- charts ----------------------------------------------------------------------------------------------


def test_charts(run: Run, clean: Path, tmp_path: Path) -> None:
    result = run("charts", clean, "-o", "pictures", "--picture", "svg", "--picture", "png", *DAY)
    assert result.exit_code == 0, result.stderr
    assert result.stdout.splitlines() == [
        str(Path("pictures", f"{name}.{kind}"))
        for name in ("drop-off", "funnel", "leaks", "cohorts", "trends")
        for kind in ("svg", "png")
    ]
    assert (tmp_path / "pictures" / "drop-off.png").read_bytes()[:4] == b"\x89PNG"


def test_charts_into_a_file(run: Run, clean: Path) -> None:
    result = run("charts", clean, "-o", clean, *DAY)
    assert (result.exit_code, result.stderr) == (
        2,
        "Error: -o takes a folder; 'clean.csv' is a file. Write -o clean; the kind of file is chosen by "
        "--picture png, svg or pdf.\n",
    )


# --- copy and new ----------------------------------------------------------------------------------------


def test_copy(run: Run, clean: Path) -> None:
    result = run("copy", clean.name, "new.xlsx")
    assert (result.exit_code, result.output) == (0, "Copied into new.xlsx.\n")
    again = run("copy", clean.name, "new.xlsx")
    assert (again.exit_code, again.stderr) == (
        4,
        "Error: new.xlsx exists already and was not changed. Choose another name, or move it.\n",
    )


@pytest.mark.parametrize("args", [(), ("new.xlsx", "--google", "Our clients")])
def test_new_makes_one_sheet(run: Run, args: tuple[str, ...]) -> None:
    result = run("new", *args)
    assert (result.exit_code, result.stderr) == (
        2,
        'Error: Name a new workbook, such as clients.xlsx, or use --google "TITLE".\n',
    )


def test_a_sheet_in_another_language_is_told_in_its_own_headers(run: Run, tmp_path: Path) -> None:
    rows = ["Nome cliente,Data contatto,Contattato,Appuntamento prenotato,Appuntamento fatto,Primo pagamento"]
    rows += [f"C{i},2026-01-{i + 1:02d},1,1,{i % 2 or ''}," for i in range(20)]
    path = tmp_path / "palestra.csv"
    path.write_text("\n".join(rows) + "\n", "utf-8")
    shown = run("show", path.name, "--journey", "gym", "--as-of", "2026-08-01")
    assert "In your sheet: 'Appuntamento fatto' → 'Primo pagamento' (columns E and F)." in " ".join(
        shown.stdout.split()
    )


def test_a_sheet_without_clients_says_what_to_do(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "new.csv"
    path.write_text("Client name,Date of lead,Client contacted,First paid session\n", "utf-8")
    assert " ".join(run("show", path.name, *DAY).stdout.split()) == (
        "new.csv, tab new As of 2026-06-01: 0 clients No clients yet: add one row for each below "
        "the headers, with a name and a date of lead, and try again."
    )


def test_nobody_has_come_by_an_early_day(run: Run, clean: Path) -> None:
    assert run("show", clean.name, "--as-of", "2026-01-01").stdout.endswith(
        "\n\nNo clients by 2026-01-01: choose a later day with --as-of.\n"
    )


def test_every_command_is_in_one_group_of_the_help(run: Run) -> None:
    grouped = [name for names in main.groups.values() for name in names]
    assert sorted(grouped) == sorted(main.commands)
    text = run("--help").stdout
    assert [line.rstrip(":") for line in text.splitlines() if line.endswith(":") and line[0] != " "] == [
        "Options", "Begin", "Look", "Write", "Follow up", "Many businesses", "Set up",
    ]  # fmt: skip


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_tab_key_completes_commands(shell: str) -> None:
    def run(**variables: str) -> str:
        command = [sys.executable, "-c", "from funnel.cli import main; main(prog_name='funnel')"]
        done = subprocess.run(command, env=os.environ | variables, capture_output=True, check=False)
        return done.stdout.decode()

    assert "_FUNNEL_COMPLETE" in run(_FUNNEL_COMPLETE=f"{shell}_source")
    typed = {"COMP_WORDS": "funnel sho", "COMP_CWORD": "sho" if shell == "fish" else "1"}
    assert "show" in run(_FUNNEL_COMPLETE=f"{shell}_complete", **typed)
