"""What an OpenDocument spreadsheet can do here: it is only read."""

from __future__ import annotations

from funnel.sheets.base import Capabilities

CAPABILITIES = Capabilities("an OpenDocument file", formats=True, charts=True)
