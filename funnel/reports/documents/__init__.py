"""The forms of a review: HTML, PDF, slides and workbook."""
