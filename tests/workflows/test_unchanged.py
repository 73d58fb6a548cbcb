"""A refresh with nothing to do is known without reading the sheet, and only then."""

import dataclasses
import datetime as dt
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from funnel.journey import Journey, Step
from funnel.plan import Plan
from funnel.sheets.run_lock import lock_path
from funnel.workflows import refresh as refreshing
from funnel.workflows import unchanged
from funnel.workflows.refresh import refresh

DAY = "2026-11-21"
ROWS = (
    ("Client name", "Date of lead", "Client contacted", "First paid session"),
    ("Ana", dt.date(2026, 1, 20), 1, 1),
    ("Ben", dt.date(2026, 2, 14), 1, None),
)
JOURNEY = '[[step]]\nname = "Client contacted"\n[[step]]\nname = "First paid session"\npaid = true\n'
recall = unchanged.recall  # before the tests of everything else forget it


@pytest.fixture(autouse=True)
def _remembering(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(unchanged, "recall", recall)
    monkeypatch.setenv("FUNNEL_STATE", str(tmp_path / "state"))


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path = tmp_path / "sheets" / "clients.xlsx"
    path.parent.mkdir()
    workbook = openpyxl.Workbook()
    for row in ROWS:
        workbook.worksheets[0].append(row)
    workbook.save(path)
    return path


def is_known(book: Path, **options: object) -> bool:
    """Refresh, and say whether that was done without reading the sheet."""
    return refresh(book, **{"as_of": DAY, **options}).since is not None  # type: ignore[arg-type]


def edit(book: Path) -> None:
    workbook = openpyxl.load_workbook(book)
    workbook.worksheets[0]["D3"] = 1
    workbook.save(book)


def test_the_second_refresh_is_what_reading_again_would_be(
    book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert refresh(book, as_of=DAY)
    known = refresh(book, as_of=DAY)
    assert known.since is not None
    monkeypatch.setattr(unchanged, "recall", lambda facts: None)
    real = refresh(book, as_of=DAY)
    assert not real
    assert dataclasses.replace(known, since=None) == real
    assert str(dataclasses.replace(known, since=dt.datetime(2026, 11, 21, 9, 5))) == (
        f"{book}: nothing to change. Nothing has changed since the refresh of 2026-11-21 09:05."
    )


def test_a_refresh_that_changed_nothing_is_remembered_too(book: Path) -> None:
    refresh(book, as_of=DAY)
    lock_path(book).with_suffix(".unchanged").unlink()
    assert [is_known(book), is_known(book)] == [False, True]


@pytest.mark.parametrize(
    "change",
    [
        edit,
        lambda book: book.with_name("clients.journey.toml").write_text(JOURNEY),
        lambda book: book.with_name("journey.toml").write_text(JOURNEY),
        lambda book: book.with_name("Clients – events.csv").write_text("Client name,Event,Time\n"),
    ],
    ids=["bytes", "own journey", "shared journey", "event log"],
)
def test_another_file_is_read(book: Path, change: Callable[[Path], object]) -> None:
    refresh(book, as_of=DAY)
    change(book)
    assert [is_known(book), is_known(book)] == [False, True]


@pytest.mark.parametrize(
    "options", [{"as_of": "2026-11-22"}, {"totals": "bottom"}, {"highlight": "none"}, {"tab": "Sheet"}]
)
def test_other_options_are_heeded(book: Path, options: dict[str, object]) -> None:
    refresh(book, as_of=DAY)
    assert [is_known(book, **options), is_known(book, **options)] == [False, True]


def test_another_journey_is_heeded(book: Path) -> None:
    file = book.with_name("other.toml")
    file.write_text(JOURNEY)
    refresh(book, journey=file, as_of=DAY)
    assert is_known(book, journey=file)
    assert not is_known(book)
    refresh(book, journey=file, as_of=DAY)
    file.write_text(JOURNEY.replace("paid = true", ""))
    assert not is_known(book, journey=file)


@pytest.mark.parametrize("other", [("code_version", "other code"), ("_beside", ["clients.xlsx", "more"])])
def test_other_code_or_another_file_beside_it_is_heeded(
    book: Path, other: tuple[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    refresh(book, as_of=DAY)
    monkeypatch.setattr(unchanged, other[0], lambda *_: other[1])
    assert not is_known(book)


def test_the_next_day_the_sheet_is_read(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Later(dt.date):
        @classmethod
        def today(cls) -> "Later":
            return cls(2099, 1, 1)

    refresh(book, as_of=DAY)
    today = unchanged.facts_of(book, None, DAY, {"tab": None, "totals": None, "highlight": None})
    assert unchanged.recall(today) is not None
    monkeypatch.setattr("funnel.workflows.unchanged.dt.date", Later)
    later = unchanged.facts_of(book, None, DAY, {"tab": None, "totals": None, "highlight": None})
    assert unchanged.recall(later) is None


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", "null", "[" * 100_000, '{"facts": 1}', "\0", "{}}"], ids=lambda text: text[:6]
)
def test_a_damaged_record_is_no_record(book: Path, text: str) -> None:
    refresh(book, as_of=DAY)
    lock_path(book).with_suffix(".unchanged").write_text(text)
    assert [is_known(book), is_known(book)] == [False, True]


@pytest.mark.parametrize("key", ["version", "as_of", "kept", "weekly", "since"])
def test_a_record_that_lacks_something_is_no_record(book: Path, key: str) -> None:
    refresh(book, as_of=DAY)
    path = lock_path(book).with_suffix(".unchanged")
    record = json.loads(path.read_text())
    path.write_text(json.dumps({name: value for name, value in record.items() if name != key}))
    assert not is_known(book)


def test_a_folder_in_its_place_does_not_stop_a_refresh(book: Path) -> None:
    lock_path(book).with_suffix(".unchanged").mkdir(parents=True)
    assert refresh(book, as_of=DAY)
    assert not is_known(book)


def test_who_saves_right_after_the_write_is_read(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    apply = refreshing.apply_plan

    def apply_then_edit(sheet: object, plan: Plan) -> Plan:
        done = apply(sheet, plan)  # type: ignore[arg-type]
        edit(book)
        return done

    with monkeypatch.context() as patch:
        patch.setattr(refreshing, "apply_plan", apply_then_edit)
        refresh(book, as_of=DAY)
    assert not is_known(book)


def test_a_journey_object_is_not_remembered(book: Path) -> None:
    journey = Journey(steps=(Step(name="Client contacted"), Step(name="First paid session", paid=True)))
    refresh(book, journey=journey, as_of=DAY)
    assert not is_known(book, journey=journey)


def test_an_event_log_in_another_file_is_read(book: Path) -> None:
    file = book.with_name("clients.journey.toml")
    file.write_text(f'{JOURNEY}\n[events]\nfile = "log.csv"\nsales = ["Purchased"]\n')
    book.with_name("log.csv").write_text("Client name,Event,Time\nAna,Purchased,2026-02-01\n")
    refresh(book, as_of=DAY)
    assert not is_known(book)


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="whoever may write everything")
def test_a_sheet_that_was_protected_meanwhile_is_refused(book: Path) -> None:
    from funnel.errors import WriteError

    refresh(book, as_of=DAY)
    book.chmod(0o400)
    with pytest.raises(WriteError):
        refresh(book, as_of=DAY)


def test_a_dry_run_reads_the_sheet(book: Path) -> None:
    refresh(book, as_of=DAY)
    assert not is_known(book, dry_run=True)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no modes")
def test_only_this_user_can_read_the_record(book: Path) -> None:
    refresh(book, as_of=DAY)
    assert lock_path(book).with_suffix(".unchanged").stat().st_mode & 0o777 == 0o600


def test_the_command_says_so_and_loads_nothing_heavy(book: Path) -> None:
    refresh(str(book), as_of=DAY)
    code = (
        "import sys\nfrom funnel.cli import main\nmain(sys.argv[1:], standalone_mode=False)\n"
        "print({'pandas', 'numpy', 'pydantic', 'rich', 'lxml'} & set(sys.modules))"
    )
    command = [sys.executable, "-c", code, "refresh", str(book), "--as-of", DAY]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    first, *_, last = done.stdout.splitlines()
    assert first.startswith(f"{book}: nothing to change. Nothing has changed since the refresh of 20")
    assert last == "set()"
