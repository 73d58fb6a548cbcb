"""What an Excel workbook can do."""

from __future__ import annotations

from funnel.sheets.base import Capabilities

CAPABILITIES = Capabilities("an Excel workbook", writable=True, formats=True, charts=True, copied_whole=True)
