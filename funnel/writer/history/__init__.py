"""The tabs `Funnel history` and `Funnel log`."""
