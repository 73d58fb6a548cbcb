"""Read and write the zip package of a workbook, part by part."""
