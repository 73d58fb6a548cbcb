"""Recognise columns by words and cells: the client, dates, steps, stages, results, events."""
