"""gspread's recordings of the real service, replayed: our answers against Google's."""

from __future__ import annotations

import csv
import http.client
import io
import json
import re
import sys
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from sheets_server.cells import enter
from sheets_server.entering import typed
from sheets_server.server import SheetsServer
from sheets_server.state import new_tab
from sheets_server.validate import check_body, find_route

IDS = {"sheetId", "namedRangeId", "protectedRangeId"}
RECORDED_ROBOT = "telegram-budgeter@telegram-budgeter.iam.gserviceaccount.com"

ANSWERS = 698
"""Recorded answers of the Sheets service (calls to Drive are answered by this test and not counted)."""

KNOWN = Counter[str]()
"""Answers that differ, by reason: none."""


class Tape:
    """One cassette against one server: Drive's part played here, ids of Google's matched with ours."""

    def __init__(self, server: SheetsServer) -> None:
        self.server = server
        self.books = server.service.books
        self.token = server.service.accounts.token(RECORDED_ROBOT)
        self.ids: dict[str, str] = {}
        self.wire = http.client.HTTPConnection("127.0.0.1", urlsplit(server.url).port or 0)

    def drive(self, verb: str, path: str, body: str | None, answer: Any) -> None:
        """Files made, copied, filled from CSV and deleted."""
        key = path.split("/")[4] if path.count("/") >= 4 else ""
        if verb == "GET" and path.endswith("/files"):
            for file in answer["files"]:
                if file["id"] not in self.books:
                    self.made(file["id"], file["name"])
        elif verb == "POST" and path.endswith("/files"):
            self.made(answer["id"], answer["name"])
        elif verb == "POST" and path.endswith("/copy"):
            twin = self.books[key].clone()
            self.made(answer["id"], answer["name"])
            self.books[answer["id"]].tabs = twin.tabs
        elif verb == "PUT":
            self.imported(path.split("/")[-1], body or "")
        elif verb == "DELETE":
            del self.books[key]

    def made(self, key: str, title: str) -> None:
        self.server.service.new_book(title, key=key).roles[RECORDED_ROBOT] = "owner"

    def imported(self, key: str, text: str) -> None:
        """Drive turns a CSV into one tab named like the file, in its own time zone."""
        book = self.books[key]
        book.properties["timeZone"] = "America/Los_Angeles"
        grid = {
            "sheetId": book.new_id(),
            "title": book.properties["title"],
            "sheetType": "GRID",
            "gridProperties": {},
        }
        book.tabs = [new_tab(grid)]
        for row, line in enumerate(csv.reader(io.StringIO(text))):
            for column, value in enumerate(line):
                enter(book, book.tabs[0], row, column, typed(value, book.locale))

    def ask(self, verb: str, url: str, body: str | None) -> tuple[int, Any]:
        """Our answer to a recorded request."""
        for theirs, ours in self.ids.items():
            url, body = (re.sub(rf"\b{theirs}\b", ours, text) if text else text for text in (url, body))
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        self.wire.request(verb, url, body.encode() if body else None, headers)
        reply = self.wire.getresponse()
        return reply.status, json.loads(reply.read())

    def learn(self, theirs: Any, ours: Any) -> None:
        """Match ids that either service drew at random."""
        if isinstance(theirs, dict) and isinstance(ours, dict):
            for key, value in theirs.items():
                if key in IDS and ours.get(key) not in (None, value):
                    self.ids.setdefault(str(value), str(ours[key]))
                else:
                    self.learn(value, ours.get(key))
        elif isinstance(theirs, list) and isinstance(ours, list):
            for one, two in zip(theirs, ours, strict=False):
                self.learn(one, two)

    def same(self, theirs: Any, ours: Any) -> str | None:
        """Where two answers differ first; None where they do not."""
        if isinstance(theirs, dict) and isinstance(ours, dict):
            for key in sorted(theirs.keys() | ours.keys()):
                if key not in theirs or key not in ours:
                    return f"{key} {'missing' if key in theirs else 'too much'}"
                found = self.same(theirs[key], ours[key])
                if found:
                    return f"{key}.{found}"
            return None
        if isinstance(theirs, list) and isinstance(ours, list):
            if len(theirs) != len(ours):
                return f"{len(ours)} for {len(theirs)} items"
            found_at = (
                f"{at}.{found}"
                for at, (one, two) in enumerate(zip(theirs, ours, strict=True))
                if (found := self.same(one, two))
            )
            return next(found_at, None)
        if isinstance(theirs, (int, float)) and isinstance(ours, (int, float)):
            return (
                None
                if abs(theirs - ours) < 1e-9 or str(ours) == self.ids.get(str(theirs))
                else f"{ours} for {theirs}"
            )
        return (
            None if theirs == ours or str(ours) == self.ids.get(str(theirs)) else f"{ours!r} for {theirs!r}"
        )


def play(path: Path) -> list[tuple[str, str | None]]:
    """(method, where it differs) for every recorded answer of the Sheets service."""
    found = []
    with SheetsServer() as server:
        tape = Tape(server)
        for interaction in json.loads(path.read_text(encoding="utf-8"))["interactions"]:
            request, response = interaction["request"], interaction["response"]
            url = urlsplit(request["uri"])
            text = response["body"]["string"]
            if url.netloc != "sheets.googleapis.com":
                is_json = text.startswith("{")
                tape.drive(
                    request["method"], url.path, request["body"], json.loads(text) if is_json else text
                )
                continue
            theirs = json.loads(text)
            status, ours = tape.ask(request["method"], f"{url.path}?{url.query}", request["body"])
            tape.learn(theirs, ours)
            name = find_route(request["method"], url.path)[0].name
            wrong = None if status == response["status"]["code"] else f"status {status}"
            found.append((name, wrong or tape.same(theirs, ours)))
        tape.wire.close()
    return found


@pytest.fixture(scope="module")
def cassettes(shared) -> list[Path]:
    return sorted(shared("gspread-cassettes").glob("*.json"))


def test_recorded_answers_are_ours_too(cassettes: list[Path]) -> None:
    results = [(path.stem, name, wrong) for path in cassettes for name, wrong in play(path)]
    different = [(stem, name, wrong) for stem, name, wrong in results if wrong]
    for stem, name, wrong in different:
        sys.stdout.write(f"{stem}: {name}: {wrong}\n")
    agreed = Counter(name for _, name, wrong in results if not wrong)
    sys.stdout.write(f"{len(results) - len(different)} of {len(results)} answers agree: {dict(agreed)}\n")
    assert len(results) == ANSWERS
    assert Counter(wrong for _, _, wrong in different) == KNOWN


def test_recorded_bodies_pass_the_strict_validator(cassettes: list[Path]) -> None:
    """Every body that Google took, we take; the one that it refused, we refuse (in the replay)."""
    checked = 0
    for path in cassettes:
        for interaction in json.loads(path.read_text(encoding="utf-8"))["interactions"]:
            request = interaction["request"]
            url = urlsplit(request["uri"])
            if url.netloc != "sheets.googleapis.com" or not request["body"]:
                continue
            if interaction["response"]["status"]["code"] == 200:
                route, _ = find_route(request["method"], url.path)
                check_body(route.request or "", json.loads(request["body"]))
                checked += 1
    assert checked == 173
