"""A workbook as a package of parts, without its meaning."""
