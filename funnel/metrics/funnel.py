"""`Funnel`: the results for some clients as of a date; each a tidy table, computed on first use."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd

from funnel.clients import Clients, Problem
from funnel.clients.problems import Problems
from funnel.errors import UsageError
from funnel.html import Prose
from funnel.journey import Journey
from funnel.metrics.comparisons import Comparisons
from funnel.metrics.core.as_of import table_as_of
from funnel.metrics.core.column_lookup import check_name
from funnel.metrics.core.date_ranges import Calendar, Range, as_day
from funnel.metrics.core.filter_clients import filter_clients
from funnel.metrics.core.flags import LEFT_UNDATED, Flagged, each, flagged, step_value
from funnel.metrics.core.frames import collect
from funnel.metrics.core.tally import Tally, tally, total
from funnel.metrics.html import funnel_html
from funnel.metrics.json import funnel_json
from funnel.metrics.plots import Plots
from funnel.metrics.result_table import ResultTable, result_table
from funnel.metrics.results import MODULES, compute, result
from funnel.metrics.stages.automatic_stages import automatic_stages_table
from funnel.metrics.stages.time_in_stage import stuck_table, time_in_stage_table
from funnel.metrics.tables.assumptions import assumption_sentences
from funnel.metrics.tables.back_test import back_test
from funnel.metrics.tables.checks import check
from funnel.metrics.tables.cohorts import cohorts_table
from funnel.metrics.tables.due import Also, due_table, follow_ups_table
from funnel.metrics.tables.forecast import Forecast, contradictions, forecast, forecast_table
from funnel.metrics.tables.leaks import STEP_UP, measure_leaks
from funnel.metrics.tables.leavers import leavers_table
from funnel.metrics.tables.people import people_table
from funnel.metrics.tables.periods import compare_periods
from funnel.metrics.tables.retention import retention_table
from funnel.metrics.tables.segments import best_rates
from funnel.metrics.tables.speed import Leg, legs_of, time_curve, time_table, with_history
from funnel.metrics.tables.steps import COUNTS, Counts, steps_table
from funnel.metrics.tables.survival import Clock, Survival, survival_of
from funnel.metrics.tables.trends import WINDOW, trends_table
from funnel.metrics.tables.verdicts import advice, verdict, verdicts
from funnel.metrics.tables.what_if import what_if_table
from funnel.metrics.tables.win_probability import Probabilities
from funnel.metrics.tables.window import check_window, with_window
from funnel.schema import distinct, flag
from funnel.text import count

COMPARED = {"segments"}
"""Results that exist only for the values of a column, in `Funnel.by`."""


@dataclass(frozen=True, repr=False)
class Funnel(Comparisons):
    """The results for some clients as of a date (docs/definitions.md).

    Parameters
    ----------
    clients : the loaded rows.
    as_of : the date all results are as of, as a date or as "2026-11-21"; today if None.
    counts : the count used for the rates of the steps table: "marked", "passed" or "nested".
    within : a conversion window ("30 days"): a step counts as reached only within this time after the lead.

    Raises
    ------
    UsageError : `as_of` is not a date, `counts` not one of the three, or `within` not a duration; or no mark
        has a date, so that the window cannot be applied.

    Examples
    --------
    >>> from funnel.journey import Step
    >>> table = pd.DataFrame({"row": [2, 3], "client": ["Ana", "Ben"], "step:^met": [True, False]})
    >>> funnel = Funnel(Clients(table, Journey(steps=(Step(name="Met"),))), as_of="2026-11-21")
    >>> funnel
    Funnel: 1 step, 2 clients, as of 2026-11-21
    >>> funnel.steps[["step", "marked", "of_leads", "undated"]]
        step  marked  of_leads  undated
    Met  Met       1       0.5        1
    """

    clients: Clients
    as_of: dt.date
    counts: Counts

    if TYPE_CHECKING:  # results that the registry alone computes (`funnel.metrics.results`)
        engagement: ResultTable
        gym: ResultTable
        stages: ResultTable
        advance: ResultTable
        falls: ResultTable
        moves: ResultTable

    def __init__(
        self,
        clients: Clients,
        as_of: str | dt.date | None = None,
        counts: Counts = "marked",
        within: str | None = None,
    ) -> None:
        if counts not in COUNTS:
            raise UsageError(f"counts={counts!r} is not one of {', '.join(map(repr, COUNTS))}.")
        clients = with_window(clients, within) if within else clients
        object.__setattr__(self, "clients", clients)
        object.__setattr__(self, "as_of", dt.date.today() if as_of is None else as_day(as_of))
        object.__setattr__(self, "counts", counts)
        if within:
            check_window(self.flagged)

    def __repr__(self) -> str:
        steps, clients = count(len(self.journey.steps), "step"), count(self.leads, "client")
        return f"Funnel: {steps}, {clients}, as of {self.as_of}"

    def _repr_html_(self) -> str:
        return funnel_html(self)

    def __getattr__(self, name: str) -> Any:
        """Compute and cache a result of the registry that has no method here."""
        if name not in MODULES:
            raise AttributeError(f"'Funnel' object has no attribute {name!r}")
        vars(self)[name] = self._table(name, compute(result(name), self))
        return vars(self)[name]

    def __dir__(self) -> list[str]:
        public = {name for name in super().__dir__() if not name.startswith("_")}
        return sorted({*public, *MODULES} - COMPARED)

    def _table(self, name: str, found: pd.DataFrame) -> ResultTable:
        return result_table(name, found, self)

    # --- the clients --------------------------------------------------------------------------------

    @property
    def journey(self) -> Journey:
        """The journey of the clients."""
        return self.clients.journey

    @cached_property
    def flagged(self) -> Flagged:
        """All clients with their flags."""
        return flagged(table_as_of(self.clients, self.as_of), self.journey, self.as_of)

    @property
    def leads(self) -> int:
        """The number of clients: all whose lead date is not after as-of."""
        return self.tally.n

    @cached_property
    def leads_after_as_of(self) -> int:
        """The number of leads dated after as-of."""
        return len(self.clients) - self.leads

    @property
    def undated_leavers(self) -> int:
        """The number of clients who left on an unknown day."""
        return int(self.tally.leads[LEFT_UNDATED])

    @property
    def has_leaving_data(self) -> bool:
        """True if a column or a painted row shows who left."""
        return self.flagged.chain.has_leaving_data

    @cached_property
    def values(self) -> pd.DataFrame:
        """The value of each client (rows) at each step (columns)."""
        steps = self.flagged.chain.steps
        words = [step_value(i).alias(flag("value", i)) for i in each(self.flagged.chain)]
        found = collect(self.flagged.frame.select("row", "client", *words))
        return found.set_axis(distinct(["row", "client", *(step.name for step in steps)]), axis=1)

    # --- the results --------------------------------------------------------------------------------

    @cached_property
    def tally(self) -> Tally:
        """Every count that the steps and the retention table are made of.

        If the values of a column have been counted, they are added up, without another pass over the clients.
        """
        counted = next((found.tallies.values() for found in self._segmented.values() if found.tallies), ())
        return total(counted) if counted and not self.flagged.chain.unknown else tally(self.flagged)

    @cached_property
    def steps(self) -> ResultTable:
        """Counts, rates and settled counts of every step (columns as in JSON version 1)."""
        return self._table("steps", self._steps(self.counts))

    def _steps(self, counts: Counts) -> pd.DataFrame:
        chain = self.flagged.chain
        return steps_table(self.tally.steps(chain), self.leads, chain, counts, self.clients.layout)

    @cached_property
    def retention(self) -> ResultTable:
        """Clients still here after each number of months, of those due (columns as in JSON version 1)."""
        return self._table("retention", retention_table(self.tally, self.flagged))

    @property
    def survival(self) -> ResultTable:
        """The survival curve since the lead date (as in JSON); empty if no column shows who left."""
        curve = self.survival_since("lead").curve
        return self._table("survival", curve if self.has_leaving_data else curve.iloc[:0])

    def survival_since(self, clock: Clock) -> Survival:
        """Return how long clients stay, since the lead date or the first paid session."""
        return self._since_lead if clock == "lead" else self._since_paid

    @cached_property
    def _since_lead(self) -> Survival:
        return survival_of(self.flagged, "lead")

    @cached_property
    def _since_paid(self) -> Survival:
        return survival_of(self.flagged, "paid")

    @cached_property
    def leaks(self) -> ResultTable:
        """The leaks, the worst drop-off first (as in JSON version 1); empty if the reading is a guess."""
        return self._leaks()

    def leaks_by(self, column: str) -> ResultTable:
        """Return `leaks` with the best value of a column as the target of steps without a declared one."""
        return self._leaks(best_rates(self.by(column), self.steps["step"]))

    def _leaks(self, best: Sequence[float | None] = ()) -> ResultTable:
        steps, chain = self._steps("marked"), self.flagged.chain
        found = verdicts(measure_leaks(steps, chain, best), steps, chain)
        return self._table("leaks", found.iloc[:0] if self.clients.is_guess or self.clients.doubt else found)

    @cached_property
    def time_in_stage(self) -> pd.DataFrame:
        """Minimum and maximum days of each client in the stage, and their source."""
        return time_in_stage_table(self.flagged)

    @cached_property
    def stuck(self) -> pd.DataFrame:
        """Clients in a stage for longer than it allows, the longest first."""
        return stuck_table(self.flagged, self.clients.log)

    @cached_property
    def automatic_stages(self) -> pd.DataFrame:
        """Clients whose stage was set automatically, or whose manual stage overrides a rule or event."""
        return automatic_stages_table(self.flagged)

    @property
    def verdict(self) -> str:
        """The worst leak in a sentence or two, or the reason why none is named."""
        return Prose(verdict(self))

    def advice(self, step: str) -> str:
        """Return the advice for a step."""
        return advice(step, self.flagged.chain)

    @cached_property
    def problems(self) -> tuple[Problem, ...]:
        """The problems: those of the loader, and contradictions as of the date."""
        found = (*check(self.clients, self.flagged), *contradictions(self.flagged))
        return Problems((*self.clients.problems, *found))

    def people(
        self,
        step: str,
        status: str | None = None,
        by: Mapping[str, str | None] | None = None,
        page: int = 1,
    ) -> pd.DataFrame:
        """List the clients behind a cell of the steps table, in sheet order.

        Parameters
        ----------
        step : the step's name.
        status : a column of the steps table that counts clients ("overdue", "marked"); None for all.
        by : values of other columns, by role or header: ``{"coach": "Zoe"}``; None for a blank cell.
        page : the page of 1,000 clients, for a table of an engine; a sheet has one page.
        """
        return people_table(self.clients, self.flagged, step, status, by, page)

    @cached_property
    def assumed(self) -> tuple[str, ...]:
        """The assumptions of reading and measuring, as sentences."""
        ours = assumption_sentences(self.clients.table, self.flagged, self.tally, self.leads_after_as_of)
        return (*self.clients.assumed, *ours)

    # --- some clients, some dates -------------------------------------------------------------------

    def where(self, **by: str | None) -> Funnel:
        """Filter the clients: ``f.where(coach="Zoe", lead_date="2026-Q3")``; None for a blank cell."""
        clients, flags = filter_clients(self.clients, self.flagged, by)
        found = Funnel(clients, self.as_of, self.counts)
        vars(found)["flagged"] = flags  # computed among all clients: stages may depend on others
        return found

    def what_if(self, step: str | None = None, by: float = STEP_UP, to: float | None = None) -> ResultTable:
        """Compute the clients gained per 100 leads if the conversion of a step (None: each) rose."""
        chosen = None if step is None else check_name("step", step, (s.name for s in self.journey.steps))
        return self._table(
            "what_if", what_if_table(self._steps("marked"), self.flagged.chain, chosen, by, to)
        )

    def periods(self, after: str | None = None, before: str | None = None) -> pd.DataFrame:
        """Compare two ranges of lead dates at equal age, with tests.

        Parameters
        ----------
        after, before : "2026-Q3", "2026-07", "2026" or "2026-07-01..2026-08-15"; by default the newest
            quarter with enough clients due at the paid step, and the one before it.
        """
        later, earlier = (None if days is None else Range.parse(days) for days in (after, before))
        return compare_periods(self.clients, self.flagged, later, earlier)

    def cohorts(self, by: Calendar = "month") -> ResultTable:
        """Compute the share of each month's (or quarter's) leads that reached each step."""
        return self._remembered("cohorts", lambda: cohorts_table(self.flagged, by), by)

    def trends(self, window: int = WINDOW) -> ResultTable:
        """Compute each step's settled conversion by month of lead, over a rolling window of months."""
        return self._remembered("trends", lambda: trends_table(self.flagged, window), window)

    def time(self, within: str | None = None) -> ResultTable:
        """Compute days from step to step, by dated marks or the history; with the share within a time."""
        return self._remembered("time", lambda: time_table(self._legs, self.as_of, within), within)

    @cached_property
    def _legs(self) -> list[Leg]:
        return legs_of(self._with_history)

    @cached_property
    def _with_history(self) -> Flagged:
        return with_history(self.flagged, self.clients)

    def time_curve(self, step: str, start: str | None = None) -> pd.DataFrame:
        """Compute the share that had reached a step by each day since the lead (or another step)."""
        names = [s.name for s in self.journey.steps]
        return time_curve(
            self._with_history, check_name("step", step, names), start and check_name("step", start, names)
        )

    def leavers(self, by: str = "reason") -> ResultTable:
        """Count leavers by "reason", "step", "months", "months after paid" or any column."""
        return self._remembered("leavers", lambda: leavers_table(self.clients, self.flagged, by), by)

    # --- what to do next, and what to expect ---------------------------------------------------------

    def due(
        self, also: Also = "open", by: Mapping[str, str | None] | None = None, page: int = 1
    ) -> pd.DataFrame:
        """List the clients to follow up with, each once, by coach, with what to ask and since when.

        `page` as for `people`; for an engine, the oldest leads are first.
        """
        return due_table(self.clients, self.flagged, also, by, page)

    def follow_ups(self, by: Mapping[str, str | None] | None = None) -> pd.DataFrame:
        """List all follow-ups of all clients: overdue, open, coming or closed."""
        return follow_ups_table(self.clients, self.flagged, by)

    def forecast(self, probabilities: Probabilities = None, currency: str | None = None) -> Forecast:
        """Forecast the value of the clients in the journey; probabilities "declared", "earned", or given.

        Values in several currencies are never added: name one, else it is that of most clients.
        """
        return forecast(self.flagged, probabilities, currency)

    def forecast_by(self, column: str, probabilities: Probabilities = None) -> pd.DataFrame:
        """Return the forecast for each value of a column, a row each."""
        return forecast_table(self.clients, self.flagged, column, probabilities)

    def back_test(self, as_of: str | dt.date, probabilities: Probabilities = None) -> pd.DataFrame:
        """Compare the forecast of a past date with the payments since: a row for each currency."""
        return back_test(self.clients, self.flagged, as_day(as_of), probabilities)

    # --- output -------------------------------------------------------------------------------------

    def to_json(self, by: str | None = None) -> dict[str, Any]:
        """Gather every result as the object of JSON version 1; with the segments by a column if asked."""
        if by is not None:
            self._segments(by)  # first, because its counts add up to those of all clients
        return funnel_json(self, by)

    @property
    def plot(self) -> Plots:
        """The charts of this funnel: ``funnel.plot.drop_off()``; `dir` lists them. Opens matplotlib."""
        return Plots(self)
