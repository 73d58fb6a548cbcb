"""A cache of the numbers of each sheet, keyed by content: only changed sheets are loaded again.

It contains counts and no clients. A sheet at a service is always loaded, because its content cannot be
checked otherwise.
"""

from __future__ import annotations

import hashlib
import json
import os
from importlib import import_module
from pathlib import Path

from funnel.portfolios.numbers import BusinessNumbers
from funnel.sheets.source_file import has_bytes


def cache_folder() -> Path:
    """Return the folder of the cache: that of the system, or `FUNNEL_CACHE`."""
    named = os.environ.get("FUNNEL_CACHE")
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(named) if named else Path(home) / "funnel" / "portfolio"


def content_key(sheet: Path, parts: tuple[str, ...]) -> str | None:
    """Return the key of a sheet: a hash of its bytes, its journey files and the other parameters.

    None if it is no file, or cannot be read.
    """
    if not sheet.is_file():  # a folder of a data lake is not hashed
        return None
    version = import_module("funnel").__version__
    digest = hashlib.sha256(repr((version, parts)).encode())
    beside = sorted(sheet.parent.glob(f"{sheet.stem}*.toml"))
    named = [Path(part) for part in parts if part.endswith(".toml")]
    for path in (sheet, *beside, *named, *_files(sheet)):
        try:
            digest.update(b"\0" + (path.read_bytes() if path.is_file() and has_bytes(path) else b""))
        except OSError:
            return None
    return digest.hexdigest()


def _files(sheet: Path) -> list[Path]:
    """Return the journey file of the folder, and event logs and move logs beside the sheet."""
    return [sheet.parent / "journey.toml", sheet.with_name(f"{sheet.stem}.funnel-log.csv")]


def recall(key: str) -> BusinessNumbers | None:
    """Return the numbers cached under a key; None if there are none, or the file is damaged."""
    try:
        data = json.loads((cache_folder() / f"{key}.json").read_text("utf-8"))
        return BusinessNumbers.from_json(data)
    except (OSError, ValueError, TypeError, KeyError):
        return None


def keep(key: str, numbers: BusinessNumbers) -> None:
    """Cache the numbers under a key; if the folder cannot be written, do nothing."""
    folder = cache_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        beside = folder / f"{key}.{os.getpid()}.part"
        beside.write_text(json.dumps(numbers.to_json()), "utf-8")
        beside.replace(folder / f"{key}.json")
    except OSError:
        return
