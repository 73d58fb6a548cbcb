"""How pictures look: the palette, the sizes, and the context they are drawn in.

The palette keeps apart in grey and for every common kind of colour-blindness (checked in the tests), and no
meaning hangs on colour alone. Nothing here changes matplotlib's global settings: they are set for the time
of a drawing and put back.
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

INK = "#1B2733"  # words and intervals
MUTED = "#56626E"  # second words; 4.5 : 1 on white and more
FAINT = "#DDE2E7"  # grid lines
PAPER = "#FFFFFF"

STRONG = "#2B6CA3"  # what a verdict stands on
QUIET = "#C3CBD3"  # what is only set beside it
WARM = "#F2AE3D"  # a second group of equal rank
# Lines, each with its own dash and marker.
SERIES = ("#1F4E79", "#F2AE3D", "#8C8C8C", "#D55E00", "#7FB2DE", "#5B3A12")
DASHES: tuple[Any, ...] = ("-", "--", "-.", ":", (0, (6, 1.5, 1.5, 1.5, 1.5, 1.5)), (0, (1, 1)))
MARKERS = ("o", "s", "^", "D", "v", "P")

TITLE, SUBTITLE, NAME, NUMBER = 14.0, 9.5, 9.0, 8.0  # points
LINE = 1.3  # height of a line, in font sizes

FEW = ENOUGH  # under so many, a verdict says "too few to call" (docs/definitions.md#intervals)
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
    "svg.fonttype": "path",
    "pdf.fonttype": 42,
    "figure.constrained_layout.h_pad": 0.08,
    "figure.constrained_layout.w_pad": 0.12,
}


def context() -> AbstractContextManager[None]:
    """Give the settings of our pictures, whatever a notebook has set; the old ones come back after it.

    >>> import matplotlib
    >>> with context():
    ...     matplotlib.rcParams["text.parse_math"]
    False
    >>> matplotlib.rcParams["text.parse_math"]
    True
    """
    return matplotlib.style.context(_SETTINGS, after_reset=True)


def styled(draw: Callable[P, T]) -> Callable[P, T]:
    """Run a drawing function in our `context`."""

    @wraps(draw)
    def inside(*args: P.args, **kwargs: P.kwargs) -> T:
        with context():
            return draw(*args, **kwargs)

    return inside
