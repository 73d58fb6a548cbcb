"""Remember how a refresh left a sheet, so that a refresh with nothing to do is quick.

A record beside the lock lists all that a refresh depends on: the bytes of the sheet and of its journey files,
the options, the dates and the code. If one of them differs, or the record is missing or damaged, the sheet is
refreshed. Nothing here loads pandas, which takes longer than the check.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from funnel.plan import Plan
from funnel.sheets import path_of
from funnel.sheets.files import version_of, version_written
from funnel.sheets.run_lock import lock_path
from funnel.text import fold
from funnel.workflows.journey_files import SHARED, journey_path

if TYPE_CHECKING:
    from funnel.workflows.load import JourneyLike, Opened, Source

_LARGEST = 1 << 20  # bytes of a journey file
Facts: TypeAlias = dict[str, Any]


def facts_of(
    source: Source, journey: JourneyLike, as_of: str | dt.date | None, options: dict[str, str | None]
) -> Facts | None:
    """Return what a refresh depends on, besides the bytes of the sheet; None if that cannot be listed.

    It can for a file, and for a journey that is a file, a preset or understood of the sheet.
    """
    path = path_of(source)
    if path is None or not (journey is None or isinstance(journey, str | os.PathLike)):
        return None
    own = journey_path(os.fspath(source))
    files = [own, own.with_name(SHARED)] if journey is None else [Path(journey)]
    try:
        return {
            "code": code_version(),
            "source": os.fspath(source),
            "as_of": str(as_of),
            "today": str(dt.date.today()),
            "options": options,
            "files": {str(file.absolute()): _version(file) for file in files},
            "beside": _beside(path),
        }
    except OSError:
        return None  # the refresh says what is wrong


def recall(facts: Facts | None) -> Plan | None:
    """Return the empty plan of a sheet that is as the last refresh left it; None if that is not certain."""
    if facts is None:
        return None
    try:
        record = json.loads(_record(facts["source"]).read_text("utf-8"))
        if record["facts"] != facts or not os.access(facts["source"], os.W_OK):
            return None
        if record["version"] != version_of(Path(facts["source"])):
            return None
        return Plan(
            facts["source"],
            version=record["version"],
            as_of=dt.date.fromisoformat(record["as_of"]),
            kept=tuple(map(str, record["kept"])),
            weekly=str(record["weekly"]),
            since=dt.datetime.fromisoformat(record["since"]),
        )
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return None


def remember(facts: Facts | None, opened: Opened, plan: Plan, notes: Sequence[str]) -> None:
    """Record how a refresh left a sheet, if the next one would find nothing to do.

    Nothing is recorded if the refresh printed a message that the next one would not (a due action, a part
    that could not be written as planned).

    Parameters
    ----------
    plan : as it was made, before it was applied.
    notes : the notes from applying it.
    """
    if facts is None or plan.to_do or notes or plan.as_of is None or _has_events_elsewhere(opened):
        return
    path = Path(facts["source"])
    try:
        version = version_written(path) if plan else opened.sheet.version
        record = {
            "facts": facts | {"beside": _beside(path)},  # a backup may be new
            "version": version,
            "as_of": plan.as_of.isoformat(),
            "kept": plan.kept,
            "weekly": plan.weekly,
            "since": dt.datetime.now().isoformat(timespec="minutes"),
        }
        if version is not None:
            _write_private(_record(facts["source"]), json.dumps(record))
    except OSError:
        return  # the sheet is refreshed; the next refresh reads it again


def _record(source: str) -> Path:
    return lock_path(source).with_suffix(".unchanged")


def _write_private(path: Path, text: str) -> None:
    """Replace a file that only this user can read."""
    fresh = path.with_suffix(".unchanged-new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
        out.write(text)
    fresh.replace(path)


def _beside(path: Path) -> list[str]:
    """Return the files that are named after a sheet: an event log may be among them, or become one."""
    stem = fold(path.stem)
    return sorted(name for name in os.listdir(path.parent) if fold(name).startswith(stem))  # noqa: PTH208


def _version(file: Path) -> str | None:
    """Return the version of a journey file; None if there is none. A large one is not read."""
    if not file.is_file():
        return None
    size = file.stat().st_size
    return version_of(file) if 0 < size <= _LARGEST else str(size)


def _has_events_elsewhere(opened: Opened) -> bool:
    """Return True if the event log of a sheet is another file, or missing."""
    events = opened.clients.journey.events
    if events is None or events.is_the_sheet:
        return False
    return events.tab is None or fold(events.tab) not in map(fold, opened.sheet.tabs())


def code_version() -> str:
    """Return a hash of what computes the results: Python, the libraries and our own files."""
    facts = [sys.version]
    if (pandas := find_spec("pandas")) and pandas.origin:  # an installation changes the folder of libraries
        facts.append(str(Path(pandas.origin).parents[1].stat().st_mtime_ns))
    folders = [Path(__file__).parents[1]]
    while folders:
        with os.scandir(folders.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    folders += [Path(entry.path)] if entry.name != "__pycache__" else []
                elif entry.name.endswith((".py", ".toml")):
                    facts.append(f"{entry.path} {entry.stat().st_mtime_ns}")
    return hashlib.sha256("\n".join(sorted(facts)).encode("utf-8", "replace")).hexdigest()
