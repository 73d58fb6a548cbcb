"""Clients -> results: counts, retention, survival, leaks. Pure functions over tidy tables."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from funnel.metrics.funnel import Funnel

__all__ = ["Funnel"]


def __getattr__(name: str) -> Any:
    """Load `Funnel` on first use, so that the names of results can be listed without pandas."""
    if name != "Funnel":
        raise AttributeError(f"module 'funnel.metrics' has no attribute {name!r}")
    globals()[name] = import_module("funnel.metrics.funnel").Funnel
    return globals()[name]
