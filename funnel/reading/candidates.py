"""The possible readings of a table: by marks or dates, by stages, by results, or as an event log."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, field, replace

import numpy as np

from funnel.clients.reading import Confidence, Shape
from funnel.reading.columns.dates import DATE_WORDS, Dates, sort_dates
from funnel.reading.columns.event_rows import EventRows, find_event_rows
from funnel.reading.columns.identity import Identity, find_identity, header_weight
from funnel.reading.columns.leaving import Leaving, find_leaving
from funnel.reading.columns.milestones import Milestone, Milestones, find_milestones, names_step
from funnel.reading.columns.results import Result, find_results
from funnel.reading.columns.rows import Rows, other_than_clients
from funnel.reading.columns.stage_column import StageColumn, find_stage_columns, lost_of
from funnel.reading.tables.evidence import Evidence
from funnel.reading.tables.relations import in_order, latest
from funnel.reading.tables.table import Table
from funnel.reading.tables.twins import related
from funnel.reading.words.concepts import is_all, plain
from funnel.reading.words.thresholds import AFTER_ALL, ENOUGH, OF_SOMEBODY

_WHOLE = 4  # ordered stages; with at least this many, a stage column is better than a few dates
_MANY = 100  # minimum rows; with them, steps that hardly anybody reached are worse than a stage column
_HARDLY = 0.05  # maximum share of clients who reached the most frequent of such steps
_OF: dict[Confidence, float] = {"certain": 1.0, "likely": 0.6, "guess": 0.25}


@dataclass(frozen=True)
class Facts:
    """The facts of a table, independent of the way of reading it."""

    table: Table
    identity: Identity | None
    dates: Dates
    stages: tuple[StageColumn, ...]
    results: tuple[Result, ...]
    other: Rows | None
    today: int
    events: EventRows | None = None

    @property
    def understood(self) -> bool:
        """True if the words of any important header are known."""
        return any(
            names_step(c.header) or (self.identity is not None and self.identity.people)
            for c in self.table.columns
        ) or (self.dates.lead is not None and self.dates.confidence == "certain")


@dataclass(frozen=True)
class Candidate:
    """One way to read a table.

    Parameters
    ----------
    stages : the stage column; its stages are the steps, or it only shows lost clients.
    score : how well it explains the table, for comparing readings.
    """

    facts: Facts
    shape: Shape
    steps: tuple[Milestone, ...] = ()
    milestones: Milestones = field(default_factory=Milestones)
    stages: StageColumn | None = None
    results: tuple[Result, ...] = ()
    events: EventRows | None = None
    leaving: Leaving = field(default_factory=Leaving)
    transposed: bool = False
    score: float = 0.0

    @property
    def staged(self) -> bool:
        """True if the stages are the steps."""
        return self.stages is not None and not self.steps and self.shape.startswith("stages")


def facts_of(table: Table, today: int) -> Facts:
    """Collect the facts of a table."""
    identity = find_identity(table)
    stages = find_stage_columns(table)
    lost = next((column for column in stages if column.lost), None)
    dates = sort_dates(table, today, lost.lost_rows() if lost else None)
    return Facts(
        table, identity, dates, tuple(stages),
        tuple(find_results(table, dates.events)), other_than_clients(table, identity), today,
        find_event_rows(table),
    )  # fmt: skip


def candidates_of(facts: Facts) -> Iterator[Candidate]:
    """Yield every way to read a table, each with its score."""
    events = _by_events(facts)
    if events and events.events and (events.events.steady or not facts.stages):
        yield events
    elif events and events.events and _is_row_id(facts, events.events):
        best = max(by_stages(facts, stages).score for stages in facts.stages)
        yield replace(events, score=best + 0.1)
    by_steps = steps_of(facts)
    clear = next((stages for stages in facts.stages if _is_clear(stages)), None)
    if by_steps and clear is not None and not tell_the_same(by_steps.steps, clear):
        by_steps = replace(by_steps, score=min(by_steps.score, by_stages(facts, clear).score - 0.1))
    if by_steps and facts.stages and _reach_few(by_steps.steps):
        best = max(by_stages(facts, stages).score for stages in facts.stages)
        by_steps = replace(by_steps, score=min(by_steps.score, best - 0.1))
    if by_steps:
        yield by_steps
    leavers = None if by_steps else _by_leaving(facts)
    clients = facts.identity.columns if facts.identity is not None else ()
    for stages in [found for found in facts.stages if found.column not in clients][:2]:
        if len(stages.way) > 1 or leavers is None or leavers.leaving.date is None:
            yield by_stages(facts, stages)
    if facts.results and (by_results := _by_results(facts)):
        least = by_steps.score + 0.05 if by_steps else 0.0
        most = by_stages(facts, clear).score - 0.05 if clear is not None else by_results.score
        yield replace(by_results, score=max(min(by_results.score, most), least))  # the rounds' own dates
    if leavers is not None:
        yield leavers


def _is_row_id(facts: Facts, events: EventRows) -> bool:
    """Return True if each row has its own number, and clients repeat."""
    own = facts.identity.weight if facts.identity is not None else 0.0
    return own < OF_SOMEBODY <= header_weight(events.client.header) and events.client.has_word("people")


# --- marks and dates --------------------------------------------------------------------------------------


def _taken(facts: Facts) -> set[int]:
    """Return the columns that are not steps in any reading."""
    taken = {c.number for c in facts.identity.columns} if facts.identity else set()
    if facts.dates.lead is not None:
        taken.add(facts.dates.lead.number)
    return taken | set(facts.dates.excluded)


def steps_of(facts: Facts) -> Candidate | None:
    """Read columns of marks or dates as the steps; a stage column beside them only shows lost clients."""
    lost = lost_of(facts.stages)
    rows = lost.lost_rows() if lost else None
    taken = _taken(facts)
    possible = [c for c in facts.table.columns if c.number not in taken and _could_be_step(c, facts)]
    leaving = find_leaving(facts.table, facts.dates.events, possible, rows)
    found, left = _milestones(facts, leaving, taken, lost)
    if left.date is not leaving.date and leaving.date is not None:
        found, left = _milestones(facts, left, taken, lost)  # beside the real steps, it is another step
    if not found.steps:
        return None
    leaving = left
    steps = tuple(s for s in found.steps if leaving.date not in s.columns)
    if not steps:
        return None
    kind: Shape = "dates" if all(s.main.kind == "dates" for s in steps) else "marks"
    shape: Shape = "stages+dates" if lost is not None else kind
    score = _base(facts) + min(sum(_weight(s) for s in steps), 5.0)
    score += 1.0 * (sum(s.words for s in steps) >= 2)  # columns named as steps say more than a stage column
    score += 0.4 * (leaving.date is not None) - 0.3 * len(found.apart)
    return Candidate(facts, shape, steps, found, lost, leaving=leaving, score=score)


def _milestones(
    facts: Facts, leaving: Leaving, taken: Set[int], lost: StageColumn | None
) -> tuple[Milestones, Leaving]:
    """Return the steps beside a leaving date, and how leaving is read beside these steps."""
    events = [c for c in facts.dates.events if c is not leaving.date and c is not leaving.ends]
    if lost is not None:
        events = [c for c in events if not (_closes(c, lost) and _is_last(c, events))]
    out = {leaving.date.number} if leaving.date is not None else set()
    found = find_milestones(facts.table, events, taken | out)
    steps = [step.main for step in found.steps]
    rows = lost.lost_rows() if lost else None
    return found, find_leaving(facts.table, facts.dates.events, steps, rows)


def _reach_few(steps: Sequence[Milestone]) -> bool:
    """Return True if hardly any client reached a step: the steps do not show how far most clients got."""
    return len(steps[0].main) >= _MANY and max(float(step.main.reached.mean()) for step in steps) < _HARDLY


def _weight(step: Milestone) -> float:
    """Return the weight of a step: more if its header names a step than if only its cells fit."""
    return 1.2 if step.words and step.cells else 1.0 if step.words else 0.6


def _could_be_step(column: Evidence, facts: Facts) -> bool:
    return column.kind == "marks" or column in facts.dates.events


def _is_last(column: Evidence, dates: Sequence[Evidence]) -> bool:
    """Return True if no other date of its row comes after a date."""
    rest = [c for c in dates if c is not column]
    part = in_order(latest(rest), column.days) if rest else None
    return part is None or part >= AFTER_ALL


def _closes(column: Evidence, stages: StageColumn) -> bool:
    """Return True if a date is when something ended, well or badly: filled for lost clients and others."""
    rows = stages.lost_rows()
    if not rows.any() or names_step(column.header):
        return False
    filled = column.filled
    return bool((filled & rows).sum() >= 0.7 * rows.sum()) and bool((filled & ~rows).any())


# --- stages -----------------------------------------------------------------------------------------------


def by_stages(facts: Facts, stages: StageColumn) -> Candidate:
    """Read the values of a stage column as the steps."""
    rows = stages.lost_rows() if stages.lost else None
    leaving = find_leaving(facts.table, facts.dates.events, [], rows)
    if leaving.date is not None and not (stages.lost and leaving.date_confidence != "guess"):
        leaving = Leaving(
            reason=leaving.reason, reason_confidence=leaving.reason_confidence,
            reason_because=leaving.reason_because,
        )  # fmt: skip
    if stages.lost:
        leaving = replace(leaving, ends=None)  # the stage shows who left; open clients have such a date too
    close = any(_closes(c, stages) for c in facts.dates.events)
    shape: Shape = "stages+dates" if close or leaving.date is not None else "stages"
    score = _base(facts) + 1.4 * stages.weight * (0.5 + 0.5 * stages.column.fill)
    score += 0.4 * (stages.order_confidence != "guess") - 0.5 * max(3 - len(stages.way), 0)
    made = Candidate(facts, shape, (), Milestones(), stages, leaving=leaving, score=score)
    return replace(made, shape="stages+dates") if close_date(made) is not None else made


def _is_clear(stages: StageColumn) -> bool:
    """Return True if a stage column has a complete series of stages in a known order."""
    whole = len(stages.way) >= _WHOLE and not stages.parked
    return whole and stages.confidence == "certain" and stages.order_confidence != "guess"


def tell_the_same(steps: Sequence[Milestone], stages: StageColumn) -> bool:
    """Return True if the stages are the steps by other names."""
    headers = [column.header for step in steps for column in step.columns]
    alike = [value for value in stages.way if any(related(value, header) for header in headers)]
    return len(alike) * 2 >= len(stages.way)


def close_date(candidate: Candidate) -> Evidence | None:
    """Return the date when something ended, well or badly, beside a stage column that shows which."""
    if candidate.stages is None or not candidate.stages.lost:
        return None
    dates = candidate.facts.dates
    for column in dates.events:
        if column is candidate.leaving.date or column.fill >= 0.98:
            continue
        if _closes(column, candidate.stages) and _is_last(column, dates.events):
            return column
    if candidate.leaving.date is not None or not candidate.staged:
        return None
    return next((c for c in candidate.facts.table.columns if _is_closing(c, candidate)), None)


def _is_closing(column: Evidence, candidate: Candidate) -> bool:
    """Return True if a date in every row is headed as the close date, and past for those who are lost.

    A system shows the expected date there until a deal is won or lost.
    """
    named = " ".join(word for word in plain(column.header).split() if word not in DATE_WORDS)
    if column.kind != "dates" or not is_all("close", named) or candidate.stages is None:
        return False
    rows, lead = candidate.stages.lost_rows(), candidate.facts.dates.lead
    closed = np.where(rows, column.days, np.nan)
    past = closed <= candidate.facts.today
    after = lead is None or (in_order(lead.days, closed) or 0.0) >= AFTER_ALL
    return after and past.sum() >= AFTER_ALL * rows.sum() > 0


# --- results, events, only leaving -------------------------------------------------------------------------


def _by_results(facts: Facts) -> Candidate | None:
    """Read rounds with a result each: clients who passed reached the step."""
    if len(facts.results) < 2 and not any(result.date for result in facts.results):
        return None
    taken = _taken(facts)
    dates = [c for c in facts.dates.events if c.number not in taken]
    steps: list[Milestone] = []
    used: set[int] = set()
    for result in facts.results:
        following = _next_round(result, dates, facts.results)
        used |= {result.column.number, *([following.number] if following else [])}
        columns = (following, result.column) if following else (result.column,)
        steps.append(Milestone(columns, True, False))
    held = [result.date for result in facts.results if result.date and result.date.number not in used]
    steps = [*(Milestone((date,), names_step(date.header), False) for date in held), *steps]
    for date in dates:
        if date.number not in used | {d.number for d in held} and names_step(date.header):
            steps.append(Milestone((date,), True, False))
    steps.sort(key=lambda step: min(c.number for c in step.columns))
    lost = lost_of(facts.stages)
    first = facts.results[0].column
    rows = first.filled & _failed(facts.results)
    leaving = find_leaving(facts.table, [], [], rows)
    score = _base(facts) + 0.9 * len(facts.results) + 0.5
    return Candidate(
        facts, "stages+dates", tuple(steps), Milestones(), lost, facts.results, leaving=leaving, score=score
    )


def _failed(results: Sequence[Result]):  # type: ignore[no-untyped-def]
    rows = results[0].column.filled & False
    for result in results:
        failed = set(result.failed)
        for at, text in enumerate(result.column.texts):
            rows[at] |= text in failed
    return rows


def _next_round(result: Result, dates: Sequence[Evidence], results: Sequence[Result]) -> Evidence | None:
    """Return the date of the next round, which only clients who passed this one have."""
    passed = {at for at, text in enumerate(result.column.texts) if text in result.passed}
    own = result.date
    for date in dates:
        if date is own or date.number < result.column.number:
            continue
        rows = {at for at, there in enumerate(date.filled) if there}
        if rows and len(rows & passed) >= 0.9 * len(rows | passed):
            return date
    return None


def _by_events(facts: Facts) -> Candidate | None:
    events = facts.events
    if events is None:
        return None
    score = 2.0 + 2.0 * _OF[events.confidence] + min(len(events.way), 4) * 0.5 - 2.0 * (not events.steady)
    score += 2.0 * (events.confidence != "guess")  # no list of clients has its keys many times, each in order
    return Candidate(facts, "events", events=events, score=score)


def _by_leaving(facts: Facts) -> Candidate | None:
    """Read only a lead date and a leaving date: how long clients stay."""
    lost = lost_of(facts.stages)
    rows = lost.lost_rows() if lost else None
    leaving = find_leaving(facts.table, facts.dates.events, [], rows)
    ends = _plan_ends(facts)
    if facts.dates.lead is None or facts.identity is None or not (leaving.date or leaving.ends or ends):
        return None
    leaving = Leaving(
        leaving.date, leaving.date_confidence, leaving.date_because, leaving.reason,
        leaving.reason_confidence, leaving.reason_because, leaving.ends or ends,
    )  # fmt: skip
    score = _base(facts) + 0.5 * (leaving.date is not None)
    return Candidate(facts, "dates", stages=lost, leaving=leaving, score=score)


def _plan_ends(facts: Facts) -> Evidence | None:
    """Return a date headed as an end whose start is the lead date: the end of a plan."""
    lead = facts.dates.lead
    if lead is None:
        return None
    for column in facts.table.columns:
        if column.kind == "dates" and column.number in facts.dates.excluded and column.fill > 0.6:
            ends = any(word in column.header.lower() for word in ("end", "fin", "bis", "until", "einde"))
            if ends and related(column.header, lead.header):
                return column
    return None


# --- shared ------------------------------------------------------------------------------------------------


def _base(facts: Facts) -> float:
    """Return the score of the client, the lead date and the rows, the same for every reading of a table."""
    identity, score = facts.identity, 0.0
    if identity is not None:
        score += 1.2 * _OF[identity.confidence] + 0.5 * identity.people
    if facts.dates.lead is not None:
        score += 0.5 * _OF[facts.dates.confidence]
    if facts.other is not None:
        score -= 0.8 * facts.other.weight
    score += 0.2 * (len(facts.table.rows) >= ENOUGH) - 0.5 * facts.table.grid.hidden
    return score
