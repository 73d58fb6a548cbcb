"""Find the adapter of a sheet by address and content, among funnel's and those of other packages."""

import sqlite3
import sys
import tomllib
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner

import funnel
from funnel.cli import main
from funnel.errors import ReadError, UsageError
from funnel.plan import Plan
from funnel.sheets import capabilities_of, create_sheet, create_titled, open_sheet, path_of
from funnel.sheets.adapters import OURS, adapter_named, adapter_of, our_adapters

URL = "https://docs.google.com/spreadsheets/d/1AbC/edit"

# A whole adapter, as another package would bring it: a table of a SQLite database, one client a row.
ADAPTER = """
import hashlib
import sqlite3

from funnel.grid import Grid
from funnel.sheets.base import Capabilities, FileAdapter, ReadOnlySheet


class SqliteSheet(ReadOnlySheet):
    capabilities = Capabilities("a SQLite database", text_only=True)

    def __init__(self, path):
        super().__init__(path)
        self.version = hashlib.sha256(self.path.read_bytes()).hexdigest()

    def tabs(self):
        return tuple(name for (name,) in self._rows("SELECT name FROM sqlite_master ORDER BY name"))

    def read(self, tab, rows=None):
        quoted = tab.replace('"', '""')
        found = self._rows(f'SELECT * FROM "{quoted}" LIMIT {-1 if rows is None else max(rows - 1, 0)}')
        headers = [row[1] for row in self._rows(f'PRAGMA table_info("{quoted}")')]
        return Grid(tab, [list(column) for column in zip(headers, *found)])

    def _rows(self, query):
        connection = sqlite3.connect(f"file:{self.path}?mode=ro", uri=True)
        try:
            return connection.execute(query).fetchall()
        finally:
            connection.close()


class SqliteAdapter(FileAdapter):
    kind = "sqlite"
    capabilities = SqliteSheet.capabilities
    endings = (".db",)

    def recognises(self, file):
        return file.head.startswith(b"SQLite format 3\\0")

    def open(self, source, file):
        return SqliteSheet(source)


adapter = SqliteAdapter()
"""
CLIENTS = [
    ("Ana Rossi", "2026-01-20", "1", "1"),
    ("Ben Ode", "2026-02-14", "1", None),
    ("Cy Lund", "2026-02-20", None, None),
    ("Di Marsh", "31 Feb", "1", None),
]


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a database of clients, and install a package that reads such databases."""
    package = tmp_path / "site"
    (package / "funnel_sqlite").mkdir(parents=True)
    (package / "funnel_sqlite" / "__init__.py").write_text(ADAPTER, "utf-8")
    (package / "funnel_sqlite-1.0.dist-info").mkdir()
    (package / "funnel_sqlite-1.0.dist-info" / "METADATA").write_text("Name: funnel-sqlite\nVersion: 1.0\n")
    (package / "funnel_sqlite-1.0.dist-info" / "entry_points.txt").write_text(
        "[funnel.sheets]\nsqlite = funnel_sqlite:adapter\n"
    )
    monkeypatch.syspath_prepend(package)
    monkeypatch.delitem(sys.modules, "funnel_sqlite", raising=False)
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "gym.db"
    connection = sqlite3.connect(path)
    connection.execute(
        'CREATE TABLE Clients ("Client name", "Date of lead", "Client contacted", "First paid session")'
    )
    connection.executemany("INSERT INTO Clients VALUES (?, ?, ?, ?)", CLIENTS)
    connection.commit()
    connection.close()
    return path


def test_another_package_adds_a_kind_of_sheet(database: Path) -> None:
    run = CliRunner(env={"UV": None, "UV_RUN_RECURSION_DEPTH": None})
    shown = run.invoke(main, ["show", "gym.db", "--as-of", "2026-11-21"])
    assert shown.exit_code == 0, shown.output
    assert "Client contacted" in shown.output
    checked = run.invoke(main, ["check", "gym.db"])
    assert checked.exit_code == 1
    assert "31 Feb" in checked.output
    before = database.read_bytes()
    refused = run.invoke(main, ["refresh", "gym.db"])
    assert refused.exit_code == 4
    assert refused.stderr == (
        "Error: gym.db is a SQLite database, which funnel reads but does not write. Write into a workbook: "
        "funnel refresh gym.db -o gym.xlsx. To keep a log of moves in a file beside it: funnel log gym.db "
        "--update\n"
    )
    done = run.invoke(main, ["refresh", "gym.db", "-o", "gym.xlsx", "--as-of", "2026-11-21"])
    assert done.exit_code == 0, done.output
    assert openpyxl.load_workbook("gym.xlsx").sheetnames[:2] == ["Clients", "Funnel"]
    assert funnel.load("gym.xlsx").table["client"].tolist() == [name for name, *_ in CLIENTS]
    assert database.read_bytes() == before
    assert adapter_named("sqlite").endings == (".db",)
    assert capabilities_of("other.db").label == "a SQLite database"


def test_content_decides_for_adapters_of_other_packages(database: Path) -> None:
    """A database with another ending is a database; a text file with its ending is a text file."""
    named = database.rename(database.with_name("export.dat"))
    assert open_sheet(named).tabs() == ("Clients",)
    text = database.with_name("text.db")
    text.write_text("Client,Paid\nAna,1\n", "utf-8")
    assert open_sheet(text).tabs() == ("text",)


def test_our_adapters_are_registered_too(root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["entry-points"]["funnel.sheets"] == OURS
    assert [adapter.kind for adapter in our_adapters()] == list(OURS)


def test_what_each_kind_can_do() -> None:
    writable = {adapter.kind: adapter.capabilities.writable for adapter in our_adapters()}
    assert writable == {"google": True, "ods": False, "engine": False, "excel": True, "delimited": False}
    moving = [adapter.kind for adapter in our_adapters() if adapter.capabilities.rows_may_move]
    assert moving == ["google"]
    assert capabilities_of(URL).version_history == "File, Version history"
    assert path_of(URL) is None
    assert path_of("~/clients.xlsx") == Path.home() / "clients.xlsx"


def test_a_file_that_does_not_exist_has_the_kind_of_its_ending() -> None:
    names = ("a.xlsx", "a.XLSM", "a.ods", "a.tsv", "a", "a.unknown")
    kinds = ["excel", "excel", "ods", "delimited", "delimited", "delimited"]
    assert [adapter_of(name).kind for name in names] == kinds


def test_unknown_addresses_and_kinds() -> None:
    with pytest.raises(ReadError) as unread:
        path_of("https://example.org/clients.xlsx")
    assert str(unread.value) == (
        "https://example.org/clients.xlsx is not the address of a Google Sheet. Give a Google Sheets address "
        "(https://docs.google.com/spreadsheets/d/...), or download the file and give its path."
    )
    with pytest.raises(UsageError) as unknown:
        adapter_named("papyrus")
    assert str(unknown.value) == (
        "There is no kind of sheet 'papyrus'. Install the package that registers it."
    )


def test_what_cannot_be_created() -> None:
    with pytest.raises(UsageError) as refused:
        create_sheet("new.ods", Plan("new.ods"))
    assert str(refused.value) == (
        "new.ods cannot be created: a new sheet is a workbook, so its name has to end with .xlsx. Name it "
        "new.xlsx."
    )
    with pytest.raises(UsageError) as untitled:
        create_titled("ods", "Clients", Plan("Clients"))
    assert str(untitled.value) == "'Clients' cannot be created: an OpenDocument file needs a path."
