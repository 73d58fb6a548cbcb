"""Field masks: which fields an answer shows, and which fields a request touches."""

from __future__ import annotations

import re
import struct
from typing import Any, TypeAlias

from .errors import ApiError
from .validate import discovery

Mask: TypeAlias = dict[str, Any]
"""A tree of field names; an empty tree means everything below."""


def parse_mask(text: str, schema: str) -> Mask:
    """Read the ``fields`` parameter, checked against the schema of the answer.

    >>> parse_mask("sheets(properties/title,data.rowData),spreadsheetId", "Spreadsheet")
    {'sheets': {'properties': {'title': {}}, 'data': {'rowData': {}}}, 'spreadsheetId': {}}
    """
    tree: Mask = {}
    rest = _selection(text, tree)
    if rest:
        raise _unknown(text)
    _check(tree, schema, "")
    return tree


def _selection(text: str, tree: Mask) -> str:
    """Read a comma-separated list of paths into the tree; what is left is returned."""
    while True:
        match = re.match(r"\s*([\w*]+(?:[./][\w*]+)*)\s*", text)
        if not match:
            raise _unknown(text)
        node = tree
        for part in re.split(r"[./]", match[1]):
            node = node.setdefault(part, {})
        text = text[match.end() :]
        if text.startswith("("):
            text = _selection(text[1:], node)
            if not text.startswith(")"):
                raise _unknown(text)
            text = text[1:]
        if not text.startswith(","):
            return text
        text = text[1:]


def _unknown(path: str) -> ApiError:
    told = f"Error expanding 'fields' parameter. Cannot find matching fields for path '{path}'."
    return ApiError("Request contains an invalid argument.", 400, [(path, told)])


def _check(tree: Mask, schema: str | None, at: str) -> None:
    """Every name must be a field of the schema."""
    known = discovery()["schemas"][schema].get("properties", {}) if schema else {}
    for name, below in tree.items():
        if name == "*":
            continue
        if name not in known:
            raise _unknown(at + name)
        _check(below, _reference(known[name]), f"{at}{name}.")


def _reference(schema: dict[str, Any]) -> str | None:
    while "items" in schema:
        schema = schema["items"]
    reference = schema.get("$ref")
    return str(reference) if reference else None


def shown(mask: Mask | None, *path: str) -> bool:
    """Say whether a mask lets any of a path through; no mask lets everything."""
    node = mask
    for name in path:
        if not node or "*" in node:
            return True
        if name not in node:
            return False
        node = node[name]
    return True


def below(mask: Mask | None, *path: str) -> Mask | None:
    """The part of a mask under a path; None (everything) where nothing narrows it."""
    for name in path:
        if not mask or "*" in mask:
            return None
        mask = mask.get(name, {})
    return mask or None


def select(value: Any, mask: Mask | None) -> Any:
    """What a mask leaves of an answer."""
    if not mask or "*" in mask:
        return value
    if isinstance(value, list):
        return [select(item, mask) for item in value]
    if isinstance(value, dict):
        return {key: select(item, mask[key]) for key, item in value.items() if key in mask}
    return value


# --- what a request touches --------------------------------------------------------------------------------


def update_paths(fields: str | None, schema: str, where: str) -> list[list[str]]:
    """The paths of an update's ``fields``; ApiError where there are none or one is unknown.

    >>> update_paths("userEnteredValue,userEnteredFormat/backgroundColor", "CellData", "x")
    [['userEnteredValue'], ['userEnteredFormat', 'backgroundColor']]
    """
    if not fields:
        note = "At least one field must be listed in 'fields'. (Use '*' to indicate all fields.)"
        raise ApiError(f"Invalid {where}: {note}")
    paths = []
    for text in _expand(fields):
        path = [_camel(part) for part in re.split(r"[./]", text)]
        _check_path(path, schema, fields, where)
        paths.append(path)
    return paths


def _expand(fields: str) -> list[str]:
    """Unfold brackets: ``a(b,c)`` is ``a.b,a.c``."""
    tree: Mask = {}
    if _selection(fields, tree):
        raise _unknown(fields)

    def leaves(node: Mask, at: str) -> list[str]:
        if not node:
            return [at]
        return [
            leaf for name, child in node.items() for leaf in leaves(child, f"{at}.{name}" if at else name)
        ]

    return leaves(tree, "")


def _camel(name: str) -> str:
    return re.sub(r"_(\w)", lambda match: match[1].upper(), name)


def _check_path(path: list[str], schema: str, fields: str, where: str) -> None:
    name: str | None = schema
    for part in path:
        known = discovery()["schemas"][name].get("properties", {}) if name else {}
        if part == "*":
            return
        if part not in known:
            kind = "type.googleapis.com/google.protobuf.FieldMask"
            raise ApiError(f"Invalid value at '{where}.fields' ({kind}), \"{fields}\"")
        name = _reference(known[part])


def merge(old: dict[str, Any], new: dict[str, Any], paths: list[list[str]]) -> dict[str, Any]:
    """`old` with the fields at `paths` taken from `new`, or removed where `new` lacks them."""
    result = dict(old)
    for path in paths:
        if path == ["*"]:
            return dict(new)
        _put(result, new, path)
    return result


def _put(target: dict[str, Any], source: dict[str, Any], path: list[str]) -> None:
    """Copy one field of one path; messages left empty are dropped."""
    name, rest = path[0], path[1:]
    if not rest or rest == ["*"]:
        if name in source:
            target[name] = source[name]
        else:
            target.pop(name, None)
        return
    inner = dict(target.get(name, {}))
    _put(inner, source.get(name, {}), rest)
    if inner:
        target[name] = inner
    else:
        target.pop(name, None)


# --- protobuf's way of writing JSON ------------------------------------------------------------------------

KEPT_IN = {"userEnteredValue", "effectiveValue", "textFormat", "format", "defaultFormat"}
KEPT = {"startRowIndex", "startColumnIndex", "startIndex", "rowCount", "columnCount"}


def prune(value: Any, kept: bool = False) -> Any:
    """Drop protobuf defaults (0, false, empty text and lists…), keep optional and one-of fields.

    >>> prune({"sheetId": 0, "startRowIndex": 0, "warningOnly": False, "description": ""})
    {'startRowIndex': 0}
    """
    if isinstance(value, list):
        return [prune(item, kept) for item in value]
    if not isinstance(value, dict):
        return value
    clean = {}
    for key, item in value.items():
        if item == []:
            continue
        empty = item in (0, "") and not isinstance(item, dict)
        unspecified = isinstance(item, str) and item.endswith("_UNSPECIFIED")
        if unspecified or (empty and not kept and key not in KEPT):
            continue
        if key in {"red", "green", "blue", "alpha"}:
            if item:
                clean[key] = single(shade(item) / 255)
            continue
        clean[key] = prune(item, key in KEPT_IN)
    return clean


def shade(value: float) -> int:
    """A fraction of a color as the service keeps it: one of 256, rounded down.

    >>> shade(0.5), shade(1), shade(0.4980392156862745)
    (127, 255, 127)
    """
    return int(value * 255 + 1e-4)


def single(value: float) -> float | int:
    """A double as the service shows a 32-bit float.

    >>> single(0.4980392156862745), single(1.0)
    (0.49803922, 1)
    """
    exact = struct.unpack("f", struct.pack("f", value))[0]
    for digits in range(1, 10):
        text = f"{exact:.{digits}g}"
        if struct.pack("f", float(text)) == struct.pack("f", exact):
            found = float(text)
            return int(found) if found.is_integer() else found
    return float(exact)
