"""Find the steps among the columns of marks and dates: by their headers, or because they are nested."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from funnel.clients.reading import Confidence
from funnel.reading.tables.evidence import Evidence
from funnel.reading.tables.relations import apart, everywhere, nested, nested_beyond_chance, strictly_before
from funnel.reading.tables.table import Table
from funnel.reading.tables.twins import merge_twins
from funnel.reading.words.concepts import has_word, is_period, plain
from funnel.reading.words.retention_words import retention_of
from funnel.reading.words.thresholds import ENOUGH, IN_ORDER
from funnel.reading.words.vocabulary import step_headers
from funnel.text import fold

_SPAN = re.compile(r"(?<!\w)\d{1,3}(?:d|w|m|mo|y)(?!\w)")  # "90d"
_MORE = 3  # clients by which a later step must exceed an earlier one to contradict the order of the columns
_SHORT_MARKS = 12  # letters of a word that may be a mark


@dataclass(frozen=True)
class Milestone:
    """A step: its columns (the dated one first), and its evidence."""

    columns: tuple[Evidence, ...]
    words: bool
    cells: bool

    @property
    def main(self) -> Evidence:
        """The column that is read."""
        return self.columns[0]

    @property
    def header(self) -> str:
        """The header of that column."""
        return self.main.header

    @property
    def confidence(self) -> Confidence:
        """Certain if words and cells agree."""
        return "certain" if self.words and self.cells else "likely"

    @property
    def because(self) -> str:
        """The reason why it is a step."""
        what = "a date" if self.main.kind == "dates" else "a mark"
        held = f"{what} in {int(self.main.reached.sum())} of {len(self.main)} rows"
        if self.words and self.cells:
            return f"{held}, and its header names a step"
        return f"{held}; its header names a step" if self.words else f"{held}, nested in the steps before"


@dataclass(frozen=True)
class Milestones:
    """The steps in order, and the excluded columns."""

    steps: tuple[Milestone, ...] = ()
    excluded: dict[int, str] = field(default_factory=dict)
    unsure: tuple[Evidence, ...] = ()
    reordered: bool = False
    apart: tuple[str, ...] = ()  # pairs of named steps that are filled independently


def names_step(header: str) -> bool:
    """Return True if a header names a step of any journey, or a time after the lead.

    >>> [names_step(name) for name in ("Client contacted", "3 months", "Zyx", "Has insurance?")]
    [True, True, False, False]
    """
    return _names_step(header)


@lru_cache(maxsize=4096)
def _names_step(header: str) -> bool:
    if fold(header) in step_headers():
        return True
    if is_attribute(header):
        return False
    if has_word("close", header) and not has_word("paid", header):
        return False
    return (
        has_word("step", header)
        or has_word("paid", header)
        or has_word("paid_perhaps", header)
        or retention_of(header) is not None
    )


def is_attribute(header: str) -> bool:
    """Return True if a header is about what a person is, has or wants, or is a question.

    >>> is_attribute("Has insurance?"), is_attribute("Are you over 18?"), is_attribute("Called?")
    (True, True, False)
    """
    words = plain(header).split()
    is_question = header.rstrip().endswith(("?", "？")) and bool(words)
    if is_question and len(words) > 1 and any(has_word("question", " ".join(words[:n])) for n in (1, 2)):
        return True
    return has_word("attribute", header)


def find_milestones(table: Table, dates: Sequence[Evidence], passed_over: Iterable[int]) -> Milestones:
    """Find the steps among the columns of marks and the dates of what clients did.

    Parameters
    ----------
    dates : the columns of dates that are events.
    passed_over : columns with another meaning.
    """
    skip = set(passed_over)
    excluded: dict[int, str] = {}
    candidates: list[Evidence] = []
    dated = {column.number for column in dates}
    for column in table.columns:
        if column.number in skip or not (column.kind == "marks" or column.number in dated):
            continue
        why = _no_step(column)
        if why and column.kind == "marks" and _lies_as_step(column, table, skip):
            why = None
        if why := why or _measured(column, table):
            excluded[column.number] = why
        else:
            candidates.append(column)
    groups = [g for g in merge_twins(candidates) if not _only_everywhere(g, candidates)]
    for column in candidates:
        if not any(column in group for group in groups):
            excluded[column.number] = "filled in every row, and not a known step"
    kept, unsure, loose = _chain(groups)
    for group in unsure:
        for column in group:
            excluded[column.number] = "filled independently of the steps"
    steps, reordered = _ordered([_milestone(group, kept) for group in kept])
    return Milestones(
        tuple(steps), excluded, tuple(c for group in unsure for c in group), reordered, tuple(loose)
    )


def _no_step(column: Evidence) -> str | None:
    """Return the reason why a column of marks or dates cannot be a step, from the column alone."""
    header = column.header
    if is_period(header):
        return "a month or a day: who was there, not a step"
    if is_attribute(header):
        return "a fact about the person or an answer, by its header"
    if column.kind == "marks":
        if has_word("plan", header) and not has_word("step", header):
            return "a plan, by its header"
        if has_word("moving", header) and not has_word("step", header):
            return "changes all the time, by its header"
        if has_word("lost", header) and not has_word("paid", header):
            return "shows who was lost, not that a step was reached"
        if has_word("still", header) and retention_of(header) is None:
            return "shows who is still there, not that a step was reached"
    if not column.reached.any():
        return "nothing is typed in it yet"
    return None


def _lies_as_step(column: Evidence, table: Table, skip: set[int]) -> bool:
    """Return True if the marks of a column with another header are nested like a step.

    Between "Contract sent" and "Go live", "Data imported" is a step, although "imported" has another meaning
    elsewhere: it is nested in the step before, and the next step is nested in it.
    """
    if len(column) < 2 * ENOUGH:
        return False
    marks = [c for c in table.columns if c.kind == "marks" and c.number not in skip and not _no_step(c)]
    before = [c for c in marks if c.number < column.number][-2:]
    after = [c for c in marks if c.number > column.number][:2]
    return (
        bool(before and after)
        and all(nested_beyond_chance(column.reached, c.reached) for c in before)
        and all(nested_beyond_chance(c.reached, column.reached) for c in after)
    )


def _measured(column: Evidence, table: Table) -> str | None:
    """Return why a mark is a figure of some time, as the amounts beside it ("Upsell 90d", "Visits 90d")."""
    span = _SPAN.search(plain(column.header))
    if span is None or column.kind != "marks" or has_word("step", column.header):
        return None
    beside = [c for c in table.columns if c.kind == "numbers" and span[0] in plain(c.header).split()]
    return "a figure of some time, as the numbers beside it" if len(beside) >= 2 else None


def _only_everywhere(group: list[Evidence], candidates: Sequence[Evidence]) -> bool:
    """Return True if a column is filled on all rows, has no known words, and is not the first of a run."""
    main = group[0]
    if not everywhere(main) or any(names_step(c.header) for c in group):
        return False
    if len(main) < ENOUGH and _between(group, [[c] for c in candidates]):
        return False
    inside = [c for c in candidates if c is not main and not everywhere(c)]
    if not inside:
        return True
    run = [c for c in inside if any(_tell(c, d) for d in inside if d is not c)]
    first = min((c.number for c in run), default=main.number)
    return main.number > first or main.number < first - 4


def _tell(a: Evidence, b: Evidence) -> bool:
    """Return True if one of two columns is nested in the other, beyond chance."""
    return nested_beyond_chance(a.reached, b.reached) or nested_beyond_chance(b.reached, a.reached)


def _chain(
    groups: list[list[Evidence]],
) -> tuple[list[list[Evidence]], list[list[Evidence]], list[str]]:
    """Keep the groups that form a chain: named steps, and unnamed ones nested with most others."""
    kept = list(groups)
    dropped: list[list[Evidence]] = []
    while True:
        worst = None
        for group in kept:
            if any(names_step(c.header) for c in group):
                continue
            support, against = _support(group, kept)
            if len(group[0]) < ENOUGH and _between(group, kept):
                continue  # too few rows to tell, among the steps
            if everywhere(group[0]) and not against and len(kept) > 1:
                continue  # everybody came so far: the first of a run
            if support < 1 or against * 2 > support:
                lack = (support - 2 * against, -group[0].number)
                if worst is None or lack < worst[0]:
                    worst = (lack, group)
        if worst is None:
            break
        kept.remove(worst[1])
        dropped.append(worst[1])
    loose = [
        f"{a[0].header!r} and {b[0].header!r}"
        for at, a in enumerate(kept) for b in kept[at + 1 :]
        if len(a[0]) >= ENOUGH and int(a[0].reached.sum()) >= 3 and int(b[0].reached.sum()) >= 3
        and apart(a[0].reached, b[0].reached)
    ]  # fmt: skip
    return kept, dropped, loose


def _between(group: list[Evidence], kept: list[list[Evidence]]) -> bool:
    """Return True if a column is among those that are named as steps."""
    named = [g[0].number for g in kept if any(names_step(c.header) for c in g)]
    return len(named) >= 2 and min(named) < group[0].number < max(named)


def _support(group: list[Evidence], others: list[list[Evidence]]) -> tuple[int, int]:
    """Count the other columns that a column is nested with, and those it is independent of."""
    own = group[0].reached
    support = against = 0
    if len(own) < ENOUGH:
        return 0, 0
    for other in others:
        if other is group:
            continue
        theirs = other[0].reached
        if nested_beyond_chance(own, theirs) or nested_beyond_chance(theirs, own):
            support += 1
        elif apart(own, theirs):
            against += 1
    return support, against


def _milestone(group: list[Evidence], kept: list[list[Evidence]]) -> Milestone:
    words = any(names_step(c.header) for c in group)
    support, against = _support(group, kept)
    alone = len(kept) == 1
    first = everywhere(group[0]) and against == 0
    return Milestone(tuple(group), words, (support >= 1 and against * 2 <= support) or first or alone)


def _ordered(steps: list[Milestone]) -> tuple[list[Milestone], bool]:
    """Return the steps in sheet order unless dates or nesting contradict it; retention steps by length."""
    in_sheet = sorted(steps, key=lambda step: min(c.number for c in step.columns))
    if not _contradicted(in_sheet):
        return in_sheet, False
    timed = [s for s in in_sheet if retention_of(s.header)]
    plain_steps = [s for s in in_sheet if not retention_of(s.header)]
    if all(step.main.kind == "dates" for step in plain_steps):
        rank = {id(s): _earlier(s, plain_steps) for s in plain_steps}
        plain_steps.sort(key=lambda step: rank[id(step)])
    else:
        plain_steps.sort(key=lambda step: -int(step.main.reached.sum()))
    timed.sort(key=_length)
    return [*plain_steps, *timed], True


def _length(step: Milestone) -> int:
    clock = retention_of(step.header)
    return (clock.days or 30 * clock.months) if clock else 0


def _earlier(step: Milestone, others: Sequence[Milestone]) -> int:
    """Count the other steps that come before a step in time."""
    return sum(
        strictly_before(other.main.days, step.main.days) > 0.5 for other in others if other is not step
    )


def _contradicted(steps: Sequence[Milestone]) -> bool:
    """Return True if clients have the steps in another order than the columns."""
    timed = [at for at, step in enumerate(steps) if retention_of(step.header)]
    if timed and timed[0] < len(steps) - len(timed):
        return True  # a time after the lead is before a step
    for at, earlier in enumerate(steps):
        for later in steps[at + 1 :]:
            a, b = earlier.main, later.main
            if a.kind == b.kind == "dates" and _both(a, b) >= 3:
                if strictly_before(b.days, a.days) >= IN_ORDER:
                    return True
                continue
            more = int(b.reached.sum()) - int(a.reached.sum())
            fewer = more >= _MORE and more > 0.1 * int(a.reached.sum())
            if (
                fewer
                and len(a) >= ENOUGH
                and nested_beyond_chance(a.reached, b.reached)
                and not nested(b.reached, a.reached)
            ):
                return True
    return False


def _both(a: Evidence, b: Evidence) -> int:
    return int((~np.isnan(a.days) & ~np.isnan(b.days)).sum())
