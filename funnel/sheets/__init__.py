"""Sheets of every kind: the only room that knows file formats and services."""

from __future__ import annotations

from funnel.sheets.access import (
    capabilities_of,
    create_sheet,
    create_titled,
    open_sheet,
    path_of,
    save_copy,
    undo,
)
from funnel.sheets.adapters import file_endings
from funnel.sheets.base import Capabilities, Sheet

__all__ = [
    "Capabilities",
    "Sheet",
    "capabilities_of",
    "create_sheet",
    "create_titled",
    "file_endings",
    "open_sheet",
    "path_of",
    "save_copy",
    "undo",
]
