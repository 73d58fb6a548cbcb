"""The files installed with funnel: sample sheets, and notebooks to copy into a folder."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

from funnel.errors import ReadError
from funnel.sheets.outputs import copy_new, make_folder
from funnel.text import real_path

_PACKAGE = Path(__file__).resolve().parents[1]


DAY = dt.date(2026, 11, 21)
"""The default as-of date of the samples."""
SAMPLES = {
    "gym": "gym.xlsx", "lifecycle": "lifecycle.csv", "studio": "studio.csv", "marketing": "marketing.csv",
    "sales": "sales.csv",
}  # fmt: skip
"""Preset -> its sample sheet."""


def sample(preset: str = "gym") -> Path:
    """Return the path of a sample sheet, in the installed package or in a clone.

    >>> sample().name
    'gym.xlsx'
    """
    return _along("sample_data", SAMPLES[preset])


def sample_portfolio() -> Path:
    """Return the path of the sample portfolio file.

    >>> sample_portfolio().name
    'gyms.toml'
    """
    return _along("sample_data", "portfolio/gyms.toml")


def sample_of(path: str) -> str | None:
    """Return the preset of a sample sheet; None for any other path.

    >>> sample_of(str(sample("studio"))), sample_of("studio.csv")
    ('studio', None)
    """
    found = real_path(path)
    return next((preset for preset in SAMPLES if found == real_path(sample(preset))), None)


def notebooks() -> list[Path]:
    """Return the paths of the notebooks, in order.

    >>> notebooks()[0].stem
    '01_first_look'
    """
    return sorted(_along("notebooks", "01_first_look.ipynb").parent.glob("*.ipynb"))


def copy_notebooks(folder: Path) -> tuple[list[Path], list[Path]]:
    """Copy the notebooks into a folder.

    Returns
    -------
    The notebooks copied, and those that existed already, which are not changed.

    Raises
    ------
    WriteError : the folder cannot be written.
    """
    copied, kept = [], []
    make_folder(folder)
    for notebook in notebooks():
        target = folder / notebook.name
        if target.exists():
            kept.append(target)
        else:
            copy_new(notebook, target)
            copied.append(target)
    return copied, kept


def _near(path: Path) -> Path:
    """Return a path relative to the working folder if it is near, so that outputs are the same everywhere."""
    try:
        relative = Path(os.path.relpath(path))
    except ValueError:  # on another drive
        return path
    return relative if len(relative.parts) <= 3 else path


def _along(folder: str, name: str) -> Path:
    for place in (_PACKAGE, _PACKAGE.parent):
        if (path := place / folder / name).is_file():
            return _near(path)
    raise ReadError(
        f"{folder}/{name} is missing from this installation ({_PACKAGE}). Install funnel again, or try "
        "your own sheet: funnel show SHEET."
    )
