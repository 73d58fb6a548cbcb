"""Google Sheets: read in one call, refreshed in one more (docs/definitions.md#google)."""
