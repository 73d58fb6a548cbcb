"""Write a stage into the row of a client in a Google Sheet, after the row has moved."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from types import SimpleNamespace

import pytest
from sheets_server import faults
from sheets_server.server import SheetsServer

import funnel
from funnel.journey import preset
from funnel.journey.actions import Action
from funnel.sheets import open_sheet
from funnel.workflows import move as moving
from funnel.workflows.add import add_clients

HEADERS = ("Contact", "Created", "Channel", "Lifecycle stage")
ROWS = (
    ("Ana Lima", "2026-01-05", "Ads", ""),
    ("Ben Okoro", "2026-02-03", "Ads", "Hot Lead"),
    ("Chloe Marsh", "2026-03-01", "Fair", ""),
)


@pytest.fixture
def contacts(server: SheetsServer, helpers: SimpleNamespace) -> SimpleNamespace:
    made = helpers.gym_on(server, rows=ROWS, headers=HEADERS)
    return helpers.refreshed_once(made, "contacts", journey="lifecycle")


def stages(contacts: SimpleNamespace) -> dict[str, str]:
    table = funnel.load(contacts.url, "lifecycle").table
    return dict(zip(table["client"], table["stage"].fillna(""), strict=True))


def log(contacts: SimpleNamespace) -> list[tuple[str, ...]]:
    found = funnel.load(contacts.url, "lifecycle").log
    assert found is not None
    return list(found[["client", "from", "to", "why", "by"]].itertuples(index=False, name=None))


def test_the_cell_and_the_log(contacts: SimpleNamespace) -> None:
    done = moving.move(contacts.url, "ana lima", "payment", by="Zoe", journey="lifecycle")
    assert (done.before, done.after) == ("New Lead", "Payment")
    assert stages(contacts) == {"Ana Lima": "Payment", "Ben Okoro": "Hot Lead", "Chloe Marsh": ""}
    assert log(contacts)[-1] == ("Ana Lima", "New Lead", "Payment", "moved", "Zoe")
    moving.move(contacts.url, "Ben Okoro", None, journey="lifecycle")
    assert stages(contacts)["Ben Okoro"] == ""
    assert log(contacts)[-1] == ("Ben Okoro", "Hot Lead", "New Lead", "default", "")
    funnel.refresh(contacts.url, journey="lifecycle")
    assert len(log(contacts)) == 5
    assert dt.date.today() == funnel.load(contacts.url, "lifecycle").log["when"].max().date()


def test_clients_who_are_handed_off_are_on_one_of_our_tabs(contacts: SimpleNamespace) -> None:
    lifecycle = preset("lifecycle")
    stages = [
        stage.model_copy(update={"actions": (Action(hand_off="Desk"),)}) if stage.name == "Payment" else stage
        for stage in lifecycle.stages
    ]
    journey = lifecycle.model_copy(update={"stages": tuple(stages)})
    moving.move(contacts.url, "Ana Lima", "Payment", journey=journey)
    funnel.refresh(contacts.url, journey=journey)
    sheet = open_sheet(contacts.url)
    assert sheet.read("Funnel hand-off").row(4)[1:4] == ["Desk", "Ana Lima", "Payment"]
    assert not funnel.refresh(contacts.url, journey=journey)


def test_rows_that_move_before_it_is_written(contacts: SimpleNamespace) -> None:
    """A row is inserted after the sheet was read: the stage is written to Ana's row."""
    contacts.server.before_write(lambda: contacts.person.insert_rows("Clients", 1, 2))
    moving.move(contacts.url, "Ana Lima", "Payment", journey="lifecycle")
    assert stages(contacts) == {"Ana Lima": "Payment", "Ben Okoro": "Hot Lead", "Chloe Marsh": ""}
    assert log(contacts)[-1][:3] == ("Ana Lima", "New Lead", "Payment")


def test_a_cell_that_changed_meanwhile_needs_another_plan(contacts: SimpleNamespace) -> None:
    contacts.server.before_write(lambda: contacts.person.type("Clients", "D2", "Hot Lead"))
    done = moving.move(contacts.url, "Ana Lima", "Payment", journey="lifecycle")
    assert (done.before, done.after) == ("Hot Lead", "Payment")
    assert stages(contacts)["Ana Lima"] == "Payment"


@pytest.fixture
def new_clients(tmp_path: Path) -> Path:
    path = tmp_path / "new.csv"
    path.write_text(
        "Contact,Created,Lifecycle stage\nDora Voss,2026-03-02,Payment\nana lima,2026-01-05,Customer\n"
        "Elif Kaya,,hot lead\n",
        "utf-8",
    )
    return path


def test_new_clients_are_appended_with_typed_dates(contacts: SimpleNamespace, new_clients: Path) -> None:
    """A row is inserted meanwhile: it moves nobody's cells, because the rows are appended."""
    contacts.server.before_write(lambda: contacts.person.insert_rows("Clients", 1, 2))
    added = add_clients(contacts.url, new_clients, journey="lifecycle")
    assert [name for _, name, _ in added.clients] == ["Dora Voss", "Elif Kaya"]
    assert added.skipped == (f"{new_clients}, row 3: 'ana lima' is already in row 2 of the sheet.",)
    assert stages(contacts) == {
        "Ana Lima": "", "Ben Okoro": "Hot Lead", "Chloe Marsh": "", "Dora Voss": "Payment",
        "Elif Kaya": "Hot Lead",
    }  # fmt: skip
    dates = funnel.load(contacts.url, "lifecycle").table["lead_date"]
    assert dates[3].date() == dt.date(2026, 3, 2)
    funnel.refresh(contacts.url, journey="lifecycle")
    assert [line[:3] for line in log(contacts)[-2:]] == [
        ("Dora Voss", "", "Payment"), ("Elif Kaya", "", "Hot Lead")
    ]  # fmt: skip
    assert not add_clients(contacts.url, new_clients, journey="lifecycle").plan
    assert not funnel.refresh(contacts.url, journey="lifecycle")


@pytest.mark.parametrize("calls", [1, 2, 3])
def test_a_lost_response_appends_nobody_twice(
    contacts: SimpleNamespace, new_clients: Path, calls: int
) -> None:
    contacts.server.faults.extend([*[None] * calls, faults.reset(applied=True)])
    add_clients(contacts.url, new_clients, journey="lifecycle")
    assert len(stages(contacts)) == 5
