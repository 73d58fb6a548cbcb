"""The style of charts: palette, sizes and matplotlib settings.

The colours differ in greyscale and for common kinds of colour blindness (tested), and no meaning depends on
colour alone. matplotlib's global settings are restored after each drawing.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import matplotlib.style

from funnel.metrics.tables.leaks import ENOUGH

P = ParamSpec("P")
T = TypeVar("T")

INK = "#1B2733"  # text and intervals
MUTED = "#56626E"  # secondary text; contrast on white at least 4.5 : 1
FAINT = "#DDE2E7"  # grid lines
PAPER = "#FFFFFF"

STRONG = "#2B6CA3"  # numbers used by verdicts
QUIET = "#C3CBD3"  # numbers for comparison
WARM = "#F2AE3D"  # a second group
# Lines, each with its own dash and marker.
SERIES = ("#1F4E79", "#F2AE3D", "#8C8C8C", "#D55E00", "#7FB2DE", "#5B3A12")
DASHES: tuple[Any, ...] = ("-", "--", "-.", ":", (0, (6, 1.5, 1.5, 1.5, 1.5, 1.5)), (0, (1, 1)))
MARKERS = ("o", "s", "^", "D", "v", "P")

TITLE, SUBTITLE, NAME, NUMBER = 14.0, 9.5, 9.0, 8.0  # points
LINE = 1.3  # height of a line, in font sizes

FEW = ENOUGH  # with a smaller n, a verdict is "too few to call" (docs/definitions.md#intervals)
TOO_FEW = f"too few to call (under {FEW})"

_SETTINGS: dict[str, object] = {
    "text.parse_math": False,
    "text.usetex": False,
    "figure.facecolor": PAPER,
    "axes.facecolor": PAPER,
    "axes.edgecolor": MUTED,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "grid.color": FAINT,
    "grid.linewidth": 0.8,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "ytick.left": False,
    "xtick.bottom": False,
    "xtick.labelsize": NAME,
    "ytick.labelsize": NAME,
    "hatch.linewidth": 0.8,
    "legend.frameon": False,
    "svg.hashsalt": "funnel",
    "svg.fonttype": "none",
    "pdf.fonttype": 42,
    "figure.constrained_layout.h_pad": 0.08,
    "figure.constrained_layout.w_pad": 0.12,
}


def style_context() -> AbstractContextManager[None]:
    """Return a context with the settings of our charts; the caller's settings are restored after it.

    >>> import matplotlib
    >>> with style_context():
    ...     matplotlib.rcParams["text.parse_math"]
    False
    >>> matplotlib.rcParams["text.parse_math"]
    True
    """
    return matplotlib.style.context(_SETTINGS, after_reset=True)


def with_style(draw: Callable[P, T]) -> Callable[P, T]:
    """Decorate a drawing function to run in `style_context`."""

    @wraps(draw)
    def inside(*args: P.args, **kwargs: P.kwargs) -> T:
        with style_context():
            return draw(*args, **kwargs)

    return inside
