"""`batchUpdate`: requests in order, all of them or none."""

from __future__ import annotations

from typing import Any

from ..errors import ApiError
from ..state import Book
from . import charts, content, dimensions, metadata, overlays, pasting, rules, sheets, sorting
from .registry import HANDLERS

ROOMS = (charts, content, dimensions, metadata, overlays, pasting, rules, sheets, sorting)
"""Each of them registers what it handles."""


def apply_batch(
    book: Book, requests: list[dict[str, Any]], editor: str | None = None
) -> list[dict[str, Any]]:
    """Apply requests to a copy and, when all went well, to the spreadsheet; the replies, one for each."""
    if not requests:
        raise ApiError("Must specify at least one request.")
    trial = book.clone()
    replies = []
    for index, request in enumerate(requests):
        if not request:
            raise ApiError(f"Invalid requests[{index}]: No request set.")
        kind, body = next(iter(request.items()))
        if kind not in HANDLERS:
            raise ApiError(f"Invalid requests[{index}].{kind}: this server does not know the request.")
        answer = HANDLERS[kind](trial, body, f"requests[{index}].{kind}", editor)
        trial.touch()
        replies.append({kind: answer} if answer is not None else {})
    book.take(trial)
    return replies
