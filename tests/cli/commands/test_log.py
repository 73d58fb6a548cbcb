"""The log and a move in the terminal."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from funnel.cli import main

LINES = "Contact,Created,Lifecycle stage\nAna Rossi,2026-01-05,\nBen Tal,2026-02-03,Hot Lead\n"


@pytest.fixture
def book(tmp_path: Path) -> Path:
    text = tmp_path / "contacts.csv"
    text.write_text(LINES, "utf-8")
    assert run("copy", text, tmp_path / "contacts.xlsx", "--journey", "lifecycle").exit_code == 0
    return tmp_path / "contacts.xlsx"


def run(*words: object) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


def lifecycle(command: str, *words: object) -> Result:
    return run(command, *words, "--journey", "lifecycle")


def test_nothing_is_recorded_before_the_first_refresh(book: Path) -> None:
    done = lifecycle("log", book)
    assert "Nothing is recorded yet; each refresh records who moved." in done.output
    assert json.loads(lifecycle("log", book, "--format", "json").output)["log"] == []


def test_a_move_and_its_log(book: Path) -> None:
    lifecycle("refresh", book)
    dry = lifecycle("move", book, "ana rossi", "payment", "--dry-run")
    assert dry.output.splitlines()[0] == "Ana Rossi: New Lead → Payment."
    assert "write 'Payment' into C2" in dry.output
    done = lifecycle("move", book, "Ana Rossi", "Payment", "--by", "Zoe")
    assert done.output.splitlines() == [
        "Ana Rossi: New Lead → Payment.", f"Written. To undo: funnel refresh {book} --undo",
    ]  # fmt: skip
    again = lifecycle("move", book, "Ana Rossi", "Payment")
    assert again.output == "Ana Rossi: nothing to change; the cell already contains Payment.\n"
    found = json.loads(lifecycle("log", book, "--client", "ana rossi", "--format", "json").output)
    assert found["client"] == "Ana Rossi"
    assert [(move["from"], move["to"], move["why"], move["by"]) for move in found["log"]] == [
        ("", "New Lead", "first seen", ""), ("New Lead", "Payment", "moved", "Zoe"),
    ]  # fmt: skip
    table = lifecycle("log", book).output
    assert "Who moved where" in table
    assert "Zoe" in table
    csv = lifecycle("log", book, "--client", "Ben Tal", "--format", "csv").output.splitlines()
    assert csv[0] == "when,since,client,lead_date,from,to,what,why,by,actions"
    assert csv[1].endswith(",,Ben Tal,2026-02-03,,Hot Lead,,first seen,,")


def test_what_events_led_a_client_to(tmp_path: Path) -> None:
    rows = ("Client,Stage,When,By", "Ana,New,2026-01-05 10:30,Kit", "Ana,Won,2026-02-05 09:00,",
            "Ben,New,2026-01-06,Zoe", "Ben,Won,2027-01-06,")  # fmt: skip
    (tmp_path / "log.csv").write_text("\n".join(rows), "utf-8")
    request = ("log", tmp_path / "log.csv", "--as-of", "2026-11-21", "--client")
    lines = [" ".join(line.split()) for line in run(*request, "Ana").output.splitlines()]
    assert lines[lines.index("What events led to") + 3 :] == [
        "2026-01-05 10:30 New New Kit", "2026-02-05 09:00 Won Won",
    ]  # fmt: skip
    found = json.loads(run(*request, "ben", "--format", "json").output)["events"]
    assert found == [{"when": "2026-01-06 00:00:00", "stage": "New", "event": "New", "row": 4, "by": "Zoe"}]


def test_the_log_beside_a_file(book: Path) -> None:
    text = book.with_suffix(".csv")
    assert lifecycle("log", text, "--update", "--dry-run").output == (
        f"{text.with_name('contacts.funnel-log.csv')}: 2 rows to be added.\n"
    )
    assert lifecycle("log", text, "--update").output.endswith(": 2 rows added.\n")
    assert lifecycle("log", text, "--update").output.endswith(": 0 rows added.\n")


def test_a_history_from_elsewhere(book: Path, tmp_path: Path) -> None:
    crm = tmp_path / "crm.csv"
    crm.write_text("Contact,To,When\nAna Rossi,New Lead,2026-01-06\nZed,Payment,2026-01-06\n", "utf-8")
    assert lifecycle("log", book, "--import", crm).output.splitlines() == [
        f"{crm}, row 3: the sheet has no client 'Zed'.", "1 move added.",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["move", "Ana Rossi"],
         'Name a stage, such as "Hot Lead"; or use --clear, so that rules and events decide.'),
        (
            ["log", "--update", "--import", "x"],
            "--update and --import cannot be combined; run one after the other.",
        ),
        (["log", "--dry-run"], "--dry-run needs --update or --import; printing changes nothing."),
    ],
)  # fmt: skip
def test_wrong_use(book: Path, words: list[str], message: str) -> None:
    done = lifecycle(words[0], book, *words[1:])
    assert (done.exit_code, done.output) == (2, f"Error: {message}\n")
