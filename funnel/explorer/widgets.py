"""The fields, buttons and rows that the controls have in common."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import ipywidgets as w

from funnel import html
from funnel.errors import FunnelError

LABEL = {"description_width": "initial"}
REVIEWS = (".html", ".pdf", ".pptx", ".xlsx")


def field_layout() -> Any:
    """Return a new layout for a field; they cannot share one, because some fields are hidden."""
    return w.Layout(width="auto", min_width="190px", max_width="320px")


def button(description: str, **options: Any) -> Any:
    """Return a button as wide as its text."""
    return w.Button(description=description, layout=w.Layout(width="max-content"), **options)


def row(fields: Sequence[Any]) -> Any:
    """Put fields side by side, wrapped if the notebook is narrow."""
    wrap = w.Layout(
        display="flex", flex_flow="row wrap", width="100%", grid_gap="4px 12px", overflow="visible"
    )
    return w.HBox(fields, layout=wrap)


def writing(pressed: Any, write: Callable[[], tuple[Sequence[Path], str]]) -> str:
    """Write a review while its button cannot be pressed; return what was written, or why not.

    Parameters
    ----------
    write : writes it, and returns the paths and the clients or businesses in it.
    """
    pressed.disabled = True
    try:
        paths, of = write()
        return html.paragraphs(f"Wrote {', '.join(map(str, paths))} ({of}).")
    except FunnelError as error:
        return html.paragraphs(str(error))
    finally:
        pressed.disabled = False
