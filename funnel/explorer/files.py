"""The sheets to choose from: those of the working folder, uploads, and the sample."""

from __future__ import annotations

import os
import re
from functools import cache
from pathlib import Path

from funnel.errors import UsageError
from funnel.sheets import file_endings, files
from funnel.workflows.samples import sample

SHEET = "FUNNEL_SHEET"
"""The sheet that `funnel lab SHEET` was started with."""
_DEVICE = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)?\s*\.", re.IGNORECASE)  # no names on Windows
_NOT_SHEETS = ("~$", ".", "review-")  # Excel's locks, hidden files, our reviews


def sheets_in_folder(folder: Path | None = None) -> list[str]:
    """List the sheets of a folder, the one of `funnel lab` first, then the newest first."""
    here = folder or Path()
    endings = _endings()
    found = [
        path for path in here.iterdir()
        if path.suffix.lower() in endings and path.is_file() and not path.name.startswith(_NOT_SHEETS)
    ]  # fmt: skip
    found.sort(key=lambda path: (-path.stat().st_mtime, path.name))
    named = [os.environ[SHEET]] if os.environ.get(SHEET) else []
    return list(dict.fromkeys([*named, *map(str, found)]))


@cache
def _endings() -> set[str]:
    return set(file_endings()) - {".txt"}  # seldom a sheet: requirements.txt


def sample_sheet(preset: str = "gym") -> str:
    """Return the path of a sample sheet."""
    return str(sample(preset))


def save_upload(name: str, content: bytes, folder: Path | None = None) -> str:
    """Save an uploaded sheet in a folder, under its name or with a number; return its path.

    Raises
    ------
    UsageError : funnel reads no files with this ending.
    """
    plain = re.sub(r'[<>:"|?*\0-\x1f]', "-", Path(name.replace("\\", "/")).name)
    plain = f"sheet-{plain}" if _DEVICE.match(plain) else plain
    if Path(plain).suffix.lower() not in file_endings():
        raise UsageError(f"{plain} cannot be read as a sheet. Upload a file of {', '.join(file_endings())}.")
    path, n = (folder or Path()) / plain, 2
    while path.exists() and not (path.is_file() and path.read_bytes() == content):
        path, n = path.with_name(f"{Path(plain).stem}-{n}{path.suffix}"), n + 1
    if not path.exists():
        files.create(path, lambda out: out.write(content))
    return str(path)
