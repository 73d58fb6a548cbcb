"""Funnel -> Plan: totals, row colours, the tabs `Funnel` and `Funnel history`. Pure."""

from funnel.writer.make import make_plan
from funnel.writer.new_sheet import plan_new_sheet
from funnel.writer.removal import anchor_of, plan_removal

__all__ = ["anchor_of", "make_plan", "plan_new_sheet", "plan_removal"]
