"""Parse cell values: marks, dates, times, numbers and texts."""
