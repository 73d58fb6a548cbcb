"""`Plots`: the charts of one funnel, as methods: ``funnel.plot.drop_off()``."""

from __future__ import annotations

from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any

from funnel.metrics.results import charts

if TYPE_CHECKING:
    from funnel.metrics.core.result import Measured


class Plots:
    """The charts of a funnel, a method for each: ``funnel.plot.drop_off()``; ``dir(funnel.plot)`` lists them.

    Every method takes axes (`ax`), or makes a figure, and returns the axes. It also takes a `title`, and a
    `figsize` in inches or a `size` ("slide", "page", "phone"). The registry of results lists the charts;
    matplotlib is imported when a chart is drawn.

    Parameters
    ----------
    funnel : the funnel to draw.

    Examples
    --------
    >>> dir(Plots(None))
    ['cohorts', 'drop_off', 'funnel', 'leaks', 'leavers', 'moves', 'retention', ...]
    """

    def __init__(self, funnel: Measured) -> None:
        self._funnel = funnel

    def __getattr__(self, name: str) -> Any:
        found = {} if name.startswith("_") else charts()
        if name not in found:
            raise AttributeError(f"There is no chart {name!r}; there are {', '.join(sorted(found))}.")
        module, _, function = found[name].draw.partition(":")
        draw = getattr(import_module(module), function)
        framed = import_module("funnel.charts.drawing.picture").framed
        method = partial(framed, draw, self._funnel, window=self._funnel.journey.within or "")
        method.__doc__ = draw.__doc__
        return method

    def __dir__(self) -> list[str]:
        return sorted(charts())

    def __repr__(self) -> str:
        return f"Charts: {', '.join(dir(self))}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Plots) and other._funnel == self._funnel

    def __hash__(self) -> int:
        return hash(id(self._funnel))
