"""A gym's sheet on a server of our own, and the way to it: a key file, and the one internal hook."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from requests.adapters import HTTPAdapter
from sheets_server.server import SheetsServer
from sheets_server.state import Book

from funnel.sheets.google.client import http

TODAY = dt.date.today()
HEADERS = (
    "Client name", "Date of lead", "Source of lead", "Client contacted", "Client meeting had",
    "First paid session", "One month post-lead", "Reason for discontinue", "When left journey", "Notes",
)  # fmt: skip


def day(ago: int) -> str:
    return (TODAY - dt.timedelta(days=ago)).isoformat()


ROWS = (
    ("Ana Lima", day(200), "Ads", 1, 1, 1, 1, "", "", "=1+1"),
    ("Ben Okoro", day(190), "Ads", "x", 1, "", "", "", "", "calls back"),
    ("Chloe Marsh", day(180), "Referral", 1, day(170), 1, "", "Moved", day(100), ""),
    ("Dario Conti", day(170), "Referral", "", "", "", "", "", "", "00123"),
    ("Eva Stone", day(20), "Ads", 1, "", "", "", "", "", ""),
    ("Fay Wren", day(15), "Walk-in", "yes", "", "", "", "no answer", "", ""),
)
TAB = "Clients"


def url(book: Book) -> str:
    return f"https://docs.google.com/spreadsheets/d/{book.id}/edit#gid=0"


@pytest.fixture
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pause as short as can be; wait long enough for a busy machine."""
    quick = http.RetryPolicy(tries=4, pause=0.01, deadline=600.0, timeout=(60.0, 300.0))
    monkeypatch.setattr(http, "RETRY_POLICY", quick)


class Nowhere(HTTPAdapter):
    """Fail on any call other than to the sheet and for the token."""

    def send(self, request: Any, *args: Any, **options: Any) -> Any:
        raise AssertionError(f"{request.method} {request.url} was not to be called")


def only_there(server: SheetsServer, session: Any) -> None:
    """Lead a session to the server, and nowhere else."""
    session.mount("https://", Nowhere())
    session._auth_request_session.mount("https://", Nowhere())
    server.connect(session)


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, patience: None) -> Iterator[SheetsServer]:
    """Return a server, with funnel signed in as its service account."""
    with SheetsServer() as running:
        key = tmp_path / "key.json"
        key.write_text(json.dumps(running.service_account()), encoding="utf-8")
        monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(key))
        monkeypatch.setattr(http, "on_connect", partial(only_there, running))
        yield running


@pytest.fixture
def gym(server: SheetsServer) -> SimpleNamespace:
    """The sheet, its address, and the person who works in it."""
    return gym_on(server)


def gym_on(
    server: SheetsServer, locale: str = "en_US", rows: Any = ROWS, headers: Any = HEADERS
) -> SimpleNamespace:
    book = server.new_sheet("Gym", [list(headers), *map(list, rows)], tab=TAB, locale=locale)
    return SimpleNamespace(book=book, url=url(book), person=server.person(book), server=server)


def refreshed_once(gym: SimpleNamespace, name: str, **options: Any) -> SimpleNamespace:
    """Refresh a sheet for the first time, or give it what the same refresh made before; reset the calls."""
    import funnel

    if name not in REFRESHED:
        funnel.refresh(gym.url, **options)
        REFRESHED[name] = gym.book.clone()
    gym.book.take(REFRESHED[name].clone())
    gym.server.calls.clear()
    return gym


REFRESHED: dict[str, Book] = {}


@pytest.fixture
def refreshed(gym: SimpleNamespace) -> SimpleNamespace:
    """Return the gym's sheet after a first refresh, with the count of calls reset."""
    return refreshed_once(gym, "gym")


Names = Callable[[SheetsServer], list[str]]


@pytest.fixture
def names() -> Names:
    """Return the names of the calls so far."""
    return lambda server: [call.name for call in server.calls]


def human(gym: SimpleNamespace, tab: str = TAB) -> dict[str, Any]:
    """Return the cells of the client tab without the rows of our block."""
    person = gym.person
    entered = person.entered(tab)
    ours = {
        int("".join(filter(str.isdigit, at))) for at, value in entered.items()
        if value in ("Totals", "% of leads", "Drop-off from previous step")
    }  # fmt: skip
    return {at: v for at, v in entered.items() if int("".join(filter(str.isdigit, at))) not in ours}


def titles(gym: SimpleNamespace) -> list[str]:
    """The tabs in view; the log is looked at in its own tests."""
    return [t.title for t in gym.book.tabs if not t.properties.get("hidden") and t.title != "Funnel log"]


@pytest.fixture
def helpers() -> SimpleNamespace:
    return SimpleNamespace(
        gym_on=gym_on,
        refreshed_once=refreshed_once,
        human=human,
        titles=titles,
        day=day,
        url=url,
        TAB=TAB,
        ROWS=ROWS,
        HEADERS=HEADERS,
        TODAY=TODAY,
    )
