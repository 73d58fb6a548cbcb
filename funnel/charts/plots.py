"""`Plots`: the pictures of one funnel, as methods: ``funnel.plot.drop_off()``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from funnel.charts.cohorts import cohorts
from funnel.charts.drop_off import drop_off
from funnel.charts.leaks import leaks
from funnel.charts.leavers import leavers
from funnel.charts.retention import retention
from funnel.charts.segments import segments
from funnel.charts.stages import stages
from funnel.charts.survival import survival
from funnel.charts.trends import trends
from funnel.text import count

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from funnel.metrics import Funnel
    from funnel.metrics.tables.leaks import Ranking
    from funnel.metrics.tables.survival import Clock


@dataclass(frozen=True)
class Plots:
    """The pictures of a funnel. Every method takes axes, or makes a figure of its own, and returns the axes.

    Parameters
    ----------
    funnel : whose pictures.

    >>> import pandas as pd
    >>> from funnel.journey import Journey, Step
    >>> from funnel.clients import Clients
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
        made, staged = self.funnel, self.funnel.journey.staged
        return drop_off(made.steps, ax, as_of=made.as_of, counts=made.counts, staged=staged)

    def retention(self, ax: Axes | None = None, *, clock: Clock = "lead") -> Axes:
        """Draw who is still here after each number of months, since the lead or the first paid session."""
        return retention(self.funnel.retention, ax, as_of=self.funnel.as_of, clock=clock)

    def survival(self, ax: Axes | None = None, *, clock: Clock = "lead") -> Axes:
        """Draw how long clients stay, day by day; nothing where no column says who left."""
        found = self.funnel.survival_since(clock)
        known = found.curve if self.funnel.says_who_left else found.curve.iloc[:0]
        return survival(
            known, ax, as_of=self.funnel.as_of, since=clock,
            of=count(found.clients, "paid client" if self.funnel.journey.paid else "client"),
            until=found.lifetimes["day"].max() if found.clients else None,
            lower=found.lower if found.undated_leavers else None, undated=found.undated_leavers,
        )  # fmt: skip

    def leaks(self, ax: Axes | None = None, *, by: Ranking = "rate") -> Axes:
        """Draw where most is lost, ranked by rate, by clients, or by what could be regained."""
        made = self.funnel
        return leaks(made.leaks, ax, as_of=made.as_of, by=by, staged=made.journey.staged)

    def stages(self, ax: Axes | None = None) -> Axes:
        """Draw how many clients are in each stage now, and what they are worth; the lost ones apart."""
        return stages(self.funnel.stages, ax, as_of=self.funnel.as_of)

    def segments(self, by: str, ax: Axes | None = None, *, step: str | None = None) -> Axes:
        """Draw how many of its leads reached a step (the paid one), for each value of a column."""
        return segments(self.funnel.by(by), ax, as_of=self.funnel.as_of, step=step or self._paid)

    def cohorts(self, ax: Axes | None = None) -> Axes:
        """Draw what share of each month's leads reached each step; unripe cells stay blank."""
        return cohorts(self.funnel.cohorts(), ax, as_of=self.funnel.as_of)

    def trends(self, *steps: str, ax: Axes | None = None) -> Axes:
        """Draw how the conversion of steps (the paid one) moves by month of lead."""
        chosen = steps or tuple(filter(None, [self._paid]))
        return trends(self.funnel.trends(), ax, as_of=self.funnel.as_of, steps=chosen)

    def leavers(self, ax: Axes | None = None) -> Axes:
        """Draw why clients left, the commonest reason first."""
        return leavers(self.funnel.leavers(), ax, as_of=self.funnel.as_of)

    @property
    def _paid(self) -> str | None:
        return self.funnel.journey.paid.name if self.funnel.journey.paid else None
