"""`Portfolio`: the numbers of many businesses and their comparison."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from functools import cached_property
from importlib import import_module
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from funnel.errors import ReadError, WriteError
from funnel.metrics.core.records import records
from funnel.portfolios.benchmark import benchmark, common_leak, gaps
from funnel.portfolios.declaration import Declaration, read_declaration
from funnel.portfolios.history import changes, history_path, read_history, record
from funnel.portfolios.measure import Progress, measure_all
from funnel.portfolios.numbers import BusinessNumbers
from funnel.portfolios.shared_steps import share_steps
from funnel.portfolios.verdict import outside_limits, verdict
from funnel.text import count

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from funnel.reports.review import Review, Size


@dataclass(frozen=True, repr=False)
class Portfolio:
    """The numbers of many businesses as of a date.

    Parameters
    ----------
    name : the title. as_of : the date of the numbers.
    businesses : all of them, in the order of the file; those left out too.
    steps : the shared steps, in order; empty: all that any business has.
    history : earlier results (`funnel.portfolios.history`).
    notes : what failed besides, such as recording the history.
    others : the businesses of a benchmark file (`against`), without names.

    >>> from funnel.portfolios.numbers import BusinessNumbers
    >>> Portfolio("Gyms", dt.date(2026, 7, 1), (BusinessNumbers("Leeds", dt.date(2026, 7, 1), 40),))
    Portfolio: Gyms, 1 business, 40 clients, as of 2026-07-01
    """

    name: str
    as_of: dt.date
    businesses: tuple[BusinessNumbers, ...]
    steps: tuple[str, ...] = ()
    history: pd.DataFrame = field(default_factory=pd.DataFrame, compare=False)
    notes: tuple[str, ...] = ()
    others: tuple[BusinessNumbers, ...] = ()

    def __repr__(self) -> str:
        compared = count(len(self.compared), "business", "businesses")
        out = f", {len(self.left_out)} left out" if self.left_out else ""
        clients = count(sum(each.leads for each in self.compared), "client")
        beside = f", beside {count(len(self.others), 'other')}" if self.others else ""
        return f"Portfolio: {self.name}, {compared}{out}, {clients}{beside}, as of {self.as_of}"

    def _repr_html_(self) -> str:
        return str(self.review()._repr_html_())

    @property
    def compared(self) -> tuple[BusinessNumbers, ...]:
        """The businesses that take part."""
        return tuple(each for each in self.businesses if not each.left_out)

    @property
    def left_out(self) -> tuple[BusinessNumbers, ...]:
        """The businesses that cannot be read, or whose sheet has an open question."""
        return tuple(each for each in self.businesses if each.left_out)

    @cached_property
    def table(self) -> pd.DataFrame:
        """The benchmark table: every business at every shared step, with limits."""
        return self._with_others[self._with_others["business"] != ""].reset_index(drop=True)

    @cached_property
    def _with_others(self) -> pd.DataFrame:
        return benchmark([*self.compared, *self.others], self.steps)

    @cached_property
    def gaps(self) -> pd.DataFrame:
        """Each business's biggest gap to the others, and what closing it would bring."""
        return gaps(self.table)

    @cached_property
    def changes(self) -> pd.DataFrame:
        """The changes since the last results at least four weeks ago; empty if there are none."""
        if self.history.empty:
            return pd.DataFrame(columns=["business", "step", "since", "n_before", "rate_before", "n", "rate",
                                         "change"])  # fmt: skip
        return changes(self.history, self.compared, self.as_of)

    @property
    def outside(self) -> pd.DataFrame:
        """The rows of the table outside the 99.8 % limits, the lowest rate first."""
        return outside_limits(self.table)

    @property
    def verdict(self) -> tuple[str, ...]:
        """Sentences on the most common leak, and on who differs beyond chance."""
        return tuple(verdict(self.compared, self.steps, self.table, self.gaps, len(self.others)))

    def against(self, path: str | PathLike[str]) -> Portfolio:
        """Compare with the businesses of a benchmark file too: ``portfolio.against("gyms.json").verdict``.

        Raises
        ------
        ReadError : the file is not a benchmark, or has none of the shared steps.
        """
        from funnel.portfolios.anonymous import others_of

        steps = self.steps or tuple(dict.fromkeys(s.step for each in self.compared for s in each.steps))
        return replace(self, others=tuple(others_of(Path(path), self.as_of, steps)), steps=steps)

    def plot(self, step: str | None = None, ax: Axes | None = None, *, size: Size | None = None) -> Axes:
        """Draw the funnel plot of a step; by default that of the most common leak, or of the biggest gap.

        Parameters
        ----------
        ax : axes to draw on; None for a new figure. size : "slide", "page" or "phone".
        """
        from funnel.charts.drawing.picture import framed
        from funnel.charts.funnel_plot import funnel_plot

        return framed(funnel_plot, self._with_others, step or self._step, ax, as_of=self.as_of, size=size)

    @property
    def _step(self) -> str:
        """The step to look at first."""
        if len(self.compared) == 1 and len(self.gaps):
            return str(self.gaps["step"].iloc[0])
        common = common_leak(self.compared, self.steps)
        return common[0] if common else str(next(iter(self.table["step"]), ""))

    def review(self) -> Review:
        """Make the review: ``portfolio.review().save("gyms.html")``, or .pdf, .pptx, .xlsx."""
        made: Review = import_module("funnel.portfolios.review").make_review(self)
        return made

    def to_json(self) -> dict[str, Any]:
        """Return everything as plain values."""
        return {
            "version": 1, "portfolio": self.name, "as_of": self.as_of.isoformat(),
            "verdict": list(self.verdict), "benchmark": records(self.table), "gaps": records(self.gaps),
            "changes": records(self.changes), "others": len(self.others),
            "left_out": [{"business": each.name, "problem": each.problem or None,
                          "question": each.question or None} for each in self.left_out],
        }  # fmt: skip


def portfolio(
    source: str | PathLike[str] | Declaration,
    as_of: str | dt.date | None = None,
    *,
    progress: Progress | None = None,
    cache: bool = True,
    history: bool = True,
) -> Portfolio:
    """Load and compare the businesses of a portfolio file: ``funnel.portfolio("gyms.toml")``.

    Parameters
    ----------
    source : the path of a portfolio file (docs/definitions.md#portfolio), or its content.
    as_of : the date of the numbers; today by default.
    progress : called after each business.
    cache : use cached numbers for unchanged sheets.
    history : compare with earlier results, and record these beside the file.

    Raises
    ------
    JourneyError : the file is missing or wrong. A sheet that cannot be read is in `left_out` instead.
    """
    from funnel.workflows.load import as_date

    declaration = source if isinstance(source, Declaration) else read_declaration(Path(source))
    day = as_date(as_of) if as_of is not None else dt.date.today()
    found, steps, notes = share_steps(measure_all(declaration, day, progress, cache=cache), declaration)
    path = None if isinstance(source, Declaration) or not history else history_path(Path(source))
    before = pd.DataFrame()
    try:
        if path is not None:
            before = read_history(path)
            record(path, before, found)
    except (ReadError, WriteError) as error:
        notes = (*notes, f"The history was not recorded: {error}")
    return Portfolio(declaration.name, day, found, steps, before, notes)
