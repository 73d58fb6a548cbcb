"""Where clients are, and for how long."""
