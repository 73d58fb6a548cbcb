"""Green and red rows: by live rules, or by paint."""
