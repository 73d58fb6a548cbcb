"""The wire: gspread without a mock, sign-in, rights, counting, and everything that may go wrong."""

from __future__ import annotations

import threading
import time

import google.auth.exceptions
import gspread
import pytest
import requests
from google.oauth2.credentials import Credentials
from sheets_server import faults
from sheets_server.build import append
from sheets_server.oauth import SCOPE
from sheets_server.server import ROBOT, SheetsServer

# --- gspread -----------------------------------------------------------------------------------------------


def test_gspread_opens_reads_writes_and_formats(server, book) -> None:
    sheet = server.client().open_by_key(book.id)
    tab = sheet.worksheet("Clients")
    assert (sheet.title, sheet.locale, tab.row_count) == ("Clients", "en_US", 1000)
    assert tab.get_all_records()[1] == {
        "Client": "Ben Okoro",
        "Lead": "2026-01-12",
        "Contacted": "x",
        "Paid": "",
    }
    tab.update([["Eve", "=1+1"]], "A6:B6", value_input_option="USER_ENTERED")
    tab.append_row(["Finn", True])
    assert tab.get("A6:B7") == [["Eve", "2"], ["Finn", "TRUE"]]
    tab.format("A1:D1", {"textFormat": {"bold": True}, "backgroundColor": {"red": 1}})
    tab.batch_update([{"range": "A2", "values": [["Ana L."]]}, {"range": "A3", "values": [["Ben O."]]}])
    tab.sort((1, "des"), range="A2:D7")
    tab.insert_row(["Zoe"], 2)
    tab.delete_rows(3)
    tab.freeze(rows=1)
    tab.add_protected_range("A1:D1", warning_only=True)
    sheet.add_worksheet("Funnel", 10, 5)
    sheet.batch_update({"requests": [append([["Total"]])]})
    assert tab.col_values(1) == [
        "Client",
        "Zoe",
        "Eve",
        "Dario Conti",
        "Chloe Marsh",
        "Ben O.",
        "Ana L.",
        "Total",
    ]
    assert server.person(book).color("Clients", "A1") == "FF0000"
    assert [found.title for found in sheet.worksheets()] == ["Clients", "Funnel"]
    sheet.del_worksheet(sheet.worksheet("Funnel"))
    with pytest.raises(gspread.exceptions.WorksheetNotFound):
        sheet.worksheet("Funnel")


def test_gspread_copies_cuts_hides_notes_and_duplicates(server, book) -> None:
    sheet = server.client().open_by_key(book.id)
    tab = sheet.sheet1
    tab.update([["=A2", "=D2"]], "F2:G2", value_input_option="USER_ENTERED")
    tab.copy_range("F2:G2", "F3:G4")
    assert tab.get("F2:G4") == [["Ana Lima", "1"], ["Ben Okoro"], ["Chloe Marsh", "1"]]
    tab.cut_range("F2:F4", "H2")
    formulas = [["", "=D2", "=A2"], ["", "=D3", "=A3"], ["", "=D4", "=A4"]]
    assert tab.get("F2:H4", value_render_option="FORMULA") == formulas
    tab.insert_note("A1", "one row a client")
    assert tab.get_note("A1") == "one row a client"
    tab.hide_rows(1, 3)
    tab.columns_auto_resize(0, 1)
    data = sheet.fetch_sheet_metadata({"includeGridData": "true", "ranges": "A1:B3"})["sheets"][0]["data"][0]
    assert [line.get("hiddenByUser") for line in data["rowMetadata"]] == [None, True, True]
    assert data["columnMetadata"][0]["pixelSize"] > 80
    twin = tab.duplicate(new_sheet_name="Copy")
    assert twin.get("A2:D2") == [["Ana Lima", "2026-01-05", "1", "1"]]
    other = server.new_sheet("Other")
    assert tab.copy_to(other.id)["title"] == "Copy of Clients"
    assert server.person(other).entered("Copy of Clients")["A2"] == "Ana Lima"
    tab.batch_clear(["A2:B2", "C2"])
    assert tab.get("A2:D2") == [["", "", "", "1"]]
    tab.resize(rows=6, cols=8)
    tab.merge_cells("A4:A5")
    merged = tab.get_values("A3:B5", combine_merged_cells=True)
    assert [line[0] for line in merged] == ["Ben Okoro", "Chloe Marsh", "Chloe Marsh"]
    sheet.update_timezone("Europe/Rome")
    assert server.service.books[book.id].properties["timeZone"] == "Europe/Rome"


def test_gspread_raises_what_google_says(server, book) -> None:
    tab = server.client().open_by_key(book.id).sheet1
    with pytest.raises(
        gspread.exceptions.APIError, match="Unable to parse range: 'Clients'!nonsense"
    ) as caught:
        tab.get("nonsense")
    assert caught.value.code == 400


def test_calls_and_bytes_are_counted(server, book) -> None:
    http = server.client().http_client
    http.fetch_sheet_metadata(book.id)
    http.batch_update(book.id, {"requests": [append([["Eve"]])]})
    assert [(call.name, call.status) for call in server.calls] == [("get", 200), ("batchUpdate", 200)]
    assert (server.calls[0].sent, server.calls[1].sent > 80, server.calls[0].received > 500) == (
        0,
        True,
        True,
    )
    assert server.token_calls == [200]


# --- rights ------------------------------------------------------------------------------------------------


def test_sharing_decides(server, book) -> None:
    private = server.new_sheet("Private", share=False)
    client = server.client()
    for key, code in ((private.id, PermissionError), ("unknown", gspread.exceptions.SpreadsheetNotFound)):
        with pytest.raises(code):
            client.open_by_key(key)
    private.roles[ROBOT] = "reader"
    tab = client.open_by_key(private.id).sheet1
    with pytest.raises(gspread.exceptions.APIError, match="The caller does not have permission"):
        tab.update([["x"]], "A1")


def test_the_scope_is_what_was_asked_for(server, book) -> None:
    client = server.client(scopes=(f"{SCOPE}.readonly",))
    tab = client.open_by_key(book.id).sheet1
    assert server.service.accounts.asked == [frozenset([f"{SCOPE}.readonly"])]
    with pytest.raises(gspread.exceptions.APIError, match="insufficient authentication scopes"):
        tab.update([["x"]], "A1")


def test_only_known_accounts_and_true_signatures_get_a_token(server, book) -> None:
    info = server.service_account()
    server.service.accounts.robots.clear()
    client = gspread.service_account_from_dict(info, scopes=[SCOPE])
    server.connect(client.http_client.session)
    with pytest.raises(google.auth.exceptions.RefreshError, match="account not found"):
        client.open_by_key(book.id)
    with SheetsServer() as other:
        other.service.accounts.robots[ROBOT] = _another_key()
        stranger = gspread.service_account_from_dict({**info, "token_uri": other.token_uri}, scopes=[SCOPE])
        with pytest.raises(google.auth.exceptions.RefreshError, match="Invalid JWT Signature"):
            stranger.open_by_key(book.id)
    answer = requests.get(f"{server.url}/v4/spreadsheets/{book.id}", timeout=60)
    assert (answer.status_code, answer.json()["error"]["status"]) == (401, "UNAUTHENTICATED")


def _another_key() -> str:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    public = rsa.generate_private_key(public_exponent=65537, key_size=2048).public_key()
    spki = serialization.PublicFormat.SubjectPublicKeyInfo
    return public.public_bytes(serialization.Encoding.PEM, spki).decode()


def test_a_person_signs_in_with_a_refresh_token_that_may_be_revoked(server, book) -> None:
    kept = server.signed_in_person()
    client = gspread.authorize(Credentials.from_authorized_user_info(kept, [SCOPE]))
    server.connect(client.http_client.session)
    assert client.open_by_key(book.id).title == "Clients"
    server.service.accounts.people.clear()
    stale = gspread.authorize(Credentials.from_authorized_user_info(kept, [SCOPE]))
    server.connect(stale.http_client.session)
    with pytest.raises(google.auth.exceptions.RefreshError, match="expired or revoked"):
        stale.open_by_key(book.id)


def test_unchanged_code_finds_google_here(server, book, tmp_path) -> None:
    key = server.key_file(tmp_path)
    assert key.stat().st_mode & 0o777 == 0o600
    with server.as_google():
        client = gspread.service_account(filename=key, scopes=[SCOPE])
        address = f"https://docs.google.com/spreadsheets/d/{book.id}/edit#gid=0"
        assert client.open_by_url(address).title == "Clients"
    assert [call.name for call in server.calls] == ["get"]


def test_an_expired_token_is_fetched_anew(server, book) -> None:
    client = server.client()
    client.open_by_key(book.id)
    server.service.accounts.tokens.clear()
    assert client.open_by_key(book.id).title == "Clients"
    assert ([call.status for call in server.calls], server.token_calls) == ([200, 401, 200], [200, 200])


# --- faults ------------------------------------------------------------------------------------------------


@pytest.fixture
def send(server, book):
    """Append a row over a fresh connection; the answer, or the name of what went wrong."""
    token = server.service.accounts.token(ROBOT)

    def ask(timeout: float = 60) -> requests.Response | str:
        url = f"{server.url}/v4/spreadsheets/{book.id}:batchUpdate"
        headers = {"Authorization": f"Bearer {token}"}
        try:
            return requests.post(
                url, json={"requests": [append([["Eve"]])]}, headers=headers, timeout=timeout
            )
        except requests.RequestException as error:
            return type(error).__name__

    return ask


@pytest.mark.parametrize("code", [408, 429, 500, 502, 503])
def test_a_status_comes_with_its_body_and_nothing_is_applied(server, book, send, code) -> None:
    server.faults.extend([faults.status(code, retry_after=7), None])
    answer = send()
    assert (answer.status_code, answer.headers["Retry-After"]) == (code, "7")
    assert answer.text.startswith("<!DOCTYPE" if code == 502 else '{"error"')
    assert "A6" not in server.person(book).entered("Clients")
    assert send().status_code == 200
    assert [call.status for call in server.calls] == [code, 200]


@pytest.mark.parametrize(
    ("fault", "applied", "seen"),
    [
        (faults.reset(), False, "ConnectionError"),
        (faults.reset(applied=True), True, "ConnectionError"),
        (faults.truncated(), True, "ChunkedEncodingError"),
        (faults.silent(), False, "ReadTimeout"),
        (faults.silent(applied=True), True, "ReadTimeout"),
    ],
)
def test_a_broken_call_may_have_been_applied(server, book, send, fault, applied, seen) -> None:
    server.faults.append(fault)
    assert send(timeout=0.3 if seen == "ReadTimeout" else 60) == seen
    while not server.calls:  # a busy machine may need longer than the client waited
        time.sleep(0.01)
    assert ("A6" in server.person(book).entered("Clients")) is applied


def test_a_token_request_may_fail_too(server, book) -> None:
    server.token_faults.append(faults.status(400))
    with pytest.raises(google.auth.exceptions.RefreshError):
        server.client().open_by_key(book.id)
    assert server.token_calls == [400]


def test_leaving_ends_silent_calls_and_threads() -> None:
    before = threading.active_count()
    with SheetsServer() as server:
        server.faults.append(faults.silent(60))
        url = f"{server.url}/v4/spreadsheets/x"
        waiting = threading.Thread(target=_quietly, args=(url,))
        waiting.start()
        while server.faults:
            time.sleep(0.01)
        started = time.monotonic()
    waiting.join()
    assert (time.monotonic() - started < 50, threading.active_count()) == (True, before)


def _quietly(url: str) -> None:
    with pytest.raises(requests.RequestException):
        requests.get(url, timeout=30)


# --- meanwhile ---------------------------------------------------------------------------------------------


def test_a_person_edits_between_reading_and_writing(server, book) -> None:
    person = server.person(book)
    http = server.client().http_client
    server.before_write(lambda: person.insert_rows("Clients", 2))
    http.fetch_sheet_metadata(book.id)
    assert person.entered("Clients")["A2"] == "Ana Lima"
    http.batch_update(book.id, {"requests": [append([["Eve"]])]})
    http.batch_update(book.id, {"requests": [append([["Finn"]])]})
    entered = person.entered("Clients")
    assert [entered.get(f"A{row}") for row in (2, 3, 7, 8)] == [None, "Ana Lima", "Eve", "Finn"]
