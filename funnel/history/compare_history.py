"""Compare the move log with the sheet: one new entry for each client whose state changed since then.

The log itself is the only memory. If a person deletes or changes one of its rows, the next comparison adds an
entry that corrects it.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from funnel.history.entry import LEFT, NEW, REMOVED, ClientKey, Legend, State
from funnel.history.match_clients import Pairs, match_clients, match_renamed_steps, match_unique
from funnel.history.read import FIRST_SEEN, IMPORTED, RENAMED, ROW_REMOVED, ROW_RETURNED, sort_entries
from funnel.history.snapshot import CurrentState
from funnel.journey import Journey
from funnel.journey.actions import Action
from funnel.journey.stages import names
from funnel.text import fold, listed

if TYPE_CHECKING:
    import pandas as pd

LEFT_LABEL, REMOVED_LABEL, NO_STEP = "left", "gone", "no step yet"
_MIN_CLIENTS = 20  # if at least this many are recorded and under 10 % of them found, it is another list
_WITHOUT_ACTIONS = frozenset({FIRST_SEEN, IMPORTED, RENAMED, ROW_REMOVED})


@dataclass(frozen=True, slots=True)
class RecordedState:
    """The last state of a client in the log, and when it was recorded."""

    key: ClientKey
    state: State
    when: dt.datetime


@dataclass(frozen=True, slots=True)
class Entry:
    """One change of one client.

    Parameters
    ----------
    before, after : the states; NEW if nothing was recorded before, REMOVED if the sheet has no row for it.
    when, since : the change happened after `since` and at or before `when`; without `since`, exactly at
        `when` or at any time before it.
    why : typed, rule, event, company, default, moved, imported; or first seen, gone, back, renamed.
    old_key : the key before name, lead date or id was corrected.
    actions : the actions of the entered stage.
    row : the client's row in the sheet.
    """

    key: ClientKey
    before: State
    after: State
    why: str
    when: dt.date
    since: dt.date | None = None
    by: str = ""
    old_key: ClientKey | None = None
    actions: tuple[Action, ...] = ()
    row: int | None = None


@dataclass(frozen=True, slots=True)
class LogChanges:
    """What a refresh adds to the log.

    Parameters
    ----------
    other_clients : True if the sheet contains other clients than the log; then nothing is added.
    deleted : rows of the log deleted since the last refresh. If any were, no entry has actions, because they
        may have been started before.
    """

    entries: tuple[Entry, ...]
    legend: Legend
    other_clients: bool = False
    deleted: int = 0


def fold_log(log: pd.DataFrame | None) -> list[RecordedState]:
    """Fold the log into the last recorded state of each client, in order of first appearance.

    Entries are applied in writing order, even if a person changed their dates. Imported entries count only
    for clients that no refresh has recorded.

    Parameters
    ----------
    log : as `Clients.log`.

    Examples
    --------
    >>> import pandas as pd
    >>> from funnel.grid import Grid
    >>> from funnel.history.read import read_log
    >>> log = read_log(Grid("Log", [["When", "2026-11-02", "2026-11-09"], ["Record", "new>stage Lead;Ana",
    ...                             "stage Lead>stage Won;Ana"]]))
    >>> [(recorded.key.name, recorded.state) for recorded in fold_log(log)]
    [('Ana', 'Won')]
    """
    if log is None or not len(log):
        return []
    written = log["why"] != IMPORTED
    refreshed = {key.identity for key in log["key"][written]}
    imported = sort_entries(log[~written])
    imported = imported.loc[imported["key"].map(lambda key: key.identity not in refreshed).astype(bool)]
    found: dict[Hashable, list[RecordedState]] = defaultdict(list)
    for entries in (imported, log[written].sort_values("number", kind="stable")):
        _apply(entries, found)
    return [recorded for group in found.values() for recorded in group]


def _apply(entries: pd.DataFrame, found: dict[Hashable, list[RecordedState]]) -> None:
    """Apply entries, in their order, to the recorded states of each identity."""
    columns = ("key", "old_key", "before", "after", "when")
    for key, old_key, before, after, when in zip(*(entries[name].tolist() for name in columns), strict=True):
        group = found[(old_key or key).identity]
        position = _position(group, before)
        if position is not None:
            del group[position]
        found[key.identity].append(RecordedState(key, after, when.to_pydatetime()))


def _position(group: Sequence[RecordedState], before: State) -> int | None:
    """Find which of several clients of one identity changed: the one in state `before`, else the first.

    Return None for a new client.
    """
    same = next((i for i, recorded in enumerate(group) if recorded.state == before), None)
    if same is not None or not group or before == NEW:
        return same
    return 0


def compare_with_log(
    recorded: Sequence[RecordedState],
    current: Sequence[CurrentState],
    journey: Journey,
    legend: Legend,
    *,
    as_of: dt.date,
    since: dt.date | None,
) -> LogChanges:
    """Find what changed between the log and the sheet.

    Parameters
    ----------
    recorded : the folded log (`fold_log`).
    current : the state of each client in the sheet.
    legend : the step numbers of the log.
    as_of, since : the days of this refresh and of the previous one (None: this is the first).

    Returns
    -------
    The new entries in sheet order, removed clients last; and the legend with all steps.
    """
    steps = [step.name for step in journey.steps] if not journey.staged else []
    new_names = _renamed_steps(recorded, current, legend, steps)
    new_steps = frozenset(steps) - {new_names.get(name, name) for name in legend.steps}
    stage_names = names(journey.stages, journey.reassign)
    by_state: dict[State, State] = {}
    for client in recorded:
        if client.state not in by_state:
            by_state[client.state] = _with_current_names(client.state, stage_names, new_names)
    recorded = [replace(client, state=by_state[client.state]) for client in recorded]
    pairs = match_clients(recorded, current)
    in_sheet = sum(client.state != REMOVED for client in recorded)
    if in_sheet >= _MIN_CLIENTS and len(pairs) * 10 < in_sheet:
        return LogChanges((), legend, other_clients=True)
    entries = [
        *_changed(recorded, current, pairs, steps, new_steps, as_of, since),
        *_removed(recorded, pairs, as_of, since),
    ]
    with_actions = tuple(add_actions(entry, journey) for entry in entries)
    return LogChanges(with_actions, legend.updated(steps, new_names))


def _renamed_steps(
    recorded: Sequence[RecordedState], current: Sequence[CurrentState], legend: Legend, steps: Sequence[str]
) -> dict[str, str]:
    """Return the new name of each renamed step, by its name in the legend."""
    if set(legend.steps) <= set(steps):
        return {}
    pairs = [(recorded[i].state, current[j].state) for i, j in match_unique(recorded, current).items()]

    def count_same_marks(old: str, new: str) -> tuple[int, int]:
        same = sum((old in before) == (new in after) for before, after in pairs)
        return same, len(pairs)

    return match_renamed_steps(legend, steps, count_same_marks)


def _with_current_names(state: State, stage_names: Mapping[str, str], new_names: Mapping[str, str]) -> State:
    """Return a recorded state with the current names of its stage or steps."""
    if not isinstance(state, str):
        return frozenset(new_names.get(step, step) for step in state) if new_names else state
    return state if state in (REMOVED, NEW) else stage_names.get(fold(state), state)


def _changed(
    recorded: Sequence[RecordedState], current: Sequence[CurrentState], pairs: Pairs, steps: Sequence[str],
    new_steps: frozenset[str], as_of: dt.date, since: dt.date | None,
) -> Iterator[Entry]:  # fmt: skip
    """Yield an entry for each client of the sheet that is new, changed or renamed."""
    by_position = {j: recorded[i] for i, j in pairs.items()}
    marks = frozenset(steps) | {LEFT}
    for j, client in enumerate(current):
        old = by_position.get(j)
        if old is None:
            why: str | None = client.why if recorded else FIRST_SEEN
        else:
            why = _why(old.state, client, marks, new_steps)
        if old is not None and why is None:
            if _same_key(old.key, client.key):
                continue
            why = RENAMED
        assert why is not None
        entry = Entry(client.key, old.state if old else NEW, client.state, why, as_of, since, row=client.row)
        if old and old.key.identity != client.key.identity:
            entry = replace(entry, old_key=old.key)
        yield _with_event_time(entry, client.at, old.when if old else dt.datetime.min)


def _with_event_time(entry: Entry, event_time: dt.datetime | None, last_recorded: dt.datetime) -> Entry:
    """Return an entry with the time of its event, if that is later than everything recorded."""
    if entry.why == FIRST_SEEN:
        return replace(entry, since=None)
    start = max(last_recorded, _midnight(entry.since))
    end = _midnight(entry.when) + dt.timedelta(days=1)
    if entry.why == "event" and event_time is not None and start <= event_time < end:
        return replace(entry, when=event_time, since=None)
    return entry


def _why(before: State, client: CurrentState, marks: frozenset[str], new_steps: frozenset[str]) -> str | None:
    """Return why the state of a client differs from the log; None if it is the same.

    Ignore the marks of a step whose column was removed. Marks of a new step are "first seen".
    """
    after = client.state
    if before == REMOVED:
        return ROW_RETURNED
    if isinstance(before, str) or isinstance(after, str):
        changed = before != after
        return (client.why if type(before) is type(after) else FIRST_SEEN) if changed else None
    if before & marks - new_steps != after - new_steps:
        return client.why
    return FIRST_SEEN if before & new_steps != after & new_steps else None


def _same_key(a: ClientKey, b: ClientKey) -> bool:
    """Return True if the id, or the name and the lead date, are the same."""
    return a.name_and_date == b.name_and_date or (a.id is not None and a.id == b.id)


def _removed(
    recorded: Sequence[RecordedState], pairs: Pairs, as_of: dt.date, since: dt.date | None
) -> Iterator[Entry]:
    """Yield an entry for each recorded client whose row is no longer in the sheet."""
    for i, client in enumerate(recorded):
        if i not in pairs and client.state != REMOVED:
            yield Entry(client.key, client.state, REMOVED, ROW_REMOVED, as_of, since)


def _midnight(day: dt.date | None) -> dt.datetime:
    return dt.datetime.combine(day, dt.time()) if day else dt.datetime.min


def add_actions(entry: Entry, journey: Journey) -> Entry:
    """Return an entry with the actions of the stage that the client entered."""
    if entry.why in _WITHOUT_ACTIONS or entry.before == entry.after:
        return entry
    stage = next((stage for stage in journey.stages if stage.name == entry.after), None)
    return replace(entry, actions=stage.actions) if stage and stage.actions else entry


def state_label(state: State, steps: Sequence[str]) -> str:
    """Return a short label for a state: the stage, or the furthest marked step.

    >>> steps = ["Met", "Paid"]
    >>> state_label(frozenset({"Met", "Paid"}), steps), state_label(frozenset({"Met", LEFT}), steps)
    ('Paid', 'left')
    >>> state_label(frozenset(), steps), state_label(REMOVED, steps), state_label(NEW, steps)
    ('no step yet', 'gone', '')
    """
    if isinstance(state, str):
        return {REMOVED: REMOVED_LABEL, NEW: ""}.get(state, state)
    if LEFT in state:
        return LEFT_LABEL
    return next((step for step in reversed(steps) if step in state), NO_STEP)


def describe_change(entry: Entry, steps: Sequence[str]) -> str:
    """Describe changed marks and corrections, for the column What.

    >>> ana = ClientKey("Ana", dt.date(2026, 1, 20))
    >>> entry = Entry(ana, frozenset({"Met"}), frozenset({"Paid", LEFT}), "typed", dt.date(2026, 11, 2))
    >>> describe_change(entry, ["Met", "Paid"])
    'ticked Paid; un-ticked Met; left'
    """
    parts = [_describe_correction(entry.old_key, entry.key)] if entry.old_key else []
    if not (isinstance(entry.before, str) or isinstance(entry.after, str)):
        for verb, marks in (
            ("ticked", entry.after - entry.before),
            ("un-ticked", entry.before - entry.after),
        ):
            if changed := [step for step in steps if step in marks]:
                parts.append(f"{verb} {listed(changed, most=len(changed))}")
        if (LEFT in entry.before) != (LEFT in entry.after):
            parts.append("left" if LEFT in entry.after else "no longer left")
    return "; ".join(parts)


def _describe_correction(old: ClientKey, new: ClientKey) -> str:
    if old.name != new.name:
        return f"was called {old.name!r}"
    if old.lead_date != new.lead_date:
        return f"the lead date was {old.lead_date or 'blank'}"
    return f"the id was {old.id or 'blank'}"
