"""Parts of a workbook as Grids."""
