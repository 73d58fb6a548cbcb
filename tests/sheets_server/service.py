"""The service without its wire: a method, its parameters and its body in; an answer or an `ApiError` out."""

from __future__ import annotations

import datetime as dt
import json
import random
from typing import Any
from urllib.parse import parse_qs, urlsplit

from . import values
from .errors import NO_PERMISSION, NO_SCOPE, NO_TOKEN, NOT_FOUND, ApiError
from .masks import Mask, parse_mask, select
from .oauth import SCOPE, Accounts, Caller
from .ranges import Found, filtered, find
from .render import properties, spreadsheet
from .requests import metadata
from .requests.batch import apply_batch
from .requests.sheets import renumber
from .state import Book, new_tab
from .validate import Route, check_body, check_query, find_route

Json = dict[str, Any]
READERS = {"get", "getByDataFilter", "values.get", "values.batchGet", "values.batchGetByDataFilter",
           "developerMetadata.get", "developerMetadata.search"}  # fmt: skip
DRIVE = "https://www.googleapis.com/auth/drive"
READ_SCOPES = {SCOPE, SCOPE + ".readonly", DRIVE, DRIVE + ".readonly", DRIVE + ".file"}
WRITE_SCOPES = {scope for scope in READ_SCOPES if not scope.endswith(".readonly")}
VALUES = {
    "values.get": values.get,
    "values.batchGet": values.batch_get,
    "values.batchGetByDataFilter": values.batch_get_by_data_filter,
}
VALUE_WRITES = {
    "values.update": values.update,
    "values.batchUpdate": values.batch_update,
    "values.batchUpdateByDataFilter": values.batch_update_by_data_filter,
    "values.append": values.append,
    "values.clear": values.clear,
    "values.batchClear": values.batch_clear,
    "values.batchClearByDataFilter": values.batch_clear_by_data_filter,
}


class Service:
    """Spreadsheets, and who may see and change them."""

    def __init__(self) -> None:
        self.books: dict[str, Book] = {}
        self.accounts = Accounts()
        self.now: dt.datetime | None = None
        self._keys = random.Random("keys")

    def new_book(
        self, title: str, locale: str = "en_US", time_zone: str = "Etc/GMT", key: str | None = None
    ) -> Book:
        """A spreadsheet with one empty tab, shared with nobody yet."""
        letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"
        key = key or "1" + "".join(self._keys.choices(letters, k=43))
        book = Book(key, title, locale, time_zone)
        book.now = self.now
        book.tabs.append(
            new_tab({"sheetId": 0, "title": "Sheet1", "sheetType": "GRID", "gridProperties": {}})
        )
        self.books[key] = book
        return book

    def route(self, verb: str, url: str) -> tuple[Route, Json, Json]:
        """What a request calls: the method, the parameters of its path and of its query."""
        parts = urlsplit(url)
        route, path = find_route(verb, parts.path)
        return route, path, check_query(route, parse_qs(parts.query, keep_blank_values=True))

    def call(self, verb: str, url: str, token: str | None, body: bytes) -> Json:
        """Answer one request; ApiError says no."""
        route, path, query = self.route(verb, url)
        caller = self.accounts.caller(token)
        if caller is None:
            raise ApiError(NO_TOKEN, 401)
        allowed = READ_SCOPES if route.name in READERS else WRITE_SCOPES
        if not allowed & caller.scopes:
            raise ApiError(NO_SCOPE, 403)
        payload = check_body(route.request, _json(body), _body_name(route)) if route.request else {}
        mask = parse_mask(query["fields"], route.response) if query.get("fields") else None
        if route.name == "create":
            return self._create(payload, caller, mask)
        book = self._book(path["spreadsheetId"], caller, write=route.name not in READERS)
        return self._answer(book, route, path, query, payload, caller, mask)

    def _book(self, key: str, caller: Caller, write: bool) -> Book:
        """The spreadsheet, if this caller may see (or change) it."""
        book = self.books.get(key)
        if book is None:
            raise ApiError(NOT_FOUND, 404)
        role = book.roles.get(caller.email) or book.roles.get("anyone")
        if role is None or (write and role == "reader"):
            raise ApiError(NO_PERMISSION, 403)
        book.viewer, book.now = caller.email, self.now
        return book

    def _answer(
        self, book: Book, route: Route, path: Json, query: Json, body: Json, caller: Caller, mask: Mask | None
    ) -> Json:
        name = route.name
        if name == "get":
            found = [find(book, text) for text in query["ranges"]] if query.get("ranges") else None
            return _shown(book, found, mask, bool(query.get("includeGridData")))
        if name == "getByDataFilter":
            filters = body.get("dataFilters", [])
            found = (
                [item for data_filter in filters for item in filtered(book, data_filter)] if filters else None
            )
            return _shown(book, found, mask, bool(body.get("includeGridData")))
        if name == "batchUpdate":
            return _batch_update(book, body, caller.email, mask)
        if name == "developerMetadata.get":
            return dict(select(metadata.get(book, path), mask))
        if name == "developerMetadata.search":
            return dict(select(metadata.search(book, body), mask))
        if name == "sheets.copyTo":
            there = self._book(body.get("destinationSpreadsheetId", ""), caller, write=True)
            return dict(select(copy_tab(book, path["sheetId"], there), mask))
        if name in VALUES:
            return dict(select(VALUES[name](book, path, query, body), mask))
        if name in VALUE_WRITES:
            trial = book.clone()
            answer = VALUE_WRITES[name](trial, path, query, body, caller.email)
            book.take(trial)
            return dict(select(answer, mask))
        raise ApiError(f"This server does not know the method {name}.")

    def _create(self, body: Json, caller: Caller, mask: Mask | None) -> Json:
        """A new spreadsheet with the tabs, cells and rules of the body, owned by the caller."""
        asked = body.get("properties", {})
        book = self.new_book(
            asked.get("title", "Untitled spreadsheet"),
            asked.get("locale", "en_US"),
            asked.get("timeZone", "America/Los_Angeles"),
        )
        book.roles[caller.email] = "owner"
        try:
            fill(book, body, caller.email)
        except ApiError:
            del self.books[book.id]
            raise
        return _shown(book, None, mask, False)


def copy_tab(book: Book, sheet_id: str, there: Book) -> Json:
    """`sheets.copyTo`: the tab at the end of another spreadsheet, under a title of its own."""
    tab = book.tab(int(sheet_id)).clone()
    tab.properties["sheetId"], title = there.new_id(), f"Copy of {tab.title}"
    number = 2
    while there.tab_named(title):
        title, number = f"Copy of {tab.title} {number}", number + 1
    tab.properties["title"] = title
    renumber(there, tab)
    there.tabs.append(tab)
    there.touch()
    return properties(there, tab)


def fill(book: Book, body: Json, editor: str) -> None:
    """Give a new spreadsheet what `spreadsheets.create` was sent."""
    unknown = set(body) - {
        "properties",
        "sheets",
        "namedRanges",
        "developerMetadata",
        "spreadsheetId",
        "spreadsheetUrl",
    }
    if unknown:
        raise ApiError(f"This server cannot create a spreadsheet with {sorted(unknown)[0]}.")
    requests: list[Json] = []
    if body.get("sheets"):
        taken = {sheet.get("properties", {}).get("sheetId") for sheet in body["sheets"]}
        fresh = iter(number for number in range(len(body["sheets"]) + len(taken)) if number not in taken)
        book.tabs.clear()
        for sheet in body["sheets"]:
            asked = sheet.setdefault("properties", {})
            asked.setdefault("sheetId", next(fresh) if not book.tabs else book.new_id())
            apply_batch(book, [{"addSheet": {"properties": asked}}], editor)
            requests += _sheet_requests(sheet, asked["sheetId"])
    requests += [{"addNamedRange": {"namedRange": item}} for item in body.get("namedRanges", [])]
    requests += [
        {"createDeveloperMetadata": {"developerMetadata": item}} for item in body.get("developerMetadata", [])
    ]
    if requests:
        apply_batch(book, requests, editor)


def _sheet_requests(sheet: Json, sheet_id: int) -> list[Json]:
    """What a Sheet holds, as requests."""
    known = {
        "properties",
        "data",
        "merges",
        "conditionalFormats",
        "protectedRanges",
        "basicFilter",
        "charts",
        "developerMetadata",
    }
    if set(sheet) - known:
        raise ApiError(f"This server cannot create a sheet with {sorted(set(sheet) - known)[0]}.")
    found: list[Json] = []
    for data in sheet.get("data", []):
        start = {
            "sheetId": sheet_id,
            "rowIndex": data.get("startRow", 0),
            "columnIndex": data.get("startColumn", 0),
        }
        rows = data.get("rowData", [])
        found.append(
            {
                "updateCells": {
                    "start": start,
                    "rows": rows,
                    "fields": "userEnteredValue,userEnteredFormat,note,dataValidation",
                }
            }
        )
        for kind, key in (("ROWS", "rowMetadata"), ("COLUMNS", "columnMetadata")):
            first = data.get("startRow" if kind == "ROWS" else "startColumn", 0)
            for index, line in enumerate(data.get(key, [])):
                place = {
                    "sheetId": sheet_id,
                    "dimension": kind,
                    "startIndex": first + index,
                    "endIndex": first + index + 1,
                }
                found.append(
                    {
                        "updateDimensionProperties": {
                            "range": place,
                            "properties": line,
                            "fields": "pixelSize,hiddenByUser",
                        }
                    }
                )
    found += [{"mergeCells": {"range": item, "mergeType": "MERGE_ALL"}} for item in sheet.get("merges", [])]
    rules = enumerate(sheet.get("conditionalFormats", []))
    found += [{"addConditionalFormatRule": {"rule": item, "index": index}} for index, item in rules]
    found += [{"addProtectedRange": {"protectedRange": item}} for item in sheet.get("protectedRanges", [])]
    found += [{"addChart": {"chart": item}} for item in sheet.get("charts", [])]
    found += [
        {"createDeveloperMetadata": {"developerMetadata": item}}
        for item in sheet.get("developerMetadata", [])
    ]
    if "basicFilter" in sheet:
        found.append({"setBasicFilter": {"filter": sheet["basicFilter"]}})
    return found


def _shown(book: Book, found: list[Found] | None, mask: Mask | None, grid: bool) -> Json:
    return spreadsheet(book, mask, None if found is None else [item.box for item in found], grid)


def _batch_update(book: Book, body: Json, editor: str, mask: Mask | None) -> Json:
    """Apply the requests, and show the spreadsheet afterwards where asked to."""
    replies = apply_batch(book, body.get("requests", []), editor)
    answer: Json = {"spreadsheetId": book.id, "replies": replies}
    if body.get("includeSpreadsheetInResponse"):
        inner = (mask or {}).get("updatedSpreadsheet") or None
        ranges = body.get("responseRanges")
        found = [find(book, text) for text in ranges] if ranges else None
        if mask is None or "updatedSpreadsheet" in mask or "*" in mask:
            answer["updatedSpreadsheet"] = _shown(
                book, found, inner, bool(body.get("responseIncludeGridData"))
            )
    return dict(select(answer, mask))


def _body_name(route: Route) -> str:
    """Violations in a ValueRange that is a whole body are told at 'data'."""
    return "data" if route.request == "ValueRange" else ""


def _json(body: bytes) -> Any:
    if not body:
        return {}
    try:
        return json.loads(body)
    except ValueError as error:
        raise ApiError(f"Invalid JSON payload received. {error}") from None
