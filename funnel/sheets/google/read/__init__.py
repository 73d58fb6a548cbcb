"""A spreadsheet of Google as Grids."""
