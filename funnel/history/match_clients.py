"""Match the clients of the log with the clients of the sheet, even after rows were sorted or corrected."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Protocol, TypeAlias

from funnel.cells.typos import is_typo
from funnel.history.entry import REMOVED, ClientKey, Legend, State
from funnel.text import fold

_SIMILAR = 0.75  # least ratio of common letters of two similar names
_MAX_CANDIDATES = 40  # clients of one lead date; with more, similar names are no evidence
_SAME_MARKS = 0.95  # least share of clients with the same marks before and after a column is renamed

Pairs: TypeAlias = dict[int, int]
"""Position among the recorded clients -> position among the current clients."""

_Key: TypeAlias = Callable[[ClientKey], Hashable]


class TrackedClient(Protocol):
    """A client with a key and a state."""

    @property
    def key(self) -> ClientKey: ...  # noqa: D102
    @property
    def state(self) -> State: ...  # noqa: D102


TrackedClients: TypeAlias = Sequence[TrackedClient]


def match_clients(recorded: TrackedClients, current: TrackedClients) -> Pairs:
    """Match recorded clients with current ones.

    Match by id; then by name and lead date; then by one correction: the same name with another lead date, or
    a similar name with the same lead date. Clients with the same key are paired by their states, so that
    sorting their rows changes nothing.
    """
    pairs: Pairs = {}
    taken: set[int] = set()
    keys: tuple[_Key, ...] = (lambda key: key.id, lambda key: key.name_and_date)
    for key in keys:
        _pair_same(recorded, current, pairs, taken, key)
    _pair_corrected(recorded, current, pairs, taken)
    return pairs


def match_unique(recorded: TrackedClients, current: TrackedClients) -> Pairs:
    """Match clients whose name and lead date occur once on each side."""
    ours = _group(recorded, range(len(recorded)), lambda key: key.name_and_date)
    theirs = _group(current, range(len(current)), lambda key: key.name_and_date)
    return {ours[key][0]: at[0] for key, at in theirs.items() if len(at) == 1 and len(ours.get(key, ())) == 1}


def match_renamed_steps(
    legend: Legend, steps: Sequence[str], count_same_marks: Callable[[str, str], tuple[int, int]]
) -> dict[str, str]:
    """Match renamed steps: one disappeared, and another appeared in its place with the same marks.

    Parameters
    ----------
    steps : the steps of the sheet, in column order.
    count_same_marks : for an old and a new name, the number of clients with equal marks, and of all clients.

    Returns
    -------
    Old name -> new name.
    """
    before = list(legend.steps)
    kept = set(before) & set(steps)
    disappeared, appeared = _unmatched_steps(before, kept), _unmatched_steps(steps, kept)
    found = {}
    for place, old_names in disappeared.items():
        new_names = appeared.get(place, [])
        if len(old_names) != len(new_names):
            continue
        for old, new in zip(old_names, new_names, strict=True):
            same, n = count_same_marks(old, new)
            if new not in legend.retired and same >= n * _SAME_MARKS:
                found[old] = new
    return found


def _unmatched_steps(steps: Sequence[str], kept: set[str]) -> Mapping[frozenset[str], list[str]]:
    """Group the steps outside `kept` by the set of kept steps before them."""
    found: dict[frozenset[str], list[str]] = defaultdict(list)
    earlier: set[str] = set()
    for step in steps:
        if step in kept:
            earlier.add(step)
        else:
            found[frozenset(earlier)].append(step)
    return found


def _pair_same(
    recorded: TrackedClients, current: TrackedClients, pairs: Pairs, taken: set[int], key: _Key
) -> None:
    """Pair clients with the same key, which several may share."""
    ours = _group(recorded, (i for i in range(len(recorded)) if i not in pairs), key)
    ours.pop(None, None)
    theirs = _group(current, (j for j in range(len(current)) if j not in taken), key)
    for value in theirs.keys() & ours.keys():
        for i, j in _pair_by_state(recorded, current, ours[value], theirs[value]):
            if _ids_agree(recorded[i].key, current[j].key):
                pairs[i] = j
                taken.add(j)


def _pair_by_state(
    recorded: TrackedClients, current: TrackedClients, ours: list[int], theirs: list[int]
) -> Iterable[tuple[int, int]]:
    """Pair clients with the same key: first those with the same state, last those without a row."""
    if len(ours) == len(theirs) == 1:
        return [(ours[0], theirs[0])]
    found = []
    free = list(theirs)
    rest = []
    for i in ours:
        same = next((j for j in free if current[j].state == recorded[i].state), None)
        if same is None:
            rest.append(i)
        else:
            free.remove(same)
            found.append((i, same))
    rest.sort(key=lambda i: recorded[i].state == REMOVED)
    return [*found, *zip(rest, free, strict=False)]


def _ids_agree(a: ClientKey, b: ClientKey) -> bool:
    """Return False if both have an id and the ids differ."""
    return not (a.id and b.id) or a.id == b.id


def _pair_corrected(recorded: TrackedClients, current: TrackedClients, pairs: Pairs, taken: set[int]) -> None:
    """Pair clients whose name or lead date was corrected, if only one pair is possible."""
    keys: tuple[_Key, ...] = (lambda key: fold(key.name) or None, lambda key: key.lead_date)
    for key in keys:
        open_ = (i for i, one in enumerate(recorded) if i not in pairs and one.state != REMOVED)
        ours = _group(recorded, open_, key)
        theirs = _group(current, (j for j in range(len(current)) if j not in taken), key)
        for value in ours.keys() & theirs.keys():
            if max(len(ours[value]), len(theirs[value])) <= _MAX_CANDIDATES:
                for i, j in _unambiguous(recorded, current, ours[value], theirs[value]):
                    pairs[i] = j
                    taken.add(j)


def _unambiguous(
    recorded: TrackedClients, current: TrackedClients, ours: list[int], theirs: list[int]
) -> list[tuple[int, int]]:
    """Return the possible corrections in which neither client has a second candidate."""
    found = [(i, j) for i in ours for j in theirs if _is_correction(recorded[i], current[j])]
    return [
        (i, j) for i, j in found if sum(i == a for a, _ in found) == 1 and sum(j == b for _, b in found) == 1
    ]


def _is_correction(old: TrackedClient, new: TrackedClient) -> bool:
    """Return True if `new` can be `old` with one correction: no mark was removed, and one thing differs."""
    a, b = old.key, new.key
    if not _ids_agree(a, b) or not a.name or not b.name:
        return False
    if fold(a.name) == fold(b.name):
        return _keeps_marks(old.state, new.state)
    if a.lead_date is None:
        return old.state == new.state and are_similar_names(a.name, b.name)
    return (
        a.lead_date == b.lead_date
        and _keeps_marks(old.state, new.state)
        and are_similar_names(a.name, b.name)
    )


def _keeps_marks(before: State, after: State) -> bool:
    return isinstance(before, str) or isinstance(after, str) or before <= after


def are_similar_names(one: str, other: str) -> bool:
    """Return True if one name can be a correction of the other: a typo, a common word, or most letters.

    >>> are_similar_names("Ana Rosi", "Ana Rossi"), are_similar_names("Ana Rossi", "Ana Bianchi")
    (True, True)
    >>> are_similar_names("Ana Rossi", "Ben Tal")
    False
    """
    a, b = fold(one), fold(other)
    words = {word for word in a.split() if len(word) > 2} & set(b.split())
    return is_typo(a, b) or bool(words) or SequenceMatcher(None, a, b).ratio() >= _SIMILAR


def _group(clients: TrackedClients, positions: Iterable[int], key: _Key) -> dict[Hashable, list[int]]:
    """Group positions by a key of their clients."""
    found: dict[Hashable, list[int]] = defaultdict(list)
    for i in positions:
        found[key(clients[i].key)].append(i)
    return dict(found)
