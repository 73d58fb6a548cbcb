"""`Plots`: the pictures of one funnel, as methods: ``funnel.plot.drop_off()``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from funnel.charts.curve import survival
from funnel.charts.milestones import retention
from funnel.charts.ranking import leaks
from funnel.charts.step_bars import drop_off

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from funnel.metrics import Funnel
    from funnel.metrics.leaks import Ranking
    from funnel.metrics.survival import Clock


@dataclass(frozen=True)
class Plots:
    """The pictures of a funnel. Every method takes axes, or makes a figure of its own, and returns the axes.

    Parameters
    ----------
    funnel : whose pictures.

    >>> import pandas as pd
    >>> from funnel.journey import Journey, Step
    >>> from funnel.loader import Clients
    >>> from funnel.metrics import Funnel
    >>> table = pd.DataFrame({"row": [2, 3], "client": ["Ana", "Ben"], "Met": [True, False]})
    >>> funnel = Funnel(Clients(table, Journey(steps=(Step(name="Met"),))), as_of="2026-11-21")
    >>> Plots(funnel).drop_off()
    Picture: How many are lost at each step. as of 2026-11-21 · 2 clients. Met: – (–) of those whose time was
    up, 50 % (1 of 2) as the column totals say.
    """

    funnel: Funnel

    def drop_off(self, ax: Axes | None = None) -> Axes:
        """Draw what share is lost at each step: settled beside literal."""
        return drop_off(self.funnel.steps, ax, as_of=self.funnel.as_of, counts=self.funnel.counts)

    def retention(self, ax: Axes | None = None, *, clock: Clock = "lead") -> Axes:
        """Draw who is still here after each number of months, since the lead or the first paid session."""
        return retention(self.funnel.retention, ax, as_of=self.funnel.as_of, clock=clock)

    def survival(self, ax: Axes | None = None, *, clock: Clock = "lead") -> Axes:
        """Draw how long clients stay, day by day; nothing where no column says who left."""
        found, known = self.funnel.survival_since(clock), self.funnel.says_who_left
        seen = found.lifetimes["day"].max() if found.clients else None
        return survival(
            found.curve if known else found.curve.iloc[:0], ax, as_of=self.funnel.as_of, since=clock,
            until=seen, lower=found.lower if found.undated_leavers else None, undated=found.undated_leavers,
        )  # fmt: skip

    def leaks(self, ax: Axes | None = None, *, by: Ranking = "rate") -> Axes:
        """Draw where most is lost, ranked by rate, by clients, or by what could be regained."""
        return leaks(self.funnel.leaks, ax, as_of=self.funnel.as_of, by=by)
