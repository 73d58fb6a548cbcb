"""The tabs `Funnel` and `Funnel hand-off`."""
