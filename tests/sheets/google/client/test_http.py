"""Calls that go wrong: tried again where that can help, ended where it cannot."""

from __future__ import annotations

import time
from types import SimpleNamespace
from typing import Any

import pytest
import requests
from google.oauth2.credentials import Credentials
from sheets_server.faults import CELL_LIMIT, Fault, reset, silent, status, truncated
from sheets_server.server import SheetsServer

import funnel
from funnel.errors import ReadError, WriteError
from funnel.sheets.google.client import http


@pytest.fixture
def impatient(server: SheetsServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give up on a silent server soon."""
    quick = http.RetryPolicy(tries=4, pause=0.01, deadline=600.0, timeout=(60.0, 1.0))
    monkeypatch.setattr(http, "RETRY_POLICY", quick)


@pytest.fixture
def plain(server: SheetsServer, helpers: Any) -> SimpleNamespace:
    """The sheet without its sources: nothing to compare, so a refresh takes half the time."""
    rows = [(*row[:2], *row[3:]) for row in helpers.ROWS]
    return helpers.gym_on(server, rows=rows, headers=(*helpers.HEADERS[:2], *helpers.HEADERS[3:]))


PASSING = [
    status(408), status(429), status(429, retry_after=0), status(500), status(502), status(503),
    reset(), reset(applied=True), truncated(),
]  # fmt: skip


@pytest.mark.parametrize("fault", PASSING, ids=str)
def test_a_reading_call_is_sent_again(gym: SimpleNamespace, names: Any, fault: Fault) -> None:
    gym.server.faults.append(fault)
    assert len(funnel.load(gym.url)) == 6
    assert len(names(gym.server)) == 2


@pytest.mark.parametrize("fault", PASSING, ids=str)
def test_a_write_without_an_answer_is_looked_up_and_never_made_twice(
    plain: SimpleNamespace, names: Any, fault: Fault
) -> None:
    plain.server.faults.extend([None, fault])
    funnel.refresh(plain.url)
    told = ["get", "batchUpdate", "get"]
    assert names(plain.server) == (told if fault.applied else [*told, "batchUpdate"])
    entered = plain.person.entered("Clients")
    assert list(entered.values()).count("Totals") == 1
    assert len(plain.person.tab("Clients").conditional) == 2
    plain.server.calls.clear()
    assert not funnel.refresh(plain.url)
    assert names(plain.server) == ["get"]


def test_silence_ends(gym: SimpleNamespace, impatient: None, names: Any) -> None:
    gym.server.faults.extend([silent(60), None])
    began = time.monotonic()
    assert len(funnel.load(gym.url)) == 6
    assert time.monotonic() - began < 50  # the silence would have been longer


def test_an_endless_failure_ends_with_a_sentence(gym: SimpleNamespace, names: Any) -> None:
    gym.server.faults.extend([status(503)] * 20)
    with pytest.raises(ReadError) as error:
        funnel.load(gym.url)
    assert str(error.value) == (
        f"{gym.url} could not be read: it answered 503 (after 4 tries). It is unchanged. Check the "
        "connection, and try again in a few minutes."
    )
    assert len(names(gym.server)) == 4


def test_a_wait_longer_than_our_time_ends_at_once(gym: SimpleNamespace, names: Any) -> None:
    gym.server.faults.append(status(429, retry_after=3600))
    began = time.monotonic()
    with pytest.raises(ReadError, match=r"it answered 429: too many calls in a minute \(after 1 try\)"):
        funnel.load(gym.url)
    assert time.monotonic() - began < 600  # an hour was asked for
    assert len(names(gym.server)) == 1


def test_retry_after_is_kept_to(gym: SimpleNamespace) -> None:
    gym.server.faults.append(status(429, retry_after=1))
    began = time.monotonic()
    funnel.load(gym.url)
    assert time.monotonic() - began >= 1


def test_a_write_that_never_arrives_leaves_the_sheet_as_it_was(plain: SimpleNamespace) -> None:
    before = plain.person.version()
    plain.server.faults.extend([None, *[status(503), None] * 9])
    with pytest.raises(WriteError) as error:
        funnel.refresh(plain.url)
    assert str(error.value) == (
        f"{plain.url} could not be written: it answered 503 (after 4 tries). It may have been written; your "
        "own data is safe. Refresh again in a few minutes."
    )
    assert plain.person.version() == before


def test_a_sheet_at_the_cell_limit(plain: SimpleNamespace, names: Any) -> None:
    before = plain.person.version()
    plain.server.faults.extend([None, status(400, message=CELL_LIMIT)])
    with pytest.raises(WriteError) as error:
        funnel.refresh(plain.url)
    assert str(error.value) == (
        f"{plain.url} could not be written: Google refused it ({CELL_LIMIT[:-1]}). Delete empty rows, "
        "columns and tabs of the sheet, and try again. The sheet is unchanged."
    )
    assert plain.person.version() == before
    assert names(plain.server) == ["get", "batchUpdate", "get"]


def test_a_long_silence_ends_within_the_time(plain: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Silence at each call, for ever: the write ends, and the sheet is as it was."""
    quick = http.RetryPolicy(tries=2, pause=0.01, deadline=5.0, timeout=(60.0, 0.5))
    monkeypatch.setattr(http, "RETRY_POLICY", quick)
    before = plain.person.version()
    plain.server.faults.extend([None, *[silent(60)] * 20])
    began = time.monotonic()
    with pytest.raises(WriteError, match=r"it did not answer in time .* It may have been written; your own"):
        funnel.refresh(plain.url)
    assert time.monotonic() - began < 50  # one silence would be longer
    assert plain.person.version() == before


@pytest.mark.parametrize("code", [401, 403])
def test_a_refusal_is_final(gym: SimpleNamespace, names: Any, code: int) -> None:
    gym.server.faults.extend([status(code)] * 3)
    with pytest.raises(ReadError):
        funnel.load(gym.url)
    assert len(names(gym.server)) <= 3  # google-auth renews a refused token twice


def test_a_sign_in_that_is_refused(gym: SimpleNamespace, names: Any) -> None:
    gym.server.service.accounts.robots.clear()
    with pytest.raises(ReadError, match=r"the sign-in was refused\. Make a new key, or sign in again"):
        funnel.load(gym.url)
    assert names(gym.server) == []


def test_the_pause_grows_and_is_drawn_at_random(monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []
    monkeypatch.setattr(time, "sleep", waited.append)
    clock = http.RetryTimer(http.RetryPolicy(tries=5, pause=1.0, deadline=100))
    for _ in range(4):
        clock.wait(http.NoResponse("nothing"))
    assert [0.5 <= waited[0] <= 1, 1 <= waited[1] <= 2, 2 <= waited[2] <= 4, 4 <= waited[3] <= 8] == [
        True
    ] * 4
    with pytest.raises(http.NoResponse, match=r"nothing \(after 5 tries\)"):
        clock.wait(http.NoResponse("nothing"))


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b'{"error": {"message": "no such\\n range"}}', "no such range"), (b'{"error": {}}', "Bad Request"),
        (b"<html>", "Bad Request"), (b"[" * 100_000, "Bad Request"), (b"", "Bad Request"),
    ],
)  # fmt: skip
def test_a_refusal_with_any_body(body: bytes, reason: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error of gspread needs a code in the body."""
    monkeypatch.setattr(http, "on_connect", None)
    client, answer = http.LimitedClient(Credentials("token")), requests.Response()
    answer.status_code, answer.reason, answer._content = 400, "Bad Request", body
    monkeypatch.setattr(client.session, "request", lambda *args, **options: answer)
    with pytest.raises(http.RequestRefused) as refused:
        client.once("get", "https://127.0.0.1/", {})
    assert str(refused.value) == f"400: {reason}"
