"""What one cell says: marks, dates, times and numbers."""
