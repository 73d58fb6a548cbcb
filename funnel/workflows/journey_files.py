"""The journey file of a sheet: where `funnel init` writes it and other commands look for it."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

from funnel.errors import JourneyError, NoClients
from funnel.sheets import Sheet, path_of
from funnel.sheets.adapters import adapter_of
from funnel.sheets.files import is_there

if TYPE_CHECKING:
    from funnel.journey import Journey

SHARED = "journey.toml"
"""The journey file of a folder, used only for sheets that have its columns."""
WITHOUT_CLIENTS = """\
# The answer to `funnel init`: this sheet contains no clients. Delete this file to be asked again.
no_clients = true
"""
"""What the journey file of a sheet contains if a person answered that it has no clients."""


def journey_path(source: str) -> Path:
    """Return the journey file of one sheet: beside it, or for a Google Sheet in the working folder.

    >>> journey_path("sheets/clients.xlsx").as_posix()
    'sheets/clients.journey.toml'
    >>> journey_path("https://docs.google.com/spreadsheets/d/1AbC-9/edit").as_posix()
    '1AbC-9.journey.toml'
    """
    path = path_of(source)
    if path is None:
        key = adapter_of(source).identity(source)[1]
        return Path(f"{re.sub(r'[^A-Za-z0-9_-]+', '-', key).strip('-')}.journey.toml")
    return path.parent / f"{path.stem}.journey.toml"  # of the folder / too, which has no name


def find_journey_file(sheet: Sheet, tab: str | None = None) -> Path | None:
    """Find the journey file of a sheet; None if there is none.

    Raises
    ------
    JourneyError : the sheet's own file is wrong.
    NoClients : by the sheet's own file, it contains no clients.
    """
    own = journey_path(sheet.source)
    if is_there(own) and own.is_file():
        if _says_no_clients(own):
            raise NoClients(
                f"{sheet.source} contains no clients, as answered in {own}. Delete that file to be asked "
                "again."
            )
        return own
    shared = own.with_name(SHARED)
    return shared if is_there(shared) and shared.is_file() and _fits(shared, sheet, tab) else None


def _says_no_clients(path: Path) -> bool:
    """Return True if a journey file only contains the answer that there are no clients."""
    from funnel.journey.toml import read_toml_text

    try:
        return tomllib.loads(read_toml_text(path, "journey file")) == {"no_clients": True}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, JourneyError):
        return False


def unfinished(path: Path) -> Journey | None:
    """Return the journey of a file that lists unanswered questions; None for any other file."""
    from funnel.journey import read_journey

    try:
        begun = read_journey(path)
    except JourneyError:
        return None
    return begun if begun.unanswered else None


def _fits(path: Path, sheet: Sheet, tab: str | None) -> bool:
    """Return True if the sheet has the stage column, or most of the steps, of the folder's journey file."""
    from funnel.journey import read_journey
    from funnel.reading.match_columns import match
    from funnel.reading.tables.header import find_header

    try:
        journey = read_journey(path)
    except JourneyError:
        return False
    for name in [tab] if tab else sheet.tabs():
        header = find_header(sheet.read(name, rows=60))
        if header is None:
            continue
        columns = match(header, journey)
        steps = [step for step in journey.steps if step.kind == "step"]
        if journey.staged:
            if "stage" in columns.at and "client" in columns.at:
                return True
        elif len(columns.steps(journey)) * 2 > len(steps) > 0:
            return True
    return False
