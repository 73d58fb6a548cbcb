"""Copy the notebooks into the user's folder, without overwriting files."""

from __future__ import annotations

import shutil
from pathlib import Path

from funnel.errors import WriteError
from funnel.workflows.samples import notebooks


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
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for notebook in notebooks():
            target = folder / notebook.name
            if target.exists():
                kept.append(target)
                continue
            shutil.copyfile(notebook, target)
            copied.append(target)
    except OSError as error:
        raise WriteError(
            f"The notebooks could not be copied into {folder}: {error.strerror}. Name another folder with "
            "--folder."
        ) from None
    return copied, kept
