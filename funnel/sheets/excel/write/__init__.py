"""A `Plan` applied to the parts of a workbook."""
