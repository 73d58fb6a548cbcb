"""Our own tabs on a Google Sheet: what a person does there while we write is found out and given back."""

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
    """A sheet on whose tab `Funnel` the next refresh writes C4 anew, among others."""
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


def test_a_quiet_refresh_is_two_calls_and_leaves_one_hidden_tab(due: SimpleNamespace, names: Any) -> None:
    assert kept(due) == []  # the first refresh wrote over nothing
    for _ in range(2):
        due.server.calls.clear()
        lead(due, "Ida Lund")
        funnel.refresh(due.url)
        assert names(due.server) == ["get", "batchUpdate"]
        assert kept(due) == [TITLE]
    assert [tab.properties["hidden"] for tab in due.book.tabs if tab.title == TITLE] == [True]
    assert TITLE not in funnel.sheets.open_sheet(due.url).tabs()


def test_what_is_typed_over_a_cell_of_ours_meanwhile_is_given_back(due: SimpleNamespace, names: Any) -> None:
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


def test_a_row_inserted_on_our_tab_meanwhile_moves_what_we_write(due: SimpleNamespace) -> None:
    def inserted() -> None:
        due.person.insert_rows("Funnel", 3)
        due.person.type("Funnel", "B3", "between")

    due.server.before_write(inserted)
    funnel.refresh(due.url)
    assert due.person.entered("Funnel")["B3"] == "between"
    settled(due)


def test_a_note_beside_is_no_matter(due: SimpleNamespace, names: Any) -> None:
    due.server.before_write(lambda: due.person.type("Funnel", "T5", "beside"))
    funnel.refresh(due.url)
    assert names(due.server) == ["get", "batchUpdate"]
    assert due.person.entered("Funnel")["T5"] == "beside"


def test_people_who_go_on_are_told_and_nothing_of_theirs_is_lost(due: SimpleNamespace) -> None:
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


def test_what_cannot_be_put_back_is_on_the_hidden_tab(
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


def test_cells_that_a_person_merged_are_kept_whole(due: SimpleNamespace) -> None:
    merged = {"sheetId": ids.tab_id("summary"), "startRowIndex": 3, "endRowIndex": 5}
    merged |= {"startColumnIndex": 2, "endColumnIndex": 4}
    due.person.ask({"mergeCells": {"range": merged, "mergeType": "MERGE_ALL"}})
    due.server.before_write(lambda: due.person.type("Funnel", "C4", "by hand"))
    funnel.refresh(due.url)
    assert due.person.entered("Funnel")["C4"] == "by hand"
    assert due.person.tab("Funnel").merges == [merged]
    settled(due)


def test_a_tab_of_that_name_that_is_a_persons(due: SimpleNamespace) -> None:
    due.person.add_tab(TITLE)
    due.person.type(TITLE, "A1", "mine")
    funnel.refresh(due.url)
    assert due.person.entered(TITLE) == {"A1": "mine"}
    assert kept(due) == [f"{TITLE} (2)"]


def test_cells_are_kept_one_below_the_other() -> None:
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
