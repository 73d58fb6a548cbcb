"""What may go wrong on the way, planned: `server.faults` has one entry a call, None for a good one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["status", "reset", "truncated", "silent"]
HTML = (
    "<!DOCTYPE html>\n<html lang=en>\n  <title>Error 502 (Server Error)!!1</title>\n"
    "  <p><b>502.</b> <ins>That's an error.</ins>\n"
    "  <p>The server encountered a temporary error and could not complete your request.\n"
    "  <p>Please try again in 30 seconds.\n</html>\n"
)
CELL_LIMIT = (
    "Invalid requests[0].addSheet: This action would increase the number of cells in the workbook above the "
    "limit of 10000000 cells."
)
MESSAGES = {
    408: "The request took too long to process.",
    429: (
        "Quota exceeded for quota metric 'Write requests' and limit 'Write requests per minute per user' "
        "of service 'sheets.googleapis.com' for consumer 'project_number:1'."
    ),
    500: "Internal error encountered.",
    503: "The service is currently unavailable.",
}


@dataclass(frozen=True)
class Fault:
    """One thing that goes wrong; `applied` says whether the call had its effect all the same."""

    kind: Kind
    code: int = 0
    applied: bool = False
    retry_after: str | None = None
    seconds: float = 60.0
    message: str = ""


def status(
    code: int, retry_after: int | str | None = None, applied: bool = False, message: str = ""
) -> Fault:
    """An error status: 408, 429 (with Retry-After), 500, 502 (HTML), 503, or 400, 401, 403."""
    after = None if retry_after is None else str(retry_after)
    return Fault("status", code, applied, after, message=message)


def reset(applied: bool = False) -> Fault:
    """The connection breaks, before the call was applied or after."""
    return Fault("reset", applied=applied)


def truncated() -> Fault:
    """The call is applied, and its answer breaks off half way."""
    return Fault("truncated", applied=True)


def silent(seconds: float = 60.0, applied: bool = False) -> Fault:
    """No answer at all, until the client gives up (or the seconds are over)."""
    return Fault("silent", applied=applied, seconds=seconds)
