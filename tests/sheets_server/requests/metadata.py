"""Requests about developer metadata (by the documentation only; recorded nowhere)."""

from __future__ import annotations

from ..errors import ApiError
from ..masks import merge, update_paths
from ..ranges import looked_up
from ..render import metadata
from ..state import Book
from .registry import Json, fresh_id, handles, need


def _location(book: Book, asked: Json, where: str) -> Json:
    """A place as it is kept: the spreadsheet, a tab, or one row or column."""
    place = {key: value for key, value in asked.items() if key != "locationType"}
    if "dimensionRange" in place:
        line = place["dimensionRange"]
        tab = book.tab(line.get("sheetId", 0), where)
        rows = need(line, "dimension", where) == "ROWS"
        start, end = line.get("startIndex", 0), line.get("endIndex", 0)
        if end - start != 1:
            raise ApiError(f"Invalid {where}: dimensionRange must represent a single row or column.")
        if not 0 <= start < tab.size[0 if rows else 1]:
            raise ApiError(f"Invalid {where}: dimensionRange is outside the grid.")
        return {"dimensionRange": {**line, "startIndex": start}}
    if "sheetId" in place:
        book.tab(place["sheetId"], where)
        return place
    if not place.get("spreadsheet"):
        raise ApiError(f"Invalid {where}: DeveloperMetadata location must be specified.")
    return place


@handles("createDeveloperMetadata")
def create_metadata(book: Book, body: Json, where: str, _: str | None) -> Json:
    asked = need(body, "developerMetadata", where)
    if not asked.get("metadataKey"):
        raise ApiError(f"Invalid {where}: DeveloperMetadata must specify a metadataKey.")
    if asked.get("visibility") not in {"DOCUMENT", "PROJECT"}:
        raise ApiError(f"Invalid {where}: DeveloperMetadata must specify a visibility.")
    taken = {item["metadataId"] for item in book.metadata}
    key = fresh_id(book, asked.get("metadataId"), taken, where, "DeveloperMetadata")
    made = {"metadataId": key, **asked, "location": _location(book, asked.get("location", {}), where)}
    book.metadata.append(made)
    return {"developerMetadata": metadata(made)}


def _matched(book: Book, data_filter: Json, where: str) -> list[Json]:
    """Metadata that a DataFilter means: by lookup, or all that lies on a range."""
    if "developerMetadataLookup" in data_filter:
        return looked_up(book, data_filter["developerMetadataLookup"])
    raise ApiError(f"Invalid {where}: this server only finds metadata by developerMetadataLookup.")


@handles("updateDeveloperMetadata")
def update_metadata(book: Book, body: Json, where: str, _: str | None) -> Json:
    asked = need(body, "developerMetadata", where)
    paths = update_paths(body.get("fields"), "DeveloperMetadata", where)
    found = [
        item
        for data_filter in need(body, "dataFilters", where)
        for item in _matched(book, data_filter, where)
    ]
    for item in found:
        changed = merge(item, asked, paths)
        changed["metadataId"] = item["metadataId"]
        changed["location"] = _location(book, changed.get("location", {}), where)
        item.clear()
        item.update(changed)
    return {"developerMetadata": [metadata(item) for item in found]} if found else {}


@handles("deleteDeveloperMetadata")
def delete_metadata(book: Book, body: Json, where: str, _: str | None) -> Json:
    found = _matched(book, need(body, "dataFilter", where), where)
    book.metadata = [item for item in book.metadata if item not in found]
    return {"deletedDeveloperMetadata": [metadata(item) for item in found]} if found else {}


def get(book: Book, path: Json) -> Json:
    """`developerMetadata.get`."""
    for item in book.metadata:
        if str(item["metadataId"]) == path["metadataId"]:
            return metadata(item)
    raise ApiError(f"No developer metadata with ID: {path['metadataId']}", 404)


def search(book: Book, body: Json) -> Json:
    """`developerMetadata.search`."""
    matched: dict[int, Json] = {}
    for data_filter in body.get("dataFilters", []):
        for item in _matched(book, data_filter, "dataFilters"):
            hit = matched.setdefault(
                item["metadataId"], {"developerMetadata": metadata(item), "dataFilters": []}
            )
            hit["dataFilters"].append(data_filter)
    return {"matchedDeveloperMetadata": list(matched.values())} if matched else {}
