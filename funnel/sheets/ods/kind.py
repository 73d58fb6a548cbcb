"""Capabilities of OpenDocument spreadsheets, which are read-only."""

from __future__ import annotations

from funnel.sheets.base import Capabilities

CAPABILITIES = Capabilities("an OpenDocument file", formats=True, charts=True)
