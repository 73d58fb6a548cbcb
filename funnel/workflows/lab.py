"""The notebooks in a person's own folder: copied once, and never over what is there."""

from __future__ import annotations

import shutil
from pathlib import Path

from funnel.errors import WriteError
from funnel.workflows.samples import notebooks


def copy_notebooks(folder: Path) -> tuple[list[Path], list[Path]]:
    """Copy the notebooks into a folder.

    Returns
    -------
    Those that were copied, and those that were there already, which are left as they are.

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
