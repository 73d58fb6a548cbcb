"""`funnel lab`: JupyterLab with the notebooks, in the user's folder."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import click

from funnel.cli.options import debug_option
from funnel.errors import FunnelError, install_hint
from funnel.text import listed, real_path

FIRST = "01_first_look.ipynb"
STOP = "To stop it: press Ctrl+C here twice, or choose File, Shut Down in the browser."


@click.command()
@click.argument("sheet", required=False)
@click.option(
    "--folder", type=click.Path(path_type=Path), default=Path(), metavar="DIR",
    help="Where to copy the notebooks; this folder by default.",
)  # fmt: skip
@click.option("--no-browser", is_flag=True, help="Print the address instead of opening a browser.")
@debug_option
def lab(sheet: str | None, folder: Path, no_browser: bool) -> None:
    """Open JupyterLab with the notebooks, at SHEET.

    Copies the notebooks into the folder; existing ones are not changed.
    Example: funnel lab clients.xlsx
    """
    from funnel.sheets import path_of
    from funnel.workflows.samples import copy_notebooks

    if find_spec("jupyterlab") is None or find_spec("anywidget") is None:
        raise FunnelError(f"JupyterLab is not installed. {install_hint('lab')}")
    if sheet is not None and path_of(sheet) is not None:
        from funnel.sheets import open_sheet

        open_sheet(sheet)  # report a wrong name here, not in the notebook
        sheet = str(real_path(sheet))
    copied, kept = copy_notebooks(folder)
    for verb, paths in (("Copied", copied), ("Not changed", kept)):
        if paths:
            click.echo(f"{verb}: {listed(path.name for path in paths)}.")
    click.echo(f"JupyterLab opens {FIRST}{f' at {sheet}' if sheet else ''}. {STOP}")
    from funnel.explorer.files import SHEET

    environment = os.environ | ({SHEET: sheet} if sheet else {})
    printed = f"--LabApp.default_url=/lab/tree/{FIRST}"  # the address that JupyterLab prints
    command = [
        sys.executable, "-m", "jupyterlab", FIRST, printed, *(["--no-browser"] if no_browser else [])
    ]  # fmt: skip
    if subprocess.run(command, cwd=folder, env=environment, check=False).returncode:
        raise FunnelError("JupyterLab ended with an error; see its messages above.")
