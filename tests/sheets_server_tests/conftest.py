"""A server, a small gym's sheet on it, and a plain way to call it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests
from sheets_server.server import ROBOT, SheetsServer
from sheets_server.state import Book

ROWS = [
    ["Client", "Lead", "Contacted", "Paid"],
    ["Ana Lima", "2026-01-05", 1, 1],
    ["Ben Okoro", "2026-01-12", "x", ""],
    ["Chloe Marsh", "2026-02-02", "2026-02-09", 1],
    ["Dario Conti", "2026-02-20", "", ""],
]


@pytest.fixture
def server() -> Iterator[SheetsServer]:
    with SheetsServer(now=dt.datetime(2026, 6, 1, 12)) as running:
        yield running


@pytest.fixture
def book(server: SheetsServer) -> Book:
    return server.new_sheet("Clients", ROWS, tab="Clients")


Api = Callable[..., tuple[int, Any]]


@pytest.fixture
def api(server: SheetsServer, book: Book) -> Iterator[Api]:
    """``api("POST", ":batchUpdate", body, fields=…)`` on the book's address: (status, answer)."""
    session = requests.Session()
    session.headers["Authorization"] = f"Bearer {server.service.accounts.token(ROBOT)}"

    def ask(verb: str, path: str = "", body: Any = None, **query: Any) -> tuple[int, Any]:
        url = f"{server.url}/v4/spreadsheets/{book.id}{path}"
        answer = session.request(verb, url, json=body, params=query, timeout=60)
        return answer.status_code, answer.json()

    yield ask
    session.close()


@pytest.fixture
def batch(api: Api) -> Callable[..., Any]:
    """Apply requests; the replies, or the sentence of the refusal."""

    def ask(*found: dict[str, Any]) -> Any:
        status, answer = api("POST", ":batchUpdate", {"requests": list(found)})
        return answer["replies"] if status == 200 else answer["error"]["message"]

    return ask
