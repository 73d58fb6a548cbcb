"""A `Plan` as requests to Google."""
