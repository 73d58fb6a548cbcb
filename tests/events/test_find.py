"""Find the event log: a tab of the sheet, or a file beside the sheet or the journey file."""

from pathlib import Path

import pandas as pd
import pytest

import funnel
from funnel.clients import Clients
from funnel.errors import UsageError
from funnel.sheets import open_sheet
from funnel.workflows.new_sheet import draft_journey_file

CLIENTS = "Name,Town\nAna,Bath\nBen,York\n"
EVENTS = "Client,Event,When\nAna,Bought,2026-01-05 10:30\n"
STAGES = '[columns]\nclient = "Name"\n[[stage]]\nname = "Lead"\ndefault = true\n[[stage]]\nname = "Won"\n'


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "clients.csv").write_text(CLIENTS)
    (tmp_path / "journeys").mkdir()
    return tmp_path


def load(home: Path, events: str) -> Clients:
    advance = '\n[events.advance]\nBought = "Won"\n'
    (home / "journeys" / "j.toml").write_text(STAGES + f"[events]\n{events}" + advance)
    return funnel.load(home / "clients.csv", journey=home / "journeys" / "j.toml")


def stages(clients: Clients) -> list[int]:
    return funnel.Funnel(clients, "2026-11-21").stages["clients"].tolist()


@pytest.mark.parametrize(
    ("events", "path"),
    [
        ('file = "log.csv"', "log.csv"),
        ('file = "log.csv"', "journeys/log.csv"),
        ('tab = "Events"', "clients-events.csv"),
        ('tab = "Events"', "Clients Events.tsv"),
    ],
)
def test_a_file_beside(home: Path, events: str, path: str) -> None:
    (home / path).write_text(EVENTS)
    clients = load(home, events)
    assert stages(clients) == [1, 1]
    assert f"1 event read from {Path(path).name}" in clients.assumed
    assert clients.problems == ()


@pytest.mark.parametrize(
    ("events", "message"),
    [
        (
            'file = "lgo.csv"',
            "The event log is missing: There is no file 'lgo.csv' in {home} and {journeys}; did you mean "
            "'log.csv'? Stages were set without events, and rules on events count none.",
        ),
        (
            'tab = "Events"',
            "The event log is missing: clients.csv is a text file without tabs, and there is no "
            "clients-events.csv beside it. Stages were set without events, and rules on events count none.",
        ),
    ],
)
def test_missing_log_is_a_problem(home: Path, events: str, message: str) -> None:
    (home / "log.csv").write_text(EVENTS)
    clients = load(home, events)
    assert stages(clients) == [2, 0]
    said = message.format(home=repr(str(home)), journeys=repr(str(home / "journeys")))
    assert [(p.kind, p.message) for p in clients.problems] == [("no event log", said)]


def test_a_tab_of_the_workbook(home: Path) -> None:
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    sheet.title = "EVENTS"
    for row in EVENTS.splitlines():
        sheet.append(row.split(","))
    people = book.create_sheet("People")
    for row in CLIENTS.splitlines():
        people.append(row.split(","))
    book.save(home / "clients.xlsx")
    (home / "j.toml").write_text(STAGES + '[events]\ntab = "Events"\n[events.advance]\nBought = "Won"')
    clients = funnel.load(home / "clients.xlsx", journey=home / "j.toml")
    assert (clients.tab, stages(clients)) == ("People", [1, 1])
    (home / "j.toml").write_text(STAGES + '[events]\ntab = "Evnts"')
    assert funnel.load(home / "clients.xlsx", journey=home / "j.toml", tab="People").problems[0].message == (
        f"The event log is missing: {home / 'clients.xlsx'} has no tab 'Evnts'; did you mean 'EVENTS'? "
        "Stages were set without events, and rules on events count none."
    )


def test_a_table_of_events(home: Path) -> None:
    load(home, 'tab = "Events"')
    table = pd.DataFrame({"Name": ["Ana", "Ben"], "Town": ["Bath", "York"]})
    events = pd.DataFrame(
        {"Client": ["Ben"], "Event": ["Bought"], "When": [pd.Timestamp("2026-02-01 09:00")]}
    )
    clients = funnel.load(table, journey=home / "journeys" / "j.toml", events=events)
    assert stages(clients) == [1, 1]
    with pytest.raises(UsageError) as raised:
        funnel.load(pd.DataFrame({"Client name": ["Ana"], "First paid session": [1]}), "gym", events=events)
    assert str(raised.value) == (
        "The journey 'Gym' has no [events], so it cannot use an event log. Add [events], with `advance` for "
        "the events that move a client to a stage."
    )


def test_a_sheet_that_is_the_log(home: Path) -> None:
    rows = "Ana,New,2026-01-01\nAna,Won,2026-01-09\nBen,New,2026-01-03\nBen,Lost,2026-02-03\n"
    (home / "log.csv").write_text("Client,Stage,When\n" + rows)
    clients = funnel.load(home / "log.csv")
    assert stages(clients) == [0, 1, 1]
    (home / "j.toml").write_text(draft_journey_file(home / "log.csv")[0])
    assert stages(funnel.load(home / "log.csv", journey=home / "j.toml")) == [0, 1, 1]
    with pytest.raises(UsageError) as raised:
        funnel.refresh(home / "log.csv")
    source = home / "log.csv"
    assert str(raised.value) == (
        f"{source} is an event log without a row for each client, so totals and colours cannot be written. "
        f"To see the results: funnel show {source}, funnel stages {source}. To write them into a sheet, "
        "create one with a row for each client and name this log in the journey file: "
        '[events] file = "…".'
    )


def test_a_workbook_with_its_log_is_refreshed_once(root: Path, tmp_path: Path) -> None:
    """The tab of events is read and left alone; the second refresh of an unchanged sheet does nothing."""
    from openpyxl import Workbook, load_workbook

    book = Workbook()
    for name, title in (("marketing", "Leads"), ("marketing-events", "Events")):
        sheet = book.create_sheet(title)
        table = pd.read_csv(root / "sample_data" / f"{name}.csv")
        for row in [list(table), *table.astype(object).where(table.notna(), None).values.tolist()]:
            sheet.append(row)
    del book["Sheet"]
    book.save(tmp_path / "leads.xlsx")
    before = [[cell.value for cell in row] for row in book["Events"].rows]
    plan = funnel.refresh(tmp_path / "leads.xlsx", journey="marketing", as_of="2026-11-21")
    assert plan
    assert not funnel.refresh(tmp_path / "leads.xlsx", journey="marketing", as_of="2026-11-21")
    after = load_workbook(tmp_path / "leads.xlsx")["Events"]
    assert [[cell.value for cell in row] for row in after.rows] == before
    clients = funnel.load(tmp_path / "leads.xlsx", journey="marketing")
    beside = funnel.load(root / "sample_data" / "marketing.csv", journey="marketing")
    assert stages(clients) == stages(beside)
    assert (clients.tab, clients.problems) == ("Leads", ())


def test_a_copy_is_refreshed_by_the_log_of_its_original(root: Path, tmp_path: Path) -> None:
    out = tmp_path / "new.xlsx"
    funnel.refresh(root / "sample_data" / "marketing.csv", journey="marketing", as_of="2026-11-21", out=out)
    page = open_sheet(out).read("Funnel")
    said = [str(value) for column in page.values for value in column]
    assert not any("event log is missing" in text for text in said)
    (tmp_path / "new-events.csv").write_bytes((root / "sample_data" / "marketing-events.csv").read_bytes())
    beside = funnel.load(root / "sample_data" / "marketing.csv", journey="marketing")
    assert stages(funnel.load(out, journey="marketing")) == stages(beside)
