"""Funnel -> Plan: totals, row colours, the tabs `Funnel` and `Funnel history`. Pure."""

from funnel.writer.make import make_plan

__all__ = ["make_plan"]
