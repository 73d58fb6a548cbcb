"""Who moved where: the log folded into what it knows of each client, compared with what the sheet says now.

One entry for each client whose state changed since the log was last written. Nothing else is remembered: a
row of the log that a person deleted or changed only leads to an entry that sets it right.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from funnel.history.entry import GONE, LEFT, NEW, Legend, State, Who
from funnel.history.match_clients import Pairs, match, renamed_steps, unique
from funnel.history.read import BACK, FIRST_SEEN, GONE_AWAY, IMPORTED, RENAMED, history
from funnel.history.snapshot import Now
from funnel.journey import Journey
from funnel.journey.actions import Action
from funnel.journey.stages import names
from funnel.text import fold, listed

if TYPE_CHECKING:
    import pandas as pd

LEFT_LABEL, GONE_LABEL, NO_STEP = "left", "gone", "no step yet"
_OTHER_LIST = 20  # clients, of whom hardly one is found again: then the sheet is another list
_SILENT = frozenset({FIRST_SEEN, IMPORTED, RENAMED, GONE_AWAY})


@dataclass(frozen=True, slots=True)
class Known:
    """A client as the log has it: the state in which it was last recorded, and when that was."""

    who: Who
    state: State
    when: dt.datetime


@dataclass(frozen=True, slots=True)
class Entry:
    """One move of one client.

    Parameters
    ----------
    before, after : the states; NEW where nothing was recorded before, GONE where the row is not there.
    when, since : the client moved after `since` (None: at `when` exactly, or ever before) and not after it.
    why : typed, rule, event, company, default, moved, imported; or first seen, gone, back, renamed.
    was : who it was before its name, date or id was corrected.
    actions : what is to be done because of it, once.
    """

    who: Who
    before: State
    after: State
    why: str
    when: dt.date
    since: dt.date | None = None
    by: str = ""
    was: Who | None = None
    actions: tuple[Action, ...] = ()
    row: int | None = None  # of the client in the sheet


@dataclass(frozen=True, slots=True)
class Moves:
    """What is to be added to the log. `other`: the sheet holds other clients than the log, which stays."""

    entries: tuple[Entry, ...]
    legend: Legend
    other: bool = False


def fold_log(log: pd.DataFrame | None) -> list[Known]:
    """What the log knows of each client, in the order in which they came.

    Entries count in the order in which they were written, whatever day a person gave them since. What was
    imported counts where no refresh has seen the client.

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
    >>> [(known.who.name, known.state) for known in fold_log(log)]
    [('Ana', 'Won')]
    """
    if log is None or not len(log):
        return []
    written = log["why"] != IMPORTED
    seen = {_address(who) for who in log["who"][written]}
    told = history(log[~written])
    told = told.loc[told["who"].map(_address).map(lambda address: address not in seen).astype(bool)]
    found: dict[Hashable, list[Known]] = defaultdict(list)
    for lines in (told, log[written].sort_values("number", kind="stable")):
        _play(lines, found)
    return [known for home in found.values() for known in home]


def _play(lines: pd.DataFrame, found: dict[Hashable, list[Known]]) -> None:
    """Let the clients of each address move as the entries say."""
    columns = ("who", "was", "before", "after", "when")
    for who, was, before, after, when in zip(*(lines[name].tolist() for name in columns), strict=True):
        home = found[_address(was or who)]
        at = _instance(home, before)
        if at is not None:
            del home[at]
        found[_address(who)].append(Known(who, after, when.to_pydatetime()))


def _address(who: Who) -> Hashable:
    return who.id or who.key


def _instance(home: Sequence[Known], before: State) -> int | None:
    """Which of the clients of one name moved: the one in that state; a new one is none of them."""
    same = next((i for i, known in enumerate(home) if known.state == before), None)
    if same is not None or not home or before == NEW:
        return same
    return 0


def compare(
    known: Sequence[Known],
    now: Sequence[Now],
    journey: Journey,
    legend: Legend,
    *,
    as_of: dt.date,
    since: dt.date | None,
) -> Moves:
    """Find what changed between the log and the sheet.

    Parameters
    ----------
    known : what the log knows (`fold_log`).
    now : where every client stands (`present`).
    legend : the numbers of the steps, as the log has them.
    as_of, since : the days of this refresh and of the one before it (None: there was none).

    Returns
    -------
    The new entries, in sheet order, those of clients that are gone last; and the legend with all steps.
    """
    steps = [step.name for step in journey.steps] if not journey.stages else []
    renamed = _renamed(known, now, legend, steps)
    fresh = frozenset(steps) - {renamed.get(name, name) for name in legend.steps}
    said = names(journey.stages, journey.reassign)
    today: dict[State, State] = {}
    for client in known:
        if client.state not in today:
            today[client.state] = _today(client.state, said, renamed)
    known = [Known(client.who, today[client.state], client.when) for client in known]
    pairs = match(known, now)
    numbered = legend.now(steps, renamed)
    alive = sum(client.state != GONE for client in known)
    if alive >= _OTHER_LIST and len(pairs) * 10 < alive:
        return Moves((), legend, other=True)
    found = [
        *_present(known, now, pairs, steps, fresh, as_of, since),
        *_gone(known, pairs, as_of, since),
    ]
    return Moves(tuple(with_actions(entry, journey) for entry in found), numbered)


def _renamed(
    known: Sequence[Known], now: Sequence[Now], legend: Legend, steps: Sequence[str]
) -> dict[str, str]:
    """New names of steps, by the names that the legend has."""
    if set(legend.steps) <= set(steps):
        return {}
    found = [(known[i].state, now[j].state) for i, j in unique(known, now).items()]

    def marks(old: str, new: str) -> tuple[int, int]:
        same = sum((old in before) == (new in after) for before, after in found)
        return same, len(found)

    return renamed_steps(legend, steps, marks)


def _today(state: State, said: Mapping[str, str], renamed: Mapping[str, str]) -> State:
    """A state under the names that its stage, or its steps, have now."""
    if not isinstance(state, str):
        return frozenset(renamed.get(step, step) for step in state) if renamed else state
    return state if state in (GONE, NEW) else said.get(fold(state), state)


def _present(
    known: Sequence[Known], now: Sequence[Now], pairs: Pairs, steps: Sequence[str], fresh: frozenset[str],
    as_of: dt.date, since: dt.date | None,
) -> Iterator[Entry]:  # fmt: skip
    """The entries of the clients that the sheet holds."""
    found = {j: known[i] for i, j in pairs.items()}
    kept = frozenset(steps) | {LEFT}
    for j, client in enumerate(now):
        old = found.get(j)
        if old is None:
            why: str | None = client.why if known else FIRST_SEEN
        else:
            why = _why(old.state, client, kept, fresh)
        if old is not None and why is None:
            if _same(old.who, client.who):
                continue
            why = RENAMED
        assert why is not None
        entry = Entry(client.who, old.state if old else NEW, client.state, why, as_of, since, row=client.row)
        if old and _address(old.who) != _address(client.who):
            entry = replace(entry, was=old.who)
        yield _timed(entry, client.at, old.when if old else dt.datetime.min)


def _timed(entry: Entry, at: dt.datetime | None, last: dt.datetime) -> Entry:
    """An entry with the time of its event, where that lies after all that was recorded."""
    if entry.why == FIRST_SEEN:
        return replace(entry, since=None)
    begins, ends = max(last, _midnight(entry.since)), _midnight(entry.when) + dt.timedelta(days=1)
    if entry.why == "event" and at is not None and begins <= at < ends:
        return replace(entry, when=at, since=None)
    return entry


def _why(before: State, client: Now, kept: frozenset[str], fresh: frozenset[str]) -> str | None:
    """Why a client is in another state than the log says; None where it is in the same.

    A step that the sheet no longer has is no un-ticking, and the marks of a new one are no moves.
    """
    after = client.state
    if before == GONE:
        return BACK
    if isinstance(before, str) or isinstance(after, str):
        changed = before != after
        return (client.why if type(before) is type(after) else FIRST_SEEN) if changed else None
    if before & kept - fresh != after - fresh:
        return client.why
    return FIRST_SEEN if before & fresh != after & fresh else None


def _same(a: Who, b: Who) -> bool:
    """Whether the log finds one by the other, without a doubt."""
    return a.key == b.key or (a.id is not None and a.id == b.id)


def _gone(known: Sequence[Known], pairs: Pairs, as_of: dt.date, since: dt.date | None) -> Iterator[Entry]:
    """The entries of those whose row is not there any more."""
    for i, client in enumerate(known):
        if i not in pairs and client.state != GONE:
            yield Entry(client.who, client.state, GONE, GONE_AWAY, as_of, since)


def _midnight(day: dt.date | None) -> dt.datetime:
    return dt.datetime.combine(day, dt.time()) if day else dt.datetime.min


def with_actions(entry: Entry, journey: Journey) -> Entry:
    """Say of an entry what is to be done because a stage was entered."""
    if entry.why in _SILENT or entry.before == entry.after:
        return entry
    stage = next((stage for stage in journey.stages if stage.name == entry.after), None)
    return replace(entry, actions=stage.actions) if stage and stage.actions else entry


def label(state: State, steps: Sequence[str]) -> str:
    """A state in a word: the stage, or the furthest step that is marked.

    >>> label(frozenset({"Met", "Paid"}), ["Met", "Paid"]), label(frozenset({"Met", LEFT}), ["Met"])
    ('Paid', 'left')
    >>> label(frozenset(), []), label(GONE, []), label(NEW, [])
    ('no step yet', 'gone', '')
    """
    if isinstance(state, str):
        return {GONE: GONE_LABEL, NEW: ""}.get(state, state)
    if LEFT in state:
        return LEFT_LABEL
    return next((step for step in reversed(steps) if step in state), NO_STEP)


def change(entry: Entry, steps: Sequence[str]) -> str:
    """What changed, where from and to do not say it all: each mark, and what was corrected.

    >>> ana = Who("Ana", dt.date(2026, 1, 20))
    >>> entry = Entry(ana, frozenset({"Met"}), frozenset({"Paid", LEFT}), "typed", dt.date(2026, 11, 2))
    >>> change(entry, ["Met", "Paid"])
    'ticked Paid; un-ticked Met; left'
    """
    said = [_correction(entry.was, entry.who)] if entry.was else []
    if not (isinstance(entry.before, str) or isinstance(entry.after, str)):
        for word, marks in (
            ("ticked", entry.after - entry.before),
            ("un-ticked", entry.before - entry.after),
        ):
            if some := [step for step in steps if step in marks]:
                said.append(f"{word} {listed(some, most=len(some))}")
        if (LEFT in entry.before) != (LEFT in entry.after):
            said.append("left" if LEFT in entry.after else "no longer left")
    return "; ".join(said)


def _correction(was: Who, who: Who) -> str:
    if was.name != who.name:
        return f"was called {was.name!r}"
    if was.lead != who.lead:
        return f"the lead date was {was.lead or 'blank'}"
    return f"the id was {was.id or 'blank'}"
