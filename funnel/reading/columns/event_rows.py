"""Event logs: a row for each thing that happened, each client many times."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from funnel.clients.reading import Confidence
from funnel.reading.columns.identity import header_weight
from funnel.reading.tables.evidence import Evidence, look_at
from funnel.reading.tables.table import Table
from funnel.reading.words.concepts import any_says, groups, plain, says
from funnel.reading.words.stage_words import is_known, is_lost, rank_of
from funnel.reading.words.thresholds import FEW, REPEATS, SAMPLE

_OFTEN = 0.85  # rows in which events come in the order of the others
_MOST_ROWS = 20  # rows for each client from which on the key is a group, not a client


@dataclass(frozen=True)
class EventRows:
    """A log: its columns, its events in order, and how sure that is.

    Parameters
    ----------
    client, event, when : the columns.
    way, lost : the kinds of events in the order in which clients have them, and those after which they left.
    clients : how many there are.
    steady : whether clients have the events in that order.
    """

    client: Evidence
    event: Evidence
    when: Evidence
    way: tuple[str, ...]
    lost: tuple[str, ...]
    clients: int
    steady: bool
    named: bool
    known: float

    @property
    def confidence(self) -> Confidence:
        """How sure it is that this is a log of steps."""
        if not self.steady:
            return "guess"
        if self.named and self.known >= 0.5:
            return "certain"
        return "likely" if self.named or self.known >= 0.7 else "guess"


def find_event_rows(table: Table) -> EventRows | None:
    """Read a table as an event log; None where it is none."""
    key, when = _key(table), _when(table)
    if key is None or when is None:
        return None
    best: EventRows | None = None
    for column in table.columns:
        if column.kind != "choices" or column in (key, when) or column.fill < 0.9:
            continue
        if (
            not 2 <= len(column.counts) <= FEW
            or says("source", column.header)
            or says("owner", column.header)
        ):
            continue
        found = _read(table, key, column, when)
        if found and (best is None or (found.named, found.known) > (best.named, best.known)):
            best = found
    return best


def _key(table: Table) -> Evidence | None:
    """The column that names the client of each row, several times each."""
    ranked = []
    for column in table.columns:
        if column.kind in ("dates", "marks", "empty", "text") or column.fill < 0.95:
            continue
        distinct = table.distinct[column.number]
        weight = header_weight(column.header)
        if any_says(groups("things"), column.header) and says("id", column.header):
            weight = max(weight, 1.2)  # a project or a policy that goes its way, by its number
        if weight < 1 or not 1 / _MOST_ROWS <= distinct <= 1 / REPEATS:
            continue
        ranked.append((weight, -column.number, column))
    return max(ranked, key=lambda entry: entry[:2])[2] if ranked else None


def _when(table: Table) -> Evidence | None:
    """The time of each event: a date in every row; the one that differs most within clients."""
    full = [c for c in table.columns if c.kind == "dates" and c.fill >= 0.95]
    return max(full, key=lambda c: (table.distinct[c.number], c.number)) if full else None


def _read(table: Table, key: Evidence, event: Evidence, when: Evidence) -> EventRows | None:
    """The log of one column of events."""
    values = [value for value in event.counts if value]
    named = says("event_header", event.header) or says("stage_header", event.header)
    known = sum(is_known(value) for value in values) / len(values)
    if not named and known < 0.7:
        return None
    rows = _histories(table, key, event, when)
    clients = len(rows)
    if not clients or sum(map(len, rows)) < REPEATS * clients:
        return None
    lost = [value for value in values if is_lost(value)]
    way, steady = _in_order(rows, [value for value in values if value not in lost])
    if len(way) < 2 or not any(rank_of(value) is not None for value in way):
        return None
    repeated = np.mean([len(set(names)) / len(names) for names in rows])
    return EventRows(
        key, event, when, tuple(way), tuple(lost), clients, steady and bool(repeated > 0.8), named, known
    )


def _histories(table: Table, key: Evidence, event: Evidence, when: Evidence) -> list[list[str]]:
    """The events of each client in the order of their times, as first spelled."""
    owners = [plain(str(owner)) if owner not in (None, "") else "" for owner in table.values(key.number)]
    first = list(dict.fromkeys(filter(None, owners)))
    wanted = set(first[:SAMPLE])
    at = [row for row, owner in enumerate(owners) if owner in wanted]
    kinds, times = table.values(event.number), table.values(when.number)
    days = look_at(when.number, when.header, [times[row] for row in at]).days
    clock = [str(times[row]) for row in at]
    spelled: dict[str, str] = {}
    histories: dict[str, list[tuple[float, str, str]]] = defaultdict(list)
    for place, row in enumerate(at):
        text = " ".join(str(kinds[row] or "").split())
        if text and not np.isnan(days[place]):
            name = spelled.setdefault(plain(text), text)
            histories[owners[row]].append((float(days[place]), clock[place], name))
    return [[name for _, _, name in sorted(history)] for history in histories.values()]


def _in_order(rows: Sequence[Sequence[str]], values: Sequence[str]) -> tuple[list[str], bool]:
    """The events by how early clients have them, and whether most clients have them in that order."""
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
    return way, bool(pairs) and float(np.mean(pairs)) >= _OFTEN
