"""Funnel -> Plan: totals, row colours, the tabs `Funnel` and `Funnel history`. Pure."""

from funnel.writer.make import make_plan
from funnel.writer.new_sheet import plan_new_sheet

__all__ = ["make_plan", "plan_new_sheet"]
