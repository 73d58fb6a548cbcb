"""Choose the best reading over all tabs; the runner-up is kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from funnel.clients.reading import OtherTab, Question, Reading
from funnel.errors import ReadError
from funnel.grid import Grid
from funnel.reading.answers import Answers, answered_candidates, unanswered
from funnel.reading.beliefs import reading_of
from funnel.reading.candidates import Candidate, Facts, candidates_of, facts_of
from funnel.reading.columns.dates import may_change
from funnel.reading.columns.preset_columns import Recognised, recognise
from funnel.reading.preset_reading import reading_of_preset
from funnel.reading.questions import questions_of
from funnel.reading.refusals import refusal
from funnel.reading.stage_questions import STRAIGHT
from funnel.reading.tables.relations import everywhere
from funnel.reading.tables.table import Table, find_table
from funnel.reading.tables.transposed import turned
from funnel.reading.words.thresholds import DIFFERENT, ENOUGH
from funnel.text import listed

_LEAST = 1.6  # minimum score of a reading
_SURE_OF_STAGES = 2  # known ordered stages that are evidence for clients, even if rows look like things
_AS_GOOD = 0.8  # share of the best score above which another tab may be the right one


@dataclass(frozen=True)
class _Tab:
    """A tab with its candidates, the best first."""

    table: Table
    facts: Facts
    candidates: tuple[Candidate, ...]


def read_grids(
    grids: Mapping[str, Grid],
    as_of: dt.date,
    source: str = "",
    tab: str | None = None,
    answers: Answers = (),
) -> Reading:
    """Read the tabs of a sheet: find the one with the clients, and its columns.

    Parameters
    ----------
    grids : the tabs, by name, in sheet order.
    as_of : later dates are in the future.
    source : the sheet as the user named it, for messages.
    tab : the tab with the clients, if the user named it.
    answers : the answers so far; these questions are not asked again, and readings that an answer
        excludes are not considered.

    >>> columns = [["Client", "Ana", "Ben"], ["Lead date", "2026-01-05", "2026-02-01"], ["Called", 1, 1],
    ...            ["Paid", 1, None], ["3 months", 1, None]]
    >>> reading = read_grids({"Clients": Grid("Clients", columns)}, dt.date(2026, 11, 28))
    >>> reading.shape, reading.confidence, [step.step for step in reading.steps]
    ('marks', 'likely', ['Called', 'Paid', '3 months'])
    """
    meant = {name: grid for name, grid in grids.items() if tab is None or name == tab}
    tables = [table for grid in meant.values() if (table := find_table(grid, grids))]
    known = [(found, table) for table in tables if (found := recognise(table))]
    if known:
        return _of_preset(known, tables, as_of, source, answers)
    tabs = [_look_at(table, as_of, answers) for table in tables]
    others = [tab for tab in tabs if tab.candidates]
    turn = all(answer != STRAIGHT for _, answer in answers)
    if not others and turn and (tab_turned := _turned(tables, grids, as_of)):
        others = [tab_turned]
        tabs = [*tabs, tab_turned]
    if not others:
        return _refused([tab.facts for tab in tabs], meant, source)
    best = max(others, key=lambda tab: tab.candidates[0].score)
    chosen = best.candidates[0]
    rivals = [
        tab for tab in others
        if tab is not best and not tab.table.grid.hidden and not _copies(tab, best)
        and tab.candidates[0].score >= _AS_GOOD * chosen.score
    ]  # fmt: skip
    questions = unanswered([*_which_tab(best, rivals), *questions_of(chosen)], answers)
    reading = reading_of(chosen, questions, source)
    return replace(
        reading,
        other_tabs=tuple(_others(tables, best.table, tabs)),
        headers=dict(best.table.header.names),
        runner_up=_runner_up(best, rivals),
        for_today=_is_for_today([tab.table for tab in tabs], as_of),
    )


def _copies(tab: _Tab, best: _Tab) -> bool:
    """Return True if two tabs contain the same list, as a copy does; a tab for each month does not."""
    if dict(tab.table.header.names) != dict(best.table.header.names):
        return False
    own, others = _clients(tab), _clients(best)
    if own and others:
        return len(own & others) >= DIFFERENT * min(len(own), len(others))
    return abs(tab.table.height - best.table.height) * 20 <= best.table.height


def _clients(tab: _Tab) -> set[str]:
    identity = tab.facts.identity
    return set(identity.columns[0].counts) if identity else set()


def _look_at(table: Table, as_of: dt.date, answers: Answers = ()) -> _Tab:
    facts = facts_of(table, as_of.toordinal())
    possible = (candidate for candidate in candidates_of(facts) if _is_possible(candidate))
    found = answered_candidates(facts, possible, answers)
    return _Tab(table, facts, tuple(sorted(found, key=lambda candidate: -candidate.score)))


def _is_possible(candidate: Candidate) -> bool:
    """Return True if a reading has clients and steps, and a sufficient score."""
    facts = candidate.facts
    if facts.table.height == 0 or candidate.score < _LEAST:
        return False
    rules_out = facts.other is not None and facts.other.weight >= 2
    if candidate.events is not None:
        events = candidate.events
        if not events.steady and (events.known < 0.7 or not events.named):
            return False
        return not rules_out or (events.known >= 0.5 and events.keyed)
    named = sum(step.words for step in candidate.steps)
    stages = candidate.stages
    if candidate.staged and stages is not None and not stages.known:
        return not rules_out and facts.identity is not None and facts.identity.people
    if candidate.staged and stages is not None:
        sure = stages.known >= 0.7 and len(stages.way) - len(stages.parked) >= _SURE_OF_STAGES
        if facts.identity is None and stages.column.distinct >= DIFFERENT:
            return False  # the list of what a dropdown offers
        return sure if rules_out or facts.identity is None else True
    if rules_out:
        return facts.identity is not None and facts.identity.people and named >= 2
    if facts.identity is None:
        return named >= 2
    if len(candidate.steps) == 1 and not candidate.results:
        step = candidate.steps[0].main
        whole = everywhere(step) and facts.table.height >= ENOUGH  # everybody has it: nothing was lost there
        return named == 1 and facts.identity.people and not step.notes and not whole
    return True


def _turned(tables: Sequence[Table], grids: Mapping[str, Grid], as_of: dt.date) -> _Tab | None:
    """Return a tab whose clients are in columns, read with rows and columns swapped."""
    for table in tables:
        grid = turned(table.grid)
        other = find_table(grid, grids) if grid else None
        if other is None:
            continue
        tab = _look_at(other, as_of)
        good = [
            replace(candidate, transposed=True) for candidate in tab.candidates
            if candidate.steps and sum(step.words for step in candidate.steps) >= 2
        ]  # fmt: skip
        if good:
            return _Tab(other, tab.facts, tuple(good))
    return None


def _which_tab(best: _Tab, rivals: Sequence[_Tab]) -> list[Question]:
    if not rivals:
        return []
    names = [best.table.tab, *(tab.table.tab for tab in rivals)]
    return [
        Question.of(
            "tab",
            f"Which tab holds the clients: {listed(map(repr, names), 'or')}?",
            {name: f"{name!r}." for name in names[:3]},
        )
    ]


def _others(tables: Sequence[Table], chosen: Table, tabs: Sequence[_Tab]) -> list[OtherTab]:
    """Return the tabs that were not read, with reasons."""
    by_name = {tab.table.tab: tab for tab in tabs}
    found = []
    for table in tables:
        if table.tab == chosen.tab:
            continue
        tab = by_name.get(table.tab)
        if tab is not None and tab.candidates:
            alike = dict(table.header.names) == dict(chosen.header.names)
            why = "with the same headers" if alike else "but less of a funnel"
            because = f"{tab.candidates[0].shape}, in {table.height} rows, {why}"
        elif tab is not None and tab.facts.other is not None:
            because = tab.facts.other.what
        else:
            because = "no clients with steps"
        found.append(OtherTab(table.tab, because))
    return found


def _runner_up(best: _Tab, rivals: Sequence[_Tab]) -> str:
    """Describe the next best reading."""
    if rivals:
        return f"tab {rivals[0].table.tab!r}, by {rivals[0].candidates[0].shape}"
    if len(best.candidates) > 1:
        return f"the same tab, by {best.candidates[1].shape}"
    return ""


def _refused(facts: Sequence[Facts], grids: Mapping[str, Grid], source: str) -> Reading:
    first = facts[0].table if facts else None
    tabs = list(grids)
    empty = len(tabs) == 1 and grids[tabs[0]].height == 0
    return Reading(
        tab=first.tab if first else (tabs[0] if tabs else ""),
        header_row=first.header.row if first else 0,
        shape="none",
        confidence="certain",
        headers=dict(first.header.names) if first else {},
        refusal=refusal(facts, tabs, source, empty),
    )


def _of_preset(
    known: Sequence[tuple[Recognised, Table]], tables: Sequence[Table], as_of: dt.date, source: str,
    answers: Answers,
) -> Reading:  # fmt: skip
    """Read the tab with the headers of a preset; if there are several, the one with most clients.

    A tab of other clients with the same headers, as where each month has its own, is asked about.
    """
    found, table = max(known, key=lambda pair: (not pair[1].grid.hidden, len(pair[0].steps), pair[1].height))
    best = _Tab(table, facts_of(table, as_of.toordinal()), ())
    alike = [
        _Tab(other, facts_of(other, as_of.toordinal()), ()) for _, other in known
        if other is not table and other.height and not other.grid.hidden
        and dict(other.header.names) == dict(table.header.names)
    ]  # fmt: skip
    questions = _which_tab(best, [tab for tab in alike if not _copies(tab, best)])
    return replace(
        reading_of_preset(found, best.facts, source, answers, questions),
        other_tabs=tuple(_others(tables, table, [])),
        headers=dict(table.header.names),
        for_today=_is_for_today([table for _, table in known], as_of),
    )


def _is_for_today(tables: Sequence[Table], as_of: dt.date) -> bool:
    """Return True if the sheet may be read in another way on a later day."""
    today = as_of.toordinal()
    return any(may_change(column, today) for table in tables for column in table.columns)


def or_refuse(reading: Reading) -> Reading:
    """Return the reading.

    Raises
    ------
    ReadError : the sheet contains no clients.
    """
    if reading.shape == "none":
        raise ReadError(reading.refusal)
    return reading
