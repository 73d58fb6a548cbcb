"""Clients -> results: counts, retention, survival, leaks. Pure functions over tidy tables."""

from funnel.metrics.funnel import Funnel

__all__ = ["Funnel"]
