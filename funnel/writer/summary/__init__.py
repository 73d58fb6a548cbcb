"""The tabs `Funnel`, `Funnel due` and `Funnel hand-off`."""
