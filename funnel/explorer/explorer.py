"""`funnel.explore`: a sheet with controls, in a notebook."""

from __future__ import annotations

import datetime as dt
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

from funnel.errors import FunnelError, install_hint
from funnel.explorer.exploration import Exploration, Settings
from funnel.metrics import Funnel

if TYPE_CHECKING:
    from funnel.explorer.portfolio import PortfolioExplorer
    from funnel.portfolios import Portfolio

NEEDS = f"The controls need ipywidgets and anywidget, which are not installed. {install_hint('lab')}"


class Explorer:
    """The result of `funnel.explore`: controls in a notebook; `funnel` and `settings` in code."""

    def __init__(self, exploration: Exploration) -> None:
        self.exploration = exploration
        self._controls: Any = None

    @property
    def funnel(self) -> Funnel:
        """The funnel of the filtered clients."""
        return self.exploration.funnel

    @property
    def settings(self) -> Settings:
        """The settings of the controls."""
        return self.exploration.settings

    def set(self, **settings: Any) -> Explorer:
        """Change settings in code; the controls follow: ``e.set(coach="Zoe", page="Compare")``."""
        self.exploration.set(**settings)
        if self._controls is not None:
            self._controls.follow()
        return self

    @property
    def controls(self) -> Any:
        """The controls (`funnel.explorer.controls.Controls`), made when first shown.

        Raises
        ------
        FunnelError : ipywidgets or anywidget is not installed.
        """
        if self._controls is None:
            self._controls = _module("funnel.explorer.controls").Controls(self.exploration)
        return self._controls

    def __repr__(self) -> str:
        return f"Explorer: {Path(self.settings.sheet).name}. Run this cell to see the controls."

    def _repr_mimebundle_(self, **options: Any) -> Any:
        bundle = dict(self.controls.root._repr_mimebundle_(**options))
        return bundle | {"text/plain": repr(self)}


def _module(name: str) -> Any:
    """Import a module of controls."""
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("ipywidgets", "anywidget", "traitlets"):
            raise
        raise FunnelError(NEEDS) from None


@overload
def explore(sheet: Portfolio) -> PortfolioExplorer: ...


@overload
def explore(
    sheet: str | None = None,
    journey: str | None = None,
    tab: str | None = None,
    as_of: str | dt.date | None = None,
) -> Explorer: ...


def explore(
    sheet: str | Portfolio | None = None,
    journey: str | None = None,
    tab: str | None = None,
    as_of: str | dt.date | None = None,
) -> Explorer | PortfolioExplorer:
    """Show a sheet with controls in a notebook: pages, filters, questions, clients behind numbers, review.

    Parameters
    ----------
    sheet : a path or a URL; or the name of a preset, for its sample. None: the sheet that `funnel lab` was
        started with, else the newest one in the folder, else the sample; others can be chosen or uploaded.
        Or a portfolio, as `funnel.portfolio` returns it.
    journey, tab : as for `load`.
    as_of : the as-of date; today by default.

    Returns
    -------
    An Explorer (`PortfolioExplorer` for a portfolio). The settings of a sheet are kept when the
    cell is run again.

    >>> e = explore("gym").set(coach="Jonas Lind")
    >>> e.funnel.leads
    28
    """
    if hasattr(sheet, "businesses"):
        made: PortfolioExplorer = _module("funnel.explorer.portfolio").PortfolioExplorer(sheet)
        return made
    given: dict[str, Any] = {"journey": journey, "tab": tab, "as_of": as_of}
    named = str(sheet) if sheet is not None else None
    return Explorer(Exploration(named, **{name: value for name, value in given.items() if value is not None}))
