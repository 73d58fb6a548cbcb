"""Google Sheets: read in one call, refreshed in one more (docs/definitions.md#google)."""

from __future__ import annotations

from funnel.sheets.google.sheet import GoogleSheet, open_google

__all__ = ["GoogleSheet", "open_google"]
