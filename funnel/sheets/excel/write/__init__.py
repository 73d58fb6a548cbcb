"""Apply a `Plan` to the parts of a workbook."""
