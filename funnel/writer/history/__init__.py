"""The tabs `Funnel history` and `Funnel log` (docs/definitions.md#history)."""
