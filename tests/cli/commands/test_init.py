"""`funnel init` where nobody can answer: the file counts as declared only once its questions are answered."""

import datetime as dt
import json
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner

from funnel.cli import main
from funnel.journey import read_journey
from funnel.workflows.journey_files import journey_path

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
    assert [question["about"] for question in told["reading"]["questions"]] == [
        key.partition(":")[0] for key in abouts
    ]
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


STAGES = "Client,Lead date,Status,Stage\n" + "".join(
    f"P{n},2026-01-{n + 1:02d},{('New', 'Qualified', 'Opportunity', 'Customer')[n % 4]},"
    f"{('First contact', 'Proposal sent', 'Won', '')[n % 4]}\n"
    for n in range(24)
)
RIVAL = "The column 'Stage' ('First contact', 'Proposal sent' and 'Won')."


def written(folder: Path, text: str) -> Path:
    path = folder / "sheet.csv"
    path.write_text(text, "utf-8")
    return path


@pytest.mark.parametrize("answer", ["D=stage", "C=column D", "c=Column d", f"C={RIVAL}"])
def test_a_rival_column_becomes_the_journey(run, tmp_path: Path, answer: str) -> None:
    sheet = written(tmp_path, STAGES)
    assert run("init", sheet, "--answer", answer).exit_code == 0
    told = json.loads(run("show", sheet, *DAY, "--format", "json").stdout)["reading"]
    assert [step["step"] for step in told["steps"]] == ["First contact", "Proposal sent", "Won"]
    assert (told["confidence"], told["questions"]) == ("certain", [])


def test_an_answer_that_fits_no_question(run, tmp_path: Path) -> None:
    sheet = written(tmp_path, STAGES)
    result = run("init", sheet, "--answer", "C=perhaps")
    assert (result.exit_code, result.stderr) == (
        2,
        "Error: --answer C=perhaps is no answer to: Which shows how far a client got: 'Status' or 'Stage'? "
        "Answer one of: stage / column D.\n",
    )
    result = run("init", sheet, "--answer", "paid=Nope", "--yes")
    assert (result.exit_code, result.stderr) == (
        2,
        "Error: --answer paid=Nope names no stage. Stages: 'New', 'Qualified', 'Opportunity' and "
        "'Customer', or none.\n",
    )


def in_terminal(monkeypatch: pytest.MonkeyPatch, sheet: Path, typed: str) -> str:
    monkeypatch.setattr("funnel.cli.commands.init._is_terminal", lambda: True)
    result = CliRunner().invoke(main, ["init", str(sheet)], input=typed, prog_name="funnel")
    assert result.exit_code == 0, result.output
    return result.output


@pytest.mark.parametrize("typed", ["1", "yes", "Yes.", "y", ""])
def test_yes_is_an_answer(typed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = "".join(f"P{n},2026-01-{n + 1:02d},yes,{'yes' * (n < 9)},{'yes' * (n < 3)}\n" for n in range(24))
    sheet = written(tmp_path, "Client,Lead date,Zyx,2 Zyx,3 Zyx\n" + rows)
    printed = in_terminal(monkeypatch, sheet, f"{typed}\n")
    assert "Type a number" not in printed
    assert sheet.with_name("sheet.journey.toml").read_text("utf-8").count("[[step]]\nname") == 3


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("no", 2),
        ("N", 2),
        ("I do not know", 3),
        ("2.", 2),
        ("4", None),
        ("", None),
        ("ye", None),
        ("0", None),
    ],
)
def test_the_first_words_of_an_answer_choose_it(typed: str, number: int | None) -> None:
    from funnel.cli.commands.init import _chosen

    sentences = ["Yes.  (Enter)", "No: they are not steps.", "I do not know: leave it open."]
    assert _chosen(typed, sentences) == number
    assert _chosen("In", ["In this order: A → B.", "In another order."]) is None


ORDER = "Client,Lead date,Deal stage\n" + "".join(
    f"P{n},2026-01-{n + 1:02d},{('New', 'Zwa', 'Demo', 'Won', 'Zwe', 'Lost')[n % 6]}\n" for n in range(24)
)


def test_a_terminal_asks_in_sentences(run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Enter is no answer to an order that nothing supports; an order is typed in numbers."""
    sheet = written(tmp_path, ORDER)
    printed = in_terminal(monkeypatch, sheet, "x\n2\n1 4\n1 2 4 3 5\n4\n")
    assert (
        printed
        == f"""
In which order do clients go through the stages of 'Deal stage'? 'Zwa' is no known word.
  1. In this order: New → Demo → Zwa → Zwe → Won.
  2. In another order.
  3. I do not know: leave it open.
Number: x
Type a number from 1 to 3.
Number: 2
  1. New
  2. Demo
  3. Zwa
  4. Zwe
  5. Won
All numbers in the right order, such as 2 1 3 4 5: 1 4
Type each number from 1 to 5 once.
All numbers in the right order, such as 2 1 3 4 5: 1 2 4 3 5

How far had the clients in 'Lost' come before they left?
  1. It is unknown, or differs: there is no drop-off between the stages.  (Enter)
  2. To 'New'.
  3. To 'Demo'.
  4. To 'Zwe'.
  5. To 'Zwa'.
Number: 4
Wrote {sheet.with_name("sheet.journey.toml")}. Next: funnel show {sheet}
"""
    )


def test_a_refused_sheet_is_read_by_its_letters(run, tmp_path: Path) -> None:
    """A refusal names a command that leads on."""
    sheet = written(tmp_path, "Wer,Qux,Zab\n" + "".join(f"P{n},{n % 5},{n % 2}\n" for n in range(24)))
    refused = run("show", sheet)
    assert refused.exit_code == 3
    assert refused.stderr.endswith(
        "If it does hold clients, name their tab with --tab, or the letters of their columns, such as: "
        f"funnel init {sheet} --answer A=client --answer D=step. `funnel new clients.xlsx` makes a sheet to "
        "begin with.\n"
    )
    assert run("init", sheet).exit_code == 3
    assert run("init", sheet, "--answer", "A=client", "--answer", "C=step").exit_code == 0
    told = json.loads(run("show", sheet, *DAY, "--format", "json").stdout)["reading"]
    assert [step["step"] for step in told["steps"]] == ["Zab"]
    assert [(belief["role"], belief["header"]) for belief in told["columns"]] == [("client", "Wer")]


def test_the_terminal_goes_on_where_it_was_left(run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is answered is not asked again, also of two questions about one column."""
    values = ("New", "Contacted", "On hold", "Pending", "Won", "Lost")
    rows = "".join(f"P{n},2026-01-{n + 1:02d},{values[n % 6]}\n" for n in range(24))
    sheet = written(tmp_path, f"Client,Lead date,Lead status\n{rows}")
    path = journey_path(str(sheet))
    assert in_terminal(monkeypatch, sheet, "2\n3\n").endswith(
        "1 question is not answered. Until then, no conclusion is drawn and nothing is written into the "
        f"sheet. To answer: funnel init {sheet}\nWrote {path}. Next: funnel show {sheet}\n"
    )
    assert read_journey(path).unanswered == ("C: Pending",)
    printed = in_terminal(monkeypatch, sheet, "2\n\n")
    assert [line for line in printed.splitlines() if line.endswith("?")] == [
        "Is 'Pending' a stage on the way, or have its clients left?",
        "How far had the clients in 'Pending', 'On hold' or 'Lost' come before they left?",
    ]
    assert json.loads(run("show", sheet, *DAY, "--format", "json").stdout)["reading"]["questions"] == []


def test_that_a_sheet_has_no_clients_is_kept(run, tmp_path: Path) -> None:
    path, stages = tmp_path / "tickets.csv", ("New", "Contacted", "Demo", "Proposal")
    lines = [f"Z{n},2026-01-{n + 1:02d},{stages[n % 4]}" for n in range(16)]
    path.write_text("\n".join(["Zwa id,Created on,Stage", *lines]), "utf-8")
    kept = tmp_path / "tickets.journey.toml"
    answered = run("init", path, "--answer", "sheet=no: there are no clients here")
    assert (answered.exit_code, answered.stderr) == (
        3,
        f"Error: {path} contains no clients, by the answer given. {kept} keeps the answer; delete it to be "
        "asked again.\n",
    )
    shown = run("show", path, *DAY)
    assert (shown.exit_code, shown.stderr) == (
        3, f"Error: {path} contains no clients, as answered in {kept}. Delete that file to be asked again.\n"
    )  # fmt: skip
    assert run("init", path).exit_code == 2  # answered: left alone
    kept.unlink()
    assert run("show", path, *DAY).exit_code == 0


def test_the_tab_of_a_month_is_asked_for_and_kept(run, tmp_path: Path) -> None:
    """Each month has its own tab, with a preset's headers."""
    path, book = tmp_path / "months.xlsx", openpyxl.Workbook()
    book.remove(book.active)
    for month, name in ((1, "January"), (2, "February")):
        tab = book.create_sheet(name)
        tab.append(["Client name", "Date of lead", "Client contacted", "First paid session"])
        for n in range(4 - month):
            tab.append([f"P{month}-{n}", dt.date(2026, month, 1 + n), 1, None])
    book.save(path)
    asked = json.loads(run("show", path, *DAY, "--format", "json").stdout)["reading"]["questions"]
    assert [question["question"] for question in asked] == [
        "Which tab holds the clients: 'January' or 'February'?"
    ]
    assert run("refresh", path, "--dry-run").exit_code == 3
    for said in (("--answer", "tab=February"), ("--tab", "February")):
        assert run("init", path, *said, "--force").exit_code == 0
        told = json.loads(run("show", path, *DAY, "--format", "json").stdout)
        assert (told["tab"], told["clients"], told["reading"]["questions"]) == ("February", 2, [])
    book["February"].title = "Feb"
    book.save(path)
    lost = run("show", path, *DAY)
    assert (lost.exit_code, lost.stderr) == (
        3,
        f"Error: {path} has no tab 'February', which the journey file names. Its tabs: 'January' and 'Feb'. "
        "Correct `tab` in the journey file, or name one with --tab.\n",
    )
