"""Who is who: the clients that the log knows, found again in the sheet, sorted and corrected as it may be."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Protocol, TypeVar

from funnel.cells.names import is_slip
from funnel.history.entry import GONE, Legend, State, Who
from funnel.text import fold

_ALIKE = 0.75  # of the letters of two names, for one to be a correction of the other
_CROWD = 40  # of one lead date, among whom nobody is told by a likeness
_SAME_MARKS = 0.95  # of the clients whose marks agree, for one column to be another by a new name

Pairs = dict[int, int]  # position among those known -> position among those present


class Someone(Protocol):
    """A client with the state it is in."""

    @property
    def who(self) -> Who: ...  # noqa: D102
    @property
    def state(self) -> State: ...  # noqa: D102


Client = TypeVar("Client", bound=Someone)


def match(known: Sequence[Someone], now: Sequence[Someone]) -> Pairs:
    """Find each client that the log knows among those of the sheet, where it is there.

    By id; then by name and lead date; then, of those still not found, by what can only be a correction: the
    same name and another lead date, or a name that is nearly the same with the same lead date. Clients that
    stand twice are told apart by their states, so that sorting them moves nobody.
    """
    pairs: Pairs = {}
    taken: set[int] = set()
    for address in (lambda who: who.id, lambda who: who.key):
        _pair(known, now, pairs, taken, address)
    _corrected(known, now, pairs, taken)
    return pairs


def unique(known: Sequence[Someone], now: Sequence[Someone]) -> Pairs:
    """The clients that are found at once, without any doubt."""
    ours, theirs = _grouped(known, range(len(known))), _grouped(now, range(len(now)))
    return {ours[key][0]: at[0] for key, at in theirs.items() if len(at) == 1 and len(ours.get(key, ())) == 1}


def renamed_steps(
    legend: Legend, steps: Sequence[str], marks: Callable[[str, str], tuple[int, int]]
) -> dict[str, str]:
    """Steps that only have another name: gone, while one appeared in the same place with the same marks.

    Parameters
    ----------
    steps : the steps that the sheet has now, in its order.
    marks : for a former name and a new one, of how many clients the marks agree, and of how many in all.
    """
    before = list(legend.steps)
    kept = [step for step in before if step in set(steps)]
    gone, come = _gaps(before, set(kept)), _gaps(steps, set(kept))
    found = {}
    for place, vanished in gone.items():
        appeared = come.get(place, [])
        if len(vanished) != len(appeared):
            continue
        for old, new in zip(vanished, appeared, strict=True):
            same, of = marks(old, new)
            if new not in legend.retired and same >= of * _SAME_MARKS:
                found[old] = new
    return found


def _gaps(steps: Sequence[str], kept: set[str]) -> Mapping[frozenset[str], list[str]]:
    """The steps that only one side has, by those of both sides that stand before them."""
    found: dict[frozenset[str], list[str]] = defaultdict(list)
    passed: set[str] = set()
    for step in steps:
        if step in kept:
            passed.add(step)
        else:
            found[frozenset(passed)].append(step)
    return found


def _pair(
    known: Sequence[Someone],
    now: Sequence[Someone],
    pairs: Pairs,
    taken: set[int],
    address: Callable[[Who], Hashable],
) -> None:
    """Pair those of one address, of whom there may be several."""
    ours: dict[Hashable, list[int]] = defaultdict(list)
    for i, client in enumerate(known):
        if i not in pairs and (key := address(client.who)) is not None:
            ours[key].append(i)
    theirs: dict[Hashable, list[int]] = defaultdict(list)
    for j, client in enumerate(now):
        if j not in taken and (key := address(client.who)) in ours:
            theirs[key].append(j)
    for key, at in theirs.items():
        for i, j in _told_apart(known, now, ours[key], at):
            if _one(known[i].who, now[j].who):
                pairs[i] = j
                taken.add(j)


def _told_apart(
    known: Sequence[Someone], now: Sequence[Someone], ours: list[int], theirs: list[int]
) -> Iterable[tuple[int, int]]:
    """Pair clients of one address: those whose state is the same first, those who are gone last."""
    if len(ours) == len(theirs) == 1:
        return [(ours[0], theirs[0])]
    found = []
    left = list(theirs)
    rest = []
    for i in ours:
        same = next((j for j in left if now[j].state == known[i].state), None)
        if same is None:
            rest.append(i)
        else:
            left.remove(same)
            found.append((i, same))
    rest.sort(key=lambda i: known[i].state == GONE)
    return [*found, *zip(rest, left, strict=False)]


def _one(a: Who, b: Who) -> bool:
    """Whether two may be the same: not where both have an id, and these differ."""
    return not (a.id and b.id) or a.id == b.id


def _corrected(known: Sequence[Someone], now: Sequence[Someone], pairs: Pairs, taken: set[int]) -> None:
    """Pair those whose name or lead date was corrected, where nobody else could be meant."""
    for address in (lambda who: fold(who.name) or None, lambda who: who.lead):
        ours: dict[Hashable, list[int]] = defaultdict(list)
        for i, client in enumerate(known):
            if i not in pairs and client.state != GONE:
                ours[address(client.who)].append(i)
        theirs: dict[Hashable, list[int]] = defaultdict(list)
        for j, client in enumerate(now):
            if j not in taken:
                theirs[address(client.who)].append(j)
        for key in ours.keys() & theirs.keys():
            if max(len(ours[key]), len(theirs[key])) <= _CROWD:
                for i, j in _only(known, now, ours[key], theirs[key]):
                    pairs[i] = j
                    taken.add(j)


def _only(
    known: Sequence[Someone], now: Sequence[Someone], ours: list[int], theirs: list[int]
) -> list[tuple[int, int]]:
    """The pairs of which neither could be of another pair."""
    found = [(i, j) for i in ours for j in theirs if _correction(known[i], now[j])]
    return [
        (i, j) for i, j in found if sum(i == a for a, _ in found) == 1 and sum(j == b for _, b in found) == 1
    ]


def _correction(old: Someone, new: Someone) -> bool:
    """Whether one can be the other, corrected: nothing was taken back, and only one thing differs."""
    a, b = old.who, new.who
    if not _one(a, b) or not a.name or not b.name:
        return False
    if fold(a.name) == fold(b.name):
        return _went_on(old.state, new.state)
    if a.lead is None:
        return old.state == new.state and alike(a.name, b.name)
    return a.lead == b.lead and _went_on(old.state, new.state) and alike(a.name, b.name)


def _went_on(before: State, after: State) -> bool:
    return isinstance(before, str) or isinstance(after, str) or before <= after


def alike(one: str, other: str) -> bool:
    """Whether a name may be another one, corrected: a slip of the hand, a word in common, most letters.

    >>> alike("Ana Rosi", "Ana Rossi"), alike("Ana Rossi", "Ana Bianchi"), alike("Ana Rossi", "Ben Tal")
    (True, True, False)
    """
    a, b = fold(one), fold(other)
    words = {word for word in a.split() if len(word) > 2} & set(b.split())
    return is_slip(a, b) or bool(words) or SequenceMatcher(None, a, b).ratio() >= _ALIKE


def _grouped(
    clients: Sequence[Someone], at: Iterable[int]
) -> Mapping[tuple[str | None, str, dt.date | None], list[int]]:
    found: dict[tuple[str | None, str, dt.date | None], list[int]] = defaultdict(list)
    for i in at:
        found[(None, *clients[i].who.key)].append(i)
    return found
