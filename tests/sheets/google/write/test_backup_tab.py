"""funnel's tabs in a Google Sheet: manual changes during a write are detected and restored."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from sheets_server.errors import ApiError

import funnel
from funnel.errors import WriteError
from funnel.grid import Area, Grid, cell_name
from funnel.sheets.google.read import ids
from funnel.sheets.google.read.spreadsheet import Snapshot, Tab
from funnel.sheets.google.write.backup_tab import TITLE, BackupTab
from funnel.sheets.google.write.charts import grid_range


@pytest.fixture
def due(refreshed: SimpleNamespace) -> SimpleNamespace:
    """Return a sheet in which the next refresh rewrites C4 and other cells of the tab `Funnel`."""
    refreshed.person.type("Clients", "F3", 1)
    lead(refreshed, "Gus Hale")
    return refreshed


def lead(gym: SimpleNamespace, name: str) -> None:
    gym.person.insert_rows("Clients", 4)
    gym.person.add_row("Clients", [name, "2026-01-02", "Ads", 1], at=4)


def kept(gym: SimpleNamespace) -> list[str]:
    return [tab.title for tab in gym.book.tabs if tab.id in ids.BACKUP_TABS]


def settled(gym: SimpleNamespace) -> None:
    gym.server.calls.clear()
    assert not funnel.refresh(gym.url)
    assert [call.name for call in gym.server.calls] == ["get"]


def test_an_undisturbed_refresh_is_two_calls_and_leaves_a_hidden_tab(
    due: SimpleNamespace, names: Any
) -> None:
    assert kept(due) == []  # the first refresh wrote over nothing
    for _ in range(2):
        due.server.calls.clear()
        lead(due, "Ida Lund")
        funnel.refresh(due.url)
        assert names(due.server) == ["get", "batchUpdate"]
        assert kept(due) == [TITLE]
    assert [tab.properties["hidden"] for tab in due.book.tabs if tab.title == TITLE] == [True]
    assert TITLE not in funnel.sheets.open_sheet(due.url).tabs()


def test_a_manual_change_of_one_of_our_cells_meanwhile_is_restored(due: SimpleNamespace, names: Any) -> None:
    def typed() -> None:
        due.person.type("Funnel", "C4", "by hand")
        due.person.paint("Funnel", "C4", "EA9999")

    due.server.before_write(typed)
    plan = funnel.refresh(due.url)
    assert due.person.entered("Funnel")["C4"] == "by hand"
    assert due.person.color("Funnel", "C4") == "EA9999"
    assert names(due.server) == ["get", "batchUpdate", "batchUpdate", "get", "batchUpdate"]
    assert any("C4" in sentence for sentence in plan.kept)
    settled(due)


def test_a_row_inserted_on_our_tab_meanwhile_moves_our_cells(due: SimpleNamespace) -> None:
    def inserted() -> None:
        due.person.insert_rows("Funnel", 3)
        due.person.type("Funnel", "B3", "between")

    due.server.before_write(inserted)
    funnel.refresh(due.url)
    assert due.person.entered("Funnel")["B3"] == "between"
    settled(due)


def test_a_note_beside_our_cells_changes_nothing(due: SimpleNamespace, names: Any) -> None:
    due.server.before_write(lambda: due.person.type("Funnel", "T5", "beside"))
    funnel.refresh(due.url)
    assert names(due.server) == ["get", "batchUpdate"]
    assert due.person.entered("Funnel")["T5"] == "beside"


def test_repeated_manual_changes_are_reported_and_kept(due: SimpleNamespace) -> None:
    plan = funnel.refresh(due.url, dry_run=True)
    cells = next(change.cells for change in plan.changes if change.tab == "Funnel")
    at = [cell_name(cell.row, cell.column) for cell in cells if cell.column > 1]
    one, two = at[0], at[-1]

    def first() -> None:
        due.person.type("Funnel", one, "one")
        due.server.before_call(second)

    def second() -> None:  # the cells are pasted back
        due.server.before_call(third)

    def third() -> None:  # the sheet is read again
        due.server.before_call(lambda: due.person.type("Funnel", two, "two"))

    due.server.before_write(first)
    with pytest.raises(WriteError) as error:
        funnel.refresh(due.url)
    assert str(error.value) == (
        f"Somebody changed {due.url} while it was written: {two} on tab 'Funnel' was put back as it was. "
        "Refresh again."
    )
    assert [due.person.entered("Funnel")[each] for each in (one, two)] == ["one", "two"]
    funnel.refresh(due.url)
    settled(due)


def test_values_that_cannot_be_restored_are_on_the_backup_tab(
    due: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: Any) -> None:
        raise ApiError("You can't paste over a merged cell.")

    def typed() -> None:
        due.person.type("Funnel", "C4", "by hand")
        due.server.before_call(lambda: monkeypatch.setattr("sheets_server.service.apply_batch", refused))

    due.server.before_write(typed)
    with pytest.raises(WriteError) as error:
        funnel.refresh(due.url)
    assert str(error.value) == (
        f"Somebody changed {due.url} while it was written, and C4 on tab 'Funnel' could not be put back (You "
        "can't paste over a merged cell.). The old content is on the hidden tab \"Before funnel's last "
        'refresh": choose View > Hidden sheets.'
    )
    assert "by hand" in due.person.entered(TITLE).values()


def test_merged_cells_are_backed_up_whole(due: SimpleNamespace) -> None:
    merged = {"sheetId": ids.tab_id("summary"), "startRowIndex": 3, "endRowIndex": 5}
    merged |= {"startColumnIndex": 2, "endColumnIndex": 4}
    due.person.ask({"mergeCells": {"range": merged, "mergeType": "MERGE_ALL"}})
    due.server.before_write(lambda: due.person.type("Funnel", "C4", "by hand"))
    funnel.refresh(due.url)
    assert due.person.entered("Funnel")["C4"] == "by hand"
    assert due.person.tab("Funnel").merges == [merged]
    settled(due)


def test_a_manual_tab_with_the_name_of_the_backup(due: SimpleNamespace) -> None:
    due.person.add_tab(TITLE)
    due.person.type(TITLE, "A1", "mine")
    funnel.refresh(due.url)
    assert due.person.entered(TITLE) == {"A1": "mine"}
    assert kept(due) == [f"{TITLE} (2)"]


def test_areas_are_backed_up_below_each_other() -> None:
    tab = Tab(7, 100, 20, Grid("Funnel", [[None, "a"]]))
    aside = BackupTab(Snapshot({"sheets": []}))
    assert not aside
    assert aside.cleanup_requests() == []
    requests = [aside.copy_request(tab, Area(2, 1, 4, 3)), aside.copy_request(tab, Area(9, 2, 9, 2))]
    there = [grid_range(aside.id, Area(1, 1, 3, 3)), grid_range(aside.id, Area(4, 2, 4, 2))]
    assert [request["copyPaste"]["destination"] for request in requests] == there
    made = aside.create_requests()[-1]["addSheet"]["properties"]
    assert made["gridProperties"] == {"rowCount": 4, "columnCount": 3}
    assert list(aside.changed(Snapshot({"sheets": []})))[:2] == ["A2 on tab 'Funnel'", "B2 on tab 'Funnel'"]
    assert list(aside.changed(Snapshot({"sheets": []}), some=True)) == []
