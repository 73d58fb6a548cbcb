"""Read the tabs of a workbook as Grids."""
