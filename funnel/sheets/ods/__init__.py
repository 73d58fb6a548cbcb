"""Read OpenDocument spreadsheets."""
