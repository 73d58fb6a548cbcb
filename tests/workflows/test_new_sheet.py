"""What a person begins with: an empty sheet, on disk or at Google, and a journey file."""

import json
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from sheets_server.server import ROBOT, SheetsServer

import funnel
from funnel.errors import UsageError, WriteError
from funnel.sheets import open_sheet
from funnel.workflows import new_sheet

LINES = """\
Client name,Date of lead,Client contacted,First paid session
Ana,2026-01-20,1,1
Ben,2026-02-14,yes,
"""


@pytest.fixture
def text(tmp_path: Path) -> Path:
    path = tmp_path / "clients.csv"
    path.write_text(LINES, "utf-8")
    return path


@pytest.fixture
def google(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SheetsServer]:
    """Google Sheets, as far as this process can tell; nobody has signed in yet."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("APPDATA", str(tmp_path / "config"))
    monkeypatch.delenv("GOOGLE_APPLICATION_CREDENTIALS", raising=False)
    with SheetsServer() as server, server.as_google():
        yield server


def test_a_new_sheet_can_be_filled_and_refreshed(tmp_path: Path) -> None:
    path = tmp_path / "new.xlsx"
    new_sheet.create_client_sheet(path)
    f = funnel.Funnel(funnel.load(path), "2026-06-01")
    assert (f.leads, len(f.steps)) == (0, 11)
    funnel.refresh(path)
    assert "Funnel" in openpyxl.load_workbook(path).sheetnames


def test_a_new_sheet_has_to_be_a_workbook(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        new_sheet.create_client_sheet(tmp_path / "new.csv")
    assert str(caught.value) == (
        "new.csv cannot be created: a new sheet is a workbook, so its name has to end with .xlsx. Name it "
        "new.xlsx."
    )


def test_a_journey_file_reads_the_same_clients(text: Path, tmp_path: Path) -> None:
    path = tmp_path / "journey.toml"
    path.write_text(new_sheet.draft_journey_file(text)[0], "utf-8")
    by_file, by_itself = funnel.load(text, journey=path), funnel.load(text)
    pd.testing.assert_frame_equal(by_file.table, by_itself.table)
    assert [s.name for s in by_file.journey.steps] == [s.name for s in by_itself.journey.steps]


def test_a_journey_file_of_a_preset_names_the_sheets_own_headers(root: Path) -> None:
    text = new_sheet.draft_journey_file(root / "sample_data" / "gym.xlsx")[0]
    assert 'client = "Client name"' in text
    assert "aliases = [" not in text.replace('aliases = ["…"]', "")


# --- at Google -------------------------------------------------------------------------------------------


def test_a_new_google_sheet_of_ones_own(google: SheetsServer, tmp_path: Path) -> None:
    folder = tmp_path / "config" / "funnel"
    folder.mkdir(parents=True)
    (folder / "token.json").write_text(json.dumps(google.signed_in_person()), "utf-8")
    url = new_sheet.create_google_sheet("Our clients")
    sheet = open_sheet(url)
    assert sheet.tabs() == ("Clients",)
    assert sheet.read("Clients")[1, 1] == "Client name"
    assert [call.name for call in google.calls[:4]] == ["create", "get", "batchUpdate", "batchUpdate"]
    assert funnel.Funnel(funnel.load(url), "2026-06-01").leads == 0
    assert funnel.refresh(url)
    assert not funnel.refresh(url)


def test_a_service_account_makes_none(
    google: SheetsServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(google.key_file(tmp_path)))
    with pytest.raises(UsageError) as refused:
        new_sheet.create_google_sheet("Our clients")
    assert str(refused.value) == (
        f"{ROBOT} is a service account: nobody else sees the sheets that it creates. Make "
        f"an empty Google Sheet in the browser, share it with {ROBOT} as an editor, and give its address: "
        "funnel new https://docs.google.com/spreadsheets/d/… Or sign in yourself; `funnel google setup` "
        "lists the steps."
    )
    assert google.calls == []


def test_a_service_account_fills_an_empty_sheet_once(
    google: SheetsServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(google.key_file(tmp_path)))
    url = f"https://docs.google.com/spreadsheets/d/{google.new_sheet('Gym').id}/edit"
    new_sheet.create_client_sheet(url)
    assert "Clients" in open_sheet(url).tabs()
    grid = open_sheet(url).read("Clients")
    assert (grid[1, 1], grid[202, 1], grid.anchors["totals"].top) == ("Client name", "Totals", 202)
    assert funnel.refresh(url, journey="gym")
    assert not funnel.refresh(url, journey="gym")
    with pytest.raises(WriteError) as refused:
        new_sheet.create_client_sheet(url)
    assert str(refused.value) == (
        f"{url} has a tab 'Clients' already, which was not changed. Rename that tab, or name "
        "another Google Sheet."
    )
