"""Recognise event logs: a row for each event, with many rows for each client."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from funnel.clients.reading import Confidence
from funnel.grid import Value
from funnel.reading.columns.identity import header_weight
from funnel.reading.columns.results import is_failed
from funnel.reading.tables.evidence import Evidence, look_at
from funnel.reading.tables.table import Table
from funnel.reading.words.concepts import first_concept, groups, has_word, plain
from funnel.reading.words.stage_words import is_known, is_lost, rank_of
from funnel.reading.words.thresholds import FEW, OF_SOMEBODY, REPEATS

_OFTEN = 0.85  # minimum share of event pairs in the common order
_PAIRS = 8  # minimum number of consecutive events; the order of fewer may be chance
_FEW_PAIRS = 3  # the same if headers and events are known words, and no pair contradicts
_FIRST = 0.6  # minimum share of clients whose history starts with the same event
_TOGETHER = 0.25  # minimum share of the clients with an event who have another one too
_ONCE = 0.8  # minimum share of different events of a client
_MOST_ROWS = 20  # rows per key; with more, the key is a group, not a client
_MOST_NAMED = 200  # the same if the header names the number of a person
_CLIENTS = 5  # minimum number of keys; fewer may be chance
_NO_KEYS = ("owner", "source", "value", "stage_header", "event_header", "attribute", *groups("things"))
_MANY_KEYS = 10  # minimum number of different keys if one of them may be a default
_MOSTLY = 0.2  # share of the rows with one key above which it is a default
_KEYS = 2  # columns tried as the key
_LOOKED_AT = 400  # clients compared: shares are known to five points
_ROWS = 1.8  # minimum rows per key if no header names the key


@dataclass(frozen=True)
class EventRows:
    """A log: its columns, its events in order, and the confidence.

    Parameters
    ----------
    client, event, when : the columns.
    way, lost : the kinds of events in the order in which clients have them, and those after which they left.
    clients : the number of clients.
    steady : whether clients have the events in that order, each once, starting with the same one.
    keyed, named : whether headers name the client and the event.
    known : the share of the events whose words are known.
    failed : a column of results in which clients fail, and have later events.
    alone : an event of clients who have no other one, so that nothing shows when it comes.
    """

    client: Evidence
    event: Evidence
    when: Evidence
    way: tuple[str, ...]
    lost: tuple[str, ...]
    clients: int
    steady: bool
    keyed: bool
    named: bool
    known: float
    alone: str = ""
    failed: Evidence | None = None

    @property
    def confidence(self) -> Confidence:
        """The confidence that this is a log of steps."""
        if not self.steady or not self.keyed or self.alone or self.failed:
            return "guess"
        if self.named and self.known >= 0.5:
            return "certain"
        return "likely" if self.known >= 0.7 else "guess"


def find_event_rows(table: Table) -> EventRows | None:
    """Read a table as an event log; None if it is not one.

    Rows that share a key and have the same events once each in the same order are a log in any language.
    """
    when = _when(table)
    if when is None:
        return None
    events = [column for column in table.columns if _could_be_event(column)]
    found = [
        log for key, weight in (_keys(table)[:_KEYS] if events else ())
        for owned in [_owned(table, key, when)] for column in events
        if column is not key and (log := _read(table, key, weight, column, owned, when))
    ]  # fmt: skip
    return max(found, key=lambda log: (log.keyed, log.steady, log.named, log.known), default=None)


def _could_be_event(column: Evidence) -> bool:
    few = column.kind == "choices" and column.fill >= 0.9 and 2 <= len(column.counts) <= FEW
    return few and (
        column.has_word("event_header") or not column.has_word("source", "owner", *groups("things"))
    )


def _keys(table: Table) -> list[tuple[Evidence, float]]:
    """List the columns that may name a client in several rows, those with known headers first."""
    ranked = []
    for column in table.columns:
        if column.kind in ("dates", "marks", "empty", "text") or column.fill < 0.95:
            continue
        distinct = table.distinct[column.number]
        weight = header_weight(column.header)
        if first_concept(groups("things"), column.header) and has_word("id", column.header):
            weight = max(weight, 1.2)  # a project or a policy, by its number
        rows = 1 / distinct if distinct else 0.0
        most = _MOST_NAMED if weight >= 2.6 else _MOST_ROWS
        if not (REPEATS if weight >= 1 else _ROWS) <= rows <= most:
            continue
        if (weight < 1 and column.has_word(*_NO_KEYS)) or _is_mostly_one(column):
            continue
        ranked.append((weight, -column.number, column))
    ranked.sort(key=lambda entry: entry[:2], reverse=True)
    named = any(weight >= OF_SOMEBODY for weight, *_ in ranked)  # a user comes before the user's sessions
    return [(column, weight) for weight, _, column in ranked if weight >= OF_SOMEBODY or not named]


def _is_mostly_one(column: Evidence) -> bool:
    """Return True if one of many values is in many rows, so that it is a default and not a client."""
    most = column.counts.most_common(1)
    return len(column.counts) >= _MANY_KEYS and most[0][1] > _MOSTLY * column.filled.sum()


def _when(table: Table) -> Evidence | None:
    """Return the column of times: a date in every row, the one that differs most within clients."""
    full = [c for c in table.columns if c.kind == "dates" and c.fill >= 0.95]
    return max(full, key=lambda c: (table.distinct[c.number], c.number)) if full else None


def _read(
    table: Table, key: Evidence, weight: float, event: Evidence, owned: _Owned, when: Evidence
) -> EventRows | None:
    """Return the log of one key and one column of events."""
    spelled = {_key_of(value): value for value in reversed(event.counts) if value}
    values = list(reversed(spelled.values()))
    named = event.has_word("event_header", "stage_header")
    known = sum(is_known(value) for value in values) / len(values)
    keyed = weight >= 1
    sure = (
        not key.has_word("deals") or key.has_word("people", "id") or event.has_word("event_header")
    )  # or applications
    if keyed and not named and known < 0.7:
        return None  # such as the plans that a member had
    rows = _histories(table, event, owned, spelled)
    enough = _CLIENTS if not (keyed and named and known >= 0.5) else 2  # known words need fewer rows
    if len(rows) < enough or sum(map(len, rows)) < REPEATS * len(rows):
        return None
    lost = [value for value in values if is_lost(value)]
    way, part, pairs = _in_order(rows, [value for value in values if value not in lost])
    if len(way) < 2:
        return None
    once = float(np.mean([len(set(names)) / len(names) for names in rows]))
    first = Counter(names[0] for names in rows).most_common(1)[0][1] / len(rows)
    by_name = keyed and named and known >= 0.7 and (_ranks_rise(way) or (part == 1 and pairs >= _FEW_PAIRS))
    proven = pairs >= _PAIRS or by_name
    steady = sure and part >= _OFTEN and proven and once > _ONCE and first >= _FIRST
    by_words = keyed and (named or known >= 0.7) and any(rank_of(value) is not None for value in way)
    if not by_words and not (steady and first > _ONCE and part >= 0.9):
        return None
    failed = next((column for column in table.columns if _go_on(table, column, owned)), None)
    alone = next((value for value in way if _comes_alone(value, rows)), "")
    return EventRows(
        key, event, when, tuple(way), tuple(lost), owned.clients, steady, keyed, named, known, alone, failed
    )


def _comes_alone(value: str, rows: Sequence[Sequence[str]]) -> bool:
    """Return True if clients with an event have no other one, so that nothing shows its place."""
    holders = [set(names) for names in rows if value in names]
    return len(holders) >= _CLIENTS and sum(len(names) > 1 for names in holders) < _TOGETHER * len(holders)


def _go_on(table: Table, column: Evidence, owned: _Owned) -> bool:
    """Return True if clients who failed an event, by a column of results, have later events."""
    if column.kind not in ("choices", "marks") or not column.has_word("result_header"):
        return False
    results = table.values(column.number)
    fails = [(owner, at) for at, (owner, row) in enumerate(owned.rows) if is_failed(str(results[row]))]
    last = {owner: at for at, (owner, _) in enumerate(owned.rows)}
    on = sum(last[owner] > at for owner, at in fails)
    return on >= _CLIENTS and on > _TOGETHER * len(fails)


def _ranks_rise(way: Sequence[str]) -> bool:
    """Return True if the words of all events are known, and rank in the observed order."""
    ranks = [rank_of(value) for value in way]
    return all(rank is not None for rank in ranks) and all(
        a <= b for a, b in pairwise(rank or 0.0 for rank in ranks)
    )


@dataclass(frozen=True)
class _Owned:
    """The rows of some keys by time (the key and the row of each), and the number of all keys."""

    rows: tuple[tuple[str, int], ...]
    clients: int


def _owned(table: Table, key: Evidence, when: Evidence) -> _Owned:
    """Collect the dated rows of the first keys, each by day, time, and its place in the sheet."""
    owners = [plain(str(owner)) if owner not in (None, "") else "" for owner in table.values(key.number)]
    first = list(dict.fromkeys(filter(None, owners)))
    wanted = set(first[:_LOOKED_AT])
    at = [row for row, owner in enumerate(owners) if owner in wanted]
    times = table.values(when.number)
    days = look_at(when.number, when.header, [times[row] for row in at]).days
    seen = days[~np.isnan(days)]
    falling = -1 if len(seen) > 1 and (np.diff(seen) < 0).sum() > (np.diff(seen) > 0).sum() else 1
    made = [
        (float(day), _clock(times[row]), falling * row, row)
        for row, day in zip(at, days, strict=True) if not np.isnan(day)
    ]  # fmt: skip
    return _Owned(tuple((owners[row], row) for *_, row in sorted(made)), len(first))


def _key_of(value: str) -> str:
    """Return a text without case, spaces and punctuation: "ProductPage" and "product page" are one event."""
    return plain(value).replace(" ", "")


def _histories(table: Table, event: Evidence, owned: _Owned, spelled: Mapping[str, str]) -> list[list[str]]:
    """List the events of each client in the order of their times, each as first spelled."""
    kinds = table.values(event.number)
    histories: dict[str, list[str]] = defaultdict(list)
    for owner, row in owned.rows:
        if text := " ".join(str(kinds[row] or "").split()):
            histories[owner].append(spelled.get(_key_of(text), text))
    return list(histories.values())


def _clock(value: Value) -> str:
    """Return the time of day as a text that sorts; empty for a date without a time."""
    if isinstance(value, dt.datetime):
        return value.time().isoformat()
    found = re.search(r"\d{1,2}:\d{2}(:\d{2})?", value) if isinstance(value, str) else None
    return found[0].zfill(8 if found[1] else 5) if found else ""


def _in_order(rows: Sequence[Sequence[str]], values: Sequence[str]) -> tuple[list[str], float, int]:
    """Return the events, earliest first, the share of pairs in that order, and the number of pairs."""
    places: dict[str, list[float]] = defaultdict(list)
    for names in rows:
        once = [name for name in dict.fromkeys(names) if name in values]
        for at, name in enumerate(once):
            places[name].append(at)
    seen = [value for value in values if value in places]
    way = sorted(seen, key=lambda value: (float(np.mean(places[value])), rank_of(value) or 0.0))
    number = {value: at for at, value in enumerate(way)}
    pairs = [
        number[a] < number[b]
        for names in rows
        for once in [[name for name in dict.fromkeys(names) if name in number]]
        for a, b in pairwise(once)
    ]
    return way, float(np.mean(pairs)) if pairs else 0.0, len(pairs)
