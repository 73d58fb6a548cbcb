"""Load and refresh a Google Sheet: number of calls, cells written, cells left unchanged."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from sheets_server.server import SheetsServer

import funnel
from funnel.errors import ReadError, WriteError
from funnel.schema import header
from funnel.sheets import open_sheet


def block(gym: SimpleNamespace) -> int:
    """Return the row of the totals; there must be exactly one."""
    rows = [at for at, value in gym.person.entered("Clients").items() if value == "Totals"]
    assert len(rows) == 1, rows
    return int(rows[0][1:])


def totals(gym: SimpleNamespace) -> dict[str, str]:
    row, seen = block(gym), gym.person.seen("Clients")
    return {at[0]: text for at, text in seen.items() if at[1:] == str(row)}


def test_loading_is_one_call_and_the_same_clients_as_in_a_file(
    gym: SimpleNamespace, helpers: Any, names: Any, tmp_path: Any
) -> None:
    clients = funnel.load(gym.url)
    assert names(gym.server) == ["get"]
    path = tmp_path / "gym.csv"
    lines = [helpers.HEADERS, *helpers.ROWS]
    path.write_text("\n".join(",".join(map(str, line)) for line in lines).replace("=1+1", "2"))
    other = funnel.load(path)
    shared = [name for name in clients.table.columns if name not in (header("Notes"), "painted")]
    assert clients.table[shared].to_dict("list") == other.table[shared].to_dict("list")
    assert [p.cell for p in clients.problems] == [p.cell for p in other.problems]


def test_the_first_refresh_is_two_calls_and_the_next_one_reads_only(
    gym: SimpleNamespace, names: Any, helpers: Any
) -> None:
    before = helpers.human(gym)
    assert funnel.refresh(gym.url)
    assert names(gym.server) == ["get", "batchUpdate"]
    gym.server.calls.clear()
    assert not funnel.refresh(gym.url)
    assert names(gym.server) == ["get"]
    assert helpers.human(gym) == before
    assert totals(gym) == {"A": "Totals", "B": "6", "D": "5", "E": "3", "F": "2", "G": "1"}
    colours = [gym.person.color("Clients", f"A{row}") for row in range(1, 12)]
    assert colours == [None, "C7EFCF", None, "FFC8CE", None, None, "FFC8CE", *[None] * 4]
    assert helpers.titles(gym) == ["Clients", "Funnel", "Funnel due", "Funnel history"]
    assert {item["warningOnly"] for tab in gym.book.tabs[1:3] for item in tab.protected} == {True}


def test_answers_come_without_spaces(gym: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    from funnel.sheets.google.client import http

    funnel.load(gym.url)
    with_spaces = http.LimitedClient.once

    def once(self: Any, method: str, url: str, params: Any, body: Any = None) -> Any:
        return with_spaces(self, method, f"{url}?prettyPrint=true", params, body)

    monkeypatch.setattr(http.LimitedClient, "once", once)
    funnel.load(gym.url)
    compact, pretty = (call.received for call in gym.server.calls)
    assert compact < pretty / 2


def test_a_new_mark_counts_at_once_in_any_row(refreshed: SimpleNamespace) -> None:
    refreshed.person.type("Clients", "G3", "si")
    refreshed.person.insert_rows("Clients", 2)
    refreshed.person.add_row("Clients", ["Zoe Park", "2026-01-02", "", 1], at=2)
    spare = block(refreshed) - 2
    refreshed.person.add_row("Clients", ["Yan Field", "2026-01-02", "", "TRUE"], at=spare)
    assert totals(refreshed) | {"E": "", "F": ""} == {
        "A": "Totals", "B": "8", "D": "7", "E": "", "F": "", "G": "2",
    }  # fmt: skip


def test_clients_below_the_block_are_counted_and_the_block_moves_below_them(
    refreshed: SimpleNamespace, names: Any
) -> None:
    row = block(refreshed) + 5
    refreshed.person.add_row("Clients", ["Gus Hale", "2026-01-02", "Ads", 1, 1, 1], at=row)
    funnel.refresh(refreshed.url)
    assert names(refreshed.server) == ["get", "batchUpdate", "values.batchUpdateByDataFilter"]
    assert block(refreshed) == row + 4
    assert totals(refreshed)["B"] == "7"
    assert refreshed.person.entered("Clients")[f"A{row}"] == "Gus Hale"
    refreshed.server.calls.clear()
    assert not funnel.refresh(refreshed.url)
    assert names(refreshed.server) == ["get"]


def test_a_missing_formula_is_restored_by_the_metadata_of_its_row(
    refreshed: SimpleNamespace, names: Any
) -> None:
    at = f"F{block(refreshed)}"
    formula = refreshed.person.entered("Clients")[at]
    refreshed.person.clear("Clients", at)
    refreshed.server.before_write(lambda: refreshed.person.insert_rows("Clients", 3, 4))
    funnel.refresh(refreshed.url)
    assert "values.batchUpdateByDataFilter" in names(refreshed.server)
    assert refreshed.person.entered("Clients")[f"F{block(refreshed)}"] == formula
    funnel.refresh(refreshed.url)  # its problems name other rows now
    assert not funnel.refresh(refreshed.url)


@pytest.mark.parametrize("locale", ["en_GB", "it_IT", "de_DE", "es_MX"])
def test_formulas_work_in_any_locale(server: SheetsServer, helpers: Any, locale: str) -> None:
    gym = helpers.gym_on(server, locale)
    funnel.refresh(gym.url)
    assert totals(gym) == {"A": "Totals", "B": "6", "D": "5", "E": "3", "F": "2", "G": "1"}
    assert gym.person.color("Clients", "A2") == "C7EFCF"
    assert not funnel.refresh(gym.url)


def test_totals_at_the_top_use_blank_rows_above_the_headers(server: SheetsServer, helpers: Any) -> None:
    gym = helpers.gym_on(server)
    gym.person.insert_rows("Clients", 1, 5)
    funnel.refresh(gym.url, totals="top")
    assert block(gym) < 6
    assert totals(gym)["B"] == "6"
    assert not funnel.refresh(gym.url, totals="top")
    gym.person.add_row("Clients", ["Gus Hale", "2026-01-02", "Ads", 1, 1, 1], at=13)
    assert totals(gym)["B"] == "7"


def test_text_is_always_text(gym: SimpleNamespace) -> None:
    gym.person.ask({"updateCells": {
        "start": {"sheetId": 0, "rowIndex": 1, "columnIndex": 0}, "fields": "userEnteredValue",
        "rows": [{"values": [{"userEnteredValue": {"stringValue": '=HYPERLINK("http://x.example","y")'}}]}],
    }})  # fmt: skip
    funnel.refresh(gym.url)
    for tab in ("Funnel", "Funnel due", "Funnel history"):
        cells = [cell for row in gym.person.tab(tab).rows for cell in row.values()]
        assert not [cell for cell in cells if "formulaValue" in cell.get("userEnteredValue", {})]


def test_manual_changes_of_our_tab_stay(refreshed: SimpleNamespace, names: Any, helpers: Any) -> None:
    person = refreshed.person
    person.type("Funnel", "R3", "look at this")
    person.rename_tab("Funnel", "Where we leak")
    person.move_chart("Where we leak", 0, "S20", 800, 500)
    person.type("Clients", "F3", 1)
    funnel.refresh(refreshed.url)
    assert names(refreshed.server) == ["get", "batchUpdate"]
    assert helpers.titles(refreshed) == ["Clients", "Where we leak", "Funnel due", "Funnel history"]
    assert person.entered("Where we leak")["R3"] == "look at this"
    place = person.tab("Where we leak").charts[0]["position"]["overlayPosition"]
    assert (place["widthPixels"], place["heightPixels"]) == (800, 500)
    assert len(person.tab("Where we leak").charts) == 2


def test_a_manual_tab_with_our_name_is_unchanged(gym: SimpleNamespace, helpers: Any) -> None:
    gym.person.add_tab("Funnel")
    gym.person.type("Funnel", "A1", "mine")
    funnel.refresh(gym.url)
    assert gym.person.entered("Funnel") == {"A1": "mine"}
    assert helpers.titles(gym) == ["Clients", "Funnel", "Funnel 2", "Funnel due", "Funnel history"]


def test_copied_rules_are_merged(refreshed: SimpleNamespace) -> None:
    person = refreshed.person
    person.duplicate_rule("Clients", 0, "A2:C4")
    person.duplicate_rule("Clients", 1)
    assert len(person.tab("Clients").conditional) == 4
    funnel.refresh(refreshed.url)
    assert len(person.tab("Clients").conditional) == 2
    assert not funnel.refresh(refreshed.url)


def test_a_manual_row_colour_moves_with_its_row(gym: SimpleNamespace) -> None:
    gym.person.paint("Clients", "A2:J2", "F4CCCC")  # red, though she has paid and is here
    funnel.refresh(gym.url)
    assert gym.person.color("Clients", "B2") == "F4CCCC"
    gym.person.insert_rows("Clients", 2, 3)
    assert gym.person.color("Clients", "B5") == "F4CCCC"


# --- rights, and wrong addresses --------------------------------------------------------------------------

ROBOT = "robot@funnel-test.iam.gserviceaccount.com"


def test_the_error_for_an_unshared_sheet_contains_the_account(server: SheetsServer, helpers: Any) -> None:
    book = server.new_sheet("Gym", [["Client"]], share=False)
    with pytest.raises(ReadError) as error:
        funnel.load(helpers.url(book))
    assert str(error.value) == (
        f"{helpers.url(book)} cannot be read with this sign-in (The caller does not have permission). In "
        f"Google Sheets choose Share, and share this sheet with {ROBOT} as an editor."
    )
    assert len(server.calls) == 1


def test_a_read_only_sheet_is_unchanged(gym: SimpleNamespace, names: Any) -> None:
    gym.book.roles[ROBOT] = "reader"
    before = gym.person.version()
    with pytest.raises(WriteError) as error:
        funnel.refresh(gym.url)
    assert str(error.value) == (
        f"{gym.url} cannot be written with this sign-in (The caller does not have permission). In Google "
        f"Sheets choose Share, and share this sheet with {ROBOT} as an editor. The sheet is unchanged."
    )
    assert names(gym.server) == ["get", "batchUpdate"]
    assert gym.person.version() == before


def test_the_address_of_a_missing_sheet(server: SheetsServer) -> None:
    url = "https://docs.google.com/spreadsheets/d/1AAAAAAAAAAAAAAAAAAAAAAAAA/edit"
    with pytest.raises(ReadError) as error:
        funnel.load(url)
    assert str(error.value) == (
        f"There is no Google Sheet at {url}. Copy its address from the browser again; if it is the same: In "
        f"Google Sheets choose Share, and share this sheet with {ROBOT} as an editor."
    )
    assert len(server.calls) == 1


def test_an_address_without_a_sheet(server: SheetsServer) -> None:
    with pytest.raises(ReadError, match=r"is not the address of one Google Sheet\. Open the sheet"):
        open_sheet("https://docs.google.com/spreadsheets/u/0/")
    assert not server.calls


def test_a_missing_tab_raises_with_the_nearest_name(gym: SimpleNamespace) -> None:
    with pytest.raises(ReadError, match="has no tab 'Cleints'; did you mean 'Clients'"):
        open_sheet(gym.url).read("Cleints")


# --- size -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("leads", [40, 2_000, pytest.param(10_000, marks=pytest.mark.slow)])
def test_calls_and_bytes_do_not_grow_with_the_leads(
    server: SheetsServer, helpers: Any, names: Any, leads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    from funnel.sheets.google.client import http

    monkeypatch.setattr(http, "RETRY_POLICY", http.RetryPolicy(timeout=(10.0, 300.0)))
    rows = [(f"Client {n}", helpers.day(30 + n % 300), "Ads", 1, n % 2, n % 3 == 0) for n in range(leads)]
    gym = helpers.gym_on(server, rows=rows)
    funnel.refresh(gym.url)
    assert names(server) == ["get", "batchUpdate"]
    assert max(call.sent for call in server.calls) < 900_000
    assert server.calls[1].received < 1_500_000  # what is read back does not grow with the leads
    assert totals(gym)["B"] == f"{leads:,}"
