"""Funnel analytics for the client sheet you already keep.

>>> import funnel
>>> sorted(funnel.__all__)
['Funnel', 'FunnelError', 'Journey', 'Step', 'explore', 'load', 'portfolio', 'read', 'refresh', 'report']
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from funnel.errors import FunnelError
    from funnel.explorer.explorer import explore
    from funnel.journey import Journey, Step
    from funnel.metrics import Funnel
    from funnel.portfolios import portfolio
    from funnel.workflows.load import load, read
    from funnel.workflows.refresh import refresh
    from funnel.workflows.report import report

__version__ = "0.1.0"

# Loaded on first use, so that `import funnel` and `funnel --help` stay quick.
_HOME = {
    "Funnel": "funnel.metrics",
    "FunnelError": "funnel.errors",
    "Journey": "funnel.journey",
    "Step": "funnel.journey",
    "explore": "funnel.explorer.explorer",
    "load": "funnel.workflows.load",
    "portfolio": "funnel.portfolios",
    "read": "funnel.workflows.load",
    "refresh": "funnel.workflows.refresh",
    "report": "funnel.workflows.report",
}

__all__ = [
    "Funnel", "FunnelError", "Journey", "Step", "explore", "load", "portfolio", "read", "refresh", "report",
]  # fmt: skip


def __dir__() -> list[str]:
    return sorted(__all__)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'funnel' has no attribute {name!r}; it has {', '.join(__all__)}")
    value = getattr(import_module(_HOME[name]), name)
    globals()[name] = value
    return value
