"""The `values` collection: reading and writing plain values."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .a1 import Box
from .a1 import cell as cell_name
from .cells import enter, guard, understood
from .errors import ApiError
from .formats import formatted, is_date
from .formulas.kinds import Err
from .ranges import Found, filtered, find
from .state import Book, number

Json = dict[str, Any]


# --- reading -----------------------------------------------------------------------------------------------


def value_range(book: Book, found: Found, options: Json, prefix: str = "") -> Json:
    """A ValueRange; empty cells at the end of a row, and empty rows at the end, are left out."""
    major = options.get("majorDimension") or "ROWS"
    if major == "DIMENSION_UNSPECIFIED":
        major = "ROWS"
    render = options.get("responseValueRenderOption" if prefix else "valueRenderOption") or "FORMATTED_VALUE"
    dates = (
        options.get("responseDateTimeRenderOption" if prefix else "dateTimeRenderOption") or "SERIAL_NUMBER"
    )
    lines = list(_lines(book, found, render, dates))
    if major == "COLUMNS":
        width = max((len(line) for line in lines), default=0)
        lines = [[line[at] if at < len(line) else "" for line in lines] for at in range(width)]
    lines = [_trimmed(line) for line in lines]
    while lines and not lines[-1]:
        lines.pop()
    answer: Json = {"range": found.a1, "majorDimension": major}
    if lines:
        answer["values"] = lines
    return answer


def _trimmed(line: list[Any]) -> list[Any]:
    end = len(line)
    while end and line[end - 1] == "":
        end -= 1
    return line[:end]


def _lines(book: Book, found: Found, render: str, dates: str) -> Iterator[list[Any]]:
    left, right = found.box.left or 0, found.box.right or 0
    for row in range(found.box.top or 0, found.box.bottom or 0):
        cells = found.tab.rows[row]
        last = max(
            (at + 1 for at, cell in cells.items() if left <= at < right and "userEnteredValue" in cell),
            default=left,
        )
        yield [_shown(book, found, row, column, render, dates) for column in range(left, last)]


def _shown(book: Book, found: Found, row: int, column: int, render: str, dates: str) -> Any:
    """One value, rendered as asked."""
    entered = found.tab.cell(row, column).get("userEnteredValue")
    if not entered:
        return ""
    if render == "FORMULA" and "formulaValue" in entered:
        return entered["formulaValue"]
    value = book.value(found.tab, row, column)
    pattern = book.pattern(found.tab, row, column)
    if value is None:
        return ""
    moment = isinstance(value, float) and bool(pattern) and is_date(pattern)
    if render == "FORMATTED_VALUE" or isinstance(value, Err) or (moment and dates == "FORMATTED_STRING"):
        return formatted(value, pattern, book.locale)
    return number(value) if isinstance(value, float) else value


def get(book: Book, path: Json, query: Json, _: Json) -> Json:
    return value_range(book, find(book, path["range"]), query)


def batch_get(book: Book, _: Json, query: Json, __: Json) -> Json:
    ranges = [value_range(book, find(book, text), query) for text in query.get("ranges", [])]
    return {"spreadsheetId": book.id, "valueRanges": ranges}


def batch_get_by_data_filter(book: Book, _: Json, __: Json, body: Json) -> Json:
    answer: Json = {"spreadsheetId": book.id}
    matched = [
        {"valueRange": value_range(book, found, body), "dataFilters": [data_filter]}
        for data_filter in _required(body, "dataFilters")
        for found in filtered(book, data_filter)
    ]
    return {**answer, "valueRanges": matched} if matched else answer


# --- writing -----------------------------------------------------------------------------------------------


def write(
    book: Book, start: Found, value_range: Json, option: str, bounded: bool, editor: str | None
) -> Json:
    """Write values from the first cell of a range on; null leaves a cell alone, "" empties it."""
    lines: list[list[Any]] = value_range.get("values", [])
    if value_range.get("majorDimension") == "COLUMNS":
        height = max((len(line) for line in lines), default=0)
        lines = [[line[at] if at < len(line) else None for line in lines] for at in range(height)]
    tab, top, left = start.tab, start.box.top or 0, start.box.left or 0
    width = max((len(line) for line in lines), default=0)
    box = Box(tab.id, top, top + max(len(lines), 1), left, left + max(width, 1))
    _fits(start, box, bounded)
    guard(tab, box, editor, "data")
    touched = [
        (top + down, left + across, value)
        for down, line in enumerate(lines)
        for across, value in enumerate(line)
        if value is not None
    ]
    for row, column, value in touched:
        enter(book, tab, row, column, understood(book, tab, row, column, value, option))
    book.touch()
    answer: Json = {"spreadsheetId": book.id, "updatedRange": Found(tab, box).a1}
    counts = {
        "updatedRows": len({row for row, _, _ in touched}),
        "updatedColumns": len({column for _, column, _ in touched}),
        "updatedCells": len(touched),
    }
    return {**answer, **{key: count for key, count in counts.items() if count}}


def _fits(start: Found, box: Box, bounded: bool) -> None:
    """Values must lie in the range they were sent to (a single cell stands for all below) and in the grid."""
    height, width = start.tab.size
    first = cell_name(box.top or 0, box.left or 0)
    bottom, right = (start.box.bottom or 0, start.box.right or 0) if bounded else (height, width)
    for kind, end, limit in (("row", box.bottom or 0, bottom), ("column", box.right or 0, right)):
        if end > limit:
            name = f"[{end}]" if kind == "row" else f"[{cell_name(0, end - 1)[:-1]}]"
            limits = f"Requested writing within range [{start.a1}], but tried writing to {kind} {name}"
            grid = f"Max rows: {height}, max columns: {width}"
            beyond = f"Range ({start.tab.title}!{first}) exceeds grid limits. {grid}"
            raise ApiError(limits if bounded else beyond)


def option_of(options: Json) -> str:
    """RAW or USER_ENTERED; it must be told."""
    option = options.get("valueInputOption")
    if option in {None, "INPUT_VALUE_OPTION_UNSPECIFIED"}:
        raise ApiError("'valueInputOption' is required but not specified")
    return str(option)


def _bounded(found: Found) -> bool:
    """Say whether a range is more than one cell (one cell stands for as much as is sent)."""
    box = found.box
    return (box.bottom or 0) - (box.top or 0) > 1 or (box.right or 0) - (box.left or 0) > 1


def _update(book: Book, found: Found, item: Json, options: Json, editor: str | None) -> Json:
    """One update, with the values read back where asked for."""
    answer = write(book, found, item, option_of(options), _bounded(found), editor)
    if options.get("includeValuesInResponse"):
        shown = {**options, "majorDimension": item.get("majorDimension")}
        answer["updatedData"] = value_range(book, find(book, answer["updatedRange"]), shown, "response")
    return answer


def update(book: Book, path: Json, query: Json, body: Json, editor: str | None = None) -> Json:
    if "range" in body and find(book, body["range"]) != find(book, path["range"]):
        raise ApiError(
            f"Requested range [{body['range']}] does not match the range in the path [{path['range']}]"
        )
    return _update(book, find(book, path["range"]), body, query, editor)


def batch_update(book: Book, _: Json, __: Json, body: Json, editor: str | None = None) -> Json:
    option_of(body)
    answers = [
        _update(book, find(book, item.get("range", "")), item, body, editor)
        for item in _required(body, "data")
    ]
    return {"spreadsheetId": book.id, **_totals(book, answers), "responses": answers}


def batch_update_by_data_filter(book: Book, _: Json, __: Json, body: Json, editor: str | None = None) -> Json:
    option_of(body)
    answers = []
    for item in _required(body, "data"):
        for found in filtered(book, item.get("dataFilter", {})):
            answers.append({**_update(book, found, item, body, editor), "dataFilter": item["dataFilter"]})
    return {"spreadsheetId": book.id, **_totals(book, answers), **({"responses": answers} if answers else {})}


def _totals(book: Book, answers: list[Json]) -> Json:
    """What a batch touched in all."""
    boxes = [find(book, answer["updatedRange"]) for answer in answers if answer.get("updatedCells")]

    def distinct(first: str, last: str) -> int:
        return len(
            {
                (found.tab.id, line)
                for found in boxes
                for line in range(getattr(found.box, first), getattr(found.box, last))
            }
        )

    counts = {
        "totalUpdatedRows": distinct("top", "bottom"),
        "totalUpdatedColumns": distinct("left", "right"),
        "totalUpdatedCells": sum(answer.get("updatedCells", 0) for answer in answers),
        "totalUpdatedSheets": len({found.tab.id for found in boxes}),
    }
    return {key: count for key, count in counts.items() if count}


def append(book: Book, path: Json, query: Json, body: Json, editor: str | None = None) -> Json:
    """Write below the last table that the range meets; the grid grows where it must."""
    from .tables import last_table

    option = option_of(query)
    found = find(book, path["range"])
    table = last_table(found)
    lines = body.get("values", [])
    columns = body.get("majorDimension") == "COLUMNS"
    height = max((len(line) for line in lines), default=0) if columns else len(lines)
    width = len(lines) if columns else max((len(line) for line in lines), default=0)
    top = (table.bottom or 0) if table else (found.box.top or 0)
    left = (table.left or 0) if table else (found.box.left or 0)
    tab = found.tab
    if query.get("insertDataOption") == "INSERT_ROWS" and table and top < len(tab.rows):
        from . import edits

        edits.apply(book, edits.Insert(tab.id, True, top, height))
    tab.grow(max(0, top + height - tab.size[0]), max(0, left + width - tab.size[1]))
    start = Found(tab, Box(tab.id, top, top + 1, left, left + 1))
    updates = write(book, start, body, option, bounded=False, editor=editor)
    if query.get("includeValuesInResponse"):
        updates["updatedData"] = value_range(book, find(book, updates["updatedRange"]), query, "response")
    answer: Json = {"spreadsheetId": book.id}
    if table:
        answer["tableRange"] = Found(tab, table).a1
    return {**answer, "updates": updates}


# --- clearing ----------------------------------------------------------------------------------------------


def _clear(book: Book, found: Found, editor: str | None) -> str:
    """Empty the values of a range; formats, notes and validations stay."""
    guard(found.tab, found.box, editor, "data")
    for row, column, cell in list(found.tab.filled(found.box)):
        found.tab.put(row, column, {key: value for key, value in cell.items() if key != "userEnteredValue"})
    book.touch()
    return found.a1


def clear(book: Book, path: Json, _: Json, __: Json, editor: str | None = None) -> Json:
    return {"spreadsheetId": book.id, "clearedRange": _clear(book, find(book, path["range"]), editor)}


def batch_clear(book: Book, _: Json, __: Json, body: Json, editor: str | None = None) -> Json:
    found = [find(book, text) for text in _required(body, "ranges")]
    return {"spreadsheetId": book.id, "clearedRanges": [_clear(book, item, editor) for item in found]}


def batch_clear_by_data_filter(book: Book, _: Json, __: Json, body: Json, editor: str | None = None) -> Json:
    found = [item for data_filter in _required(body, "dataFilters") for item in filtered(book, data_filter)]
    answer: Json = {"spreadsheetId": book.id}
    return {**answer, "clearedRanges": [_clear(book, item, editor) for item in found]} if found else answer


def _required(body: Json, key: str) -> list[Any]:
    if not body.get(key):
        raise ApiError(f"Must specify at least one of {key}.")
    return list(body[key])
