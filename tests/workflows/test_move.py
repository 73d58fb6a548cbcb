"""Moving by hand, the log beside a file, and a history that is imported: the sheet and the log, whole."""

import datetime as dt
from pathlib import Path

import openpyxl
import pytest

import funnel
from funnel.errors import UsageError, WriteError
from funnel.history.history_table import actions_table, moves_table
from funnel.workflows import move as moving
from funnel.workflows.remove import undo

JOURNEY = """\
name = "Sales"
[columns]
client = "Client"
lead_date = "Lead date"
stage = "Stage"
coach = "Coach"
[[stage]]
name = "Lead"
default = true
[[stage]]
name = "Hot Lead"
rules = [{ column = "Visits", at_least = 3 }]
actions = [{ tag = "Hot" }, { hand_off = "Sales" }, { note = "Dear {client}, ask {coach}." }]
[[stage]]
name = "Customer"
paid = true
[[stage]]
name = "Cold"
lost = true
"""
ROWS = [
    ["Client", "Lead date", "Stage", "Visits", "Coach"],
    ["Ana Rossi", dt.date(2026, 1, 5), None, 3, "Zoe"],
    ["Ben Tal", dt.date(2026, 2, 3), None, 1, "Zoe"],
    ["Ben Tal", dt.date(2026, 2, 4), "Cold", 1, None],
]


@pytest.fixture
def journey(tmp_path: Path) -> Path:
    path = tmp_path / "journey.toml"
    path.write_text(JOURNEY, "utf-8")
    return path


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path = tmp_path / "clients.xlsx"
    workbook = openpyxl.Workbook()
    for row in ROWS:
        workbook.worksheets[0].append(row)
    workbook.save(path)
    return path


def moves(path: Path, journey: Path) -> list[tuple[str, ...]]:
    found = moves_table(funnel.load(path, journey).log)
    return list(found[["client", "from", "to", "why", "by"]].itertuples(index=False, name=None))


def test_a_hand_moves_a_client_and_is_lifted_again(book: Path, journey: Path) -> None:
    funnel.refresh(book, journey=journey)
    done = moving.move(book, "ana rossi", "customer", by="Zoe", journey=journey)
    assert (done.client, done.before, done.after) == ("Ana Rossi", "Hot Lead", "Customer")
    assert openpyxl.load_workbook(book).worksheets[0]["C2"].value == "Customer"
    assert moves(book, journey)[-1] == ("Ana Rossi", "Hot Lead", "Customer", "moved", "Zoe")
    assert moving.move(book, "Ana Rossi", "Customer", journey=journey).plan.changes == ()
    again = moving.move(book, "Ana Rossi", None, journey=journey)
    assert (again.before, again.after) == ("Customer", "Hot Lead")
    assert openpyxl.load_workbook(book).worksheets[0]["C2"].value is None
    assert moves(book, journey)[-1] == ("Ana Rossi", "Customer", "Hot Lead", "rule", "")
    undo(book)
    assert openpyxl.load_workbook(book).worksheets[0]["C2"].value == "Customer"


def test_the_refresh_after_a_move_finds_nothing_that_the_log_does_not_say(book: Path, journey: Path) -> None:
    funnel.refresh(book, journey=journey)
    moving.move(book, "Ana Rossi", "Customer", journey=journey)
    assert "Funnel log" not in {change.tab for change in funnel.refresh(book, journey=journey).changes}
    assert not funnel.refresh(book, journey=journey)


def test_a_move_before_any_refresh_begins_the_log(book: Path, journey: Path) -> None:
    moving.move(book, "Ben Tal", "Hot Lead", row=3, journey=journey)
    assert moves(book, journey) == [
        ("Ana Rossi", "", "Hot Lead", "first seen", ""), ("Ben Tal", "", "Lead", "first seen", ""),
        ("Ben Tal", "", "Cold", "first seen", ""), ("Ben Tal", "Lead", "Hot Lead", "moved", ""),
    ]  # fmt: skip
    found = actions_table(funnel.load(book, journey).log)
    assert found[["kind", "list", "text"]].values.tolist() == [
        ["tag", "Hot", None], ["hand_off", "Sales", None], ["note", None, "Dear Ben Tal, ask Zoe."],
    ]  # fmt: skip


def test_a_dry_run_changes_nothing(book: Path, journey: Path) -> None:
    before = book.read_bytes()
    done = moving.move(book, "Ana Rossi", "Cold", journey=journey, dry_run=True)
    assert "write 'Cold' into C2" in str(done.plan)
    assert book.read_bytes() == before


@pytest.mark.parametrize(
    ("client", "stage", "row", "message"),
    [
        ("Ben Tal", "Cold", None, "2 clients are called 'Ben Tal', in rows 3 and 4. Choose one with "
         "--row, such as --row 3."),
        ("Ben Tal", "Cold", 2, "There is no client 'Ben Tal' in row 2: row 2 is 'Ana Rossi'."),
        ("Ben Tal", "Cold", 99, "There is no client 'Ben Tal' in row 99: row 99 is not a client."),
        ("Ana Rosi", "Cold", None, "There is no client 'Ana Rosi'; did you mean 'Ana Rossi'?"),
        ("Zed", "Cold", None, "There is no client 'Zed'."),
        ("Ana Rossi", "Custmer", None, "There is no stage 'Custmer'; did you mean 'Customer'? "
         "There are 'Lead', 'Hot Lead', 'Customer' and 'Cold'."),
    ],
)  # fmt: skip
def test_what_is_not_there(
    book: Path, journey: Path, client: str, stage: str, row: int | None, message: str
) -> None:
    with pytest.raises(UsageError) as caught:
        moving.move(book, client, stage, row=row, journey=journey)
    assert str(caught.value) == message


def test_nothing_to_write_into(book: Path, journey: Path, tmp_path: Path, root: Path) -> None:
    with pytest.raises(UsageError) as caught:
        moving.move(root / "sample_data" / "gym.xlsx", "x", "y")
    assert str(caught.value) == (
        "The journey 'Gym' has no stages. Mark the client's steps in the sheet; the next refresh logs it."
    )
    workbook = openpyxl.load_workbook(book)
    workbook.worksheets[0]["C2"] = '=IF(D2>2,"Cold","")'
    workbook.save(book)
    with pytest.raises(UsageError) as caught:
        moving.move(book, "Ana Rossi", "Cold", journey=journey)
    assert str(caught.value) == (
        f"{book}, tab 'Sheet': the stage of 'Ana Rossi' in C2 comes from a formula, which was not changed. "
        "Change the formula, or empty the cell first."
    )
    workbook.worksheets[0].delete_cols(3)
    workbook.save(book)
    with pytest.raises(UsageError) as caught:
        moving.move(book, "Ana Rossi", "Cold", journey=journey)
    assert str(caught.value) == (
        f"{book}, tab 'Sheet' has no stage column: its stages come from rules and events. "
        "Add a column with the header 'Stage', and try again."
    )


# --- beside a file that takes no tab -----------------------------------------------------------------------


@pytest.fixture
def text(tmp_path: Path) -> Path:
    path = tmp_path / "contacts.csv"
    lines = [",".join("" if cell is None else str(cell) for cell in row) for row in ROWS]
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def test_the_log_beside_a_file(text: Path, journey: Path, tmp_path: Path) -> None:
    beside = tmp_path / "contacts.funnel-log.csv"
    assert moving.update(text, journey=journey, dry_run=True) == (str(beside), 3, ())
    assert not beside.exists()
    assert moving.update(text, journey=journey) == (str(beside), 3, ())
    before = beside.read_bytes()
    assert moving.update(text, journey=journey) == (str(beside), 0, ())
    assert beside.read_bytes() == before
    text.write_text(text.read_text("utf-8").replace("Cold", "Customer"), "utf-8")
    assert moving.update(text, journey=journey) == (str(beside), 1, ())
    assert moves(text, journey)[-1] == ("Ben Tal", "Cold", "Customer", "typed", "")
    with pytest.raises(WriteError) as raised:
        moving.move(text, "Ana Rossi", "Cold", journey=journey)
    sentence = (
        f"{text} is a text file, which funnel reads but does not write. Type 'Cold' into C2 yourself; then: "
        f"funnel log {text} --update"
    )
    assert str(raised.value) == sentence
    planned = moving.move(text, "Ana Rossi", "Cold", journey=journey, dry_run=True).plan
    assert (planned.changes, planned.kept) == ((), (sentence,))


def test_a_workbook_keeps_its_log_itself(book: Path, journey: Path) -> None:
    with pytest.raises(UsageError) as caught:
        moving.update(book, journey=journey)
    assert str(caught.value) == (
        f"{book} keeps its log on a tab, which each refresh updates: funnel refresh {book}"
    )


# --- a history from elsewhere ------------------------------------------------------------------------------


def test_a_history_is_added_once(book: Path, journey: Path, tmp_path: Path) -> None:
    crm = tmp_path / "crm.csv"
    crm.write_text(
        "Contact,Old stage,New stage,Changed at,Changed by\n"
        "Ana Rossi,Lead,Hot Lead,2026-03-01 10:00,Kit\nAna Rossi,,Lead,2026-01-06 09:30,Kit\n"
        "Ben Tal,Lead,Cold,2026-03-01,Kit\nZed,Lead,Cold,2026-03-01,Kit\nAna Rossi,Lead,Custmer,2026-04-01,\n"
        "Ana Rossi,Lead,Cold,soon,\n,Lead,Cold,2026-04-01,\n,,,,\n",
        "utf-8",
    )
    added, problems = moving.import_log(book, crm, journey=journey)
    assert added == 2
    assert problems == (
        f"{crm}, row 4: several clients of the sheet are called 'Ben Tal'.",
        f"{crm}, row 5: the sheet has no client 'Zed'.",
        f"{crm}, row 6: the journey 'Sales' has no stage 'Custmer'; did you mean 'Customer'? Add it to the "
        "journey file with `was` or `reassign`.",
        f"{crm}, row 7: 'soon' is not a time.",
        f"{crm}, row 8: the client is blank.",
    )
    assert [line for line in moves(book, journey) if line[3] == "imported"] == [
        ("Ana Rossi", "", "Lead", "imported", "Kit"), ("Ana Rossi", "Lead", "Hot Lead", "imported", "Kit"),
    ]  # fmt: skip
    before = book.read_bytes()
    assert moving.import_log(book, crm, journey=journey)[0] == 0
    assert book.read_bytes() == before
    logs = [c for c in funnel.refresh(book, journey=journey).changes if c.tab == "Funnel log"]
    assert logs == []


def test_a_journey_of_marks_has_no_such_history(root: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="has no stages, so there is no history"):
        moving.import_log(root / "sample_data" / "gym.xlsx", tmp_path / "crm.csv")
