"""Google Sheets: read in one call, refreshed in one more (DESIGN section 7, Google)."""

from __future__ import annotations

from funnel.sheets.google.sheet import GoogleSheet, open_google

__all__ = ["GoogleSheet", "open_google"]
