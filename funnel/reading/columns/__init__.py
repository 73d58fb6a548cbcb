"""What a column may be: the client, a date, a step, a stage, a result, an event; each by words and cells."""
