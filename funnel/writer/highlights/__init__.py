"""Green and red rows: live rules, or paint."""
