"""Problems of an event log: events that are skipped, and events that set no stage."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from funnel.cells.columns import read_text
from funnel.cells.numbers import Amounts
from funnel.cells.times import Times
from funnel.clients import Clients, Problem
from funnel.events.event_log import EventLog
from funnel.events.event_owner import AMBIGUOUS, BLANK, UNKNOWN, Owners
from funnel.grid import column_letter
from funnel.journey.events import targets
from funnel.journey.model import Journey
from funnel.journey.rules import ANY_EVENT
from funnel.text import count, fold, listed, nearest

if TYPE_CHECKING:
    from numpy.typing import NDArray

Integers: TypeAlias = "NDArray[np.int64]"

_MAX_PROBLEMS = 20  # of one kind; more are only counted


def event_problems(
    clients: Clients,
    log: EventLog,
    owners: Owners,
    times: Times,
    kept: Integers,
    codes: Integers,
    names: Sequence[str],
) -> list[Problem]:
    """Return the problems of an event log, by kind.

    Parameters
    ----------
    kept : positions of the events that are used.
    codes, names : the name of each event, -1 if blank.
    """
    return [
        *_blank_clients(log, owners, codes),
        *_unmatched_clients(log, owners),
        *_blank_events(log, owners, codes),
        *_bad_times(log, owners, times, codes),
        *_mixed_zones(log, times, kept, _zone(clients.journey)),
        *_missing_events(clients.journey, names, log.place),
    ]


def _zone(journey: Journey) -> str:
    return (journey.events.zone if journey.events else None) or journey.timezone


def why_not_used(
    clients: Clients, log: EventLog, owners: Owners, codes: Integers, names: Sequence[str]
) -> str:
    """Return a sentence if most events match no client, so that stages are unknown; "" otherwise."""
    events = int((codes >= 0).sum())
    matched = int(((owners.positions >= 0) & (codes >= 0)).sum())
    if 2 * matched < events:
        cells = log.cells("client") or ()
        at = next((i for i in np.flatnonzero(owners.positions < 0).tolist() if read_text(cells[i])), None)
        example = f" such as {read_text(cells[at])!r}" if at is not None else ""
        return (
            f"{events - matched:,} of {count(events, 'event')} in {log.place} match no client, so the stages "
            f"are not known. The log has clients{example} in column {column_letter(log.columns['client'])}; "
            "write them as in the sheet, or give the sheet a column with the same ids (`columns.id`) or "
            "e-mail addresses (`columns.email`)."
        )
    return "" if _has_sales(clients.journey, log, names) else _unmapped(clients.journey, log, codes, names)


def _has_sales(journey: Journey, log: EventLog, names: Sequence[str]) -> bool:
    """Return True if the log has sales: events named as such, else any amount."""
    assert journey.events is not None
    if journey.events.sales:
        return bool({fold(name) for name in journey.events.sales} & {fold(name) for name in names})
    return any(value not in (None, "") for value in log.cells("amount") or ())


def _unmapped(journey: Journey, log: EventLog, codes: Integers, names: Sequence[str]) -> str:
    """Return a sentence if no event sets a stage, with the lines to add to the journey file; else ""."""
    assert journey.events is not None
    used = set(targets(journey.events, journey.stages, journey.reassign))
    used |= {fold(name) for found in journey.event_counts for name in found.events if name != ANY_EVENT}
    if not names or used & {fold(name) for name in names}:
        return ""
    times = np.bincount(codes[codes >= 0], minlength=len(names))
    most = np.argsort(-times, kind="stable")[:_MAX_PROBLEMS].tolist()
    more = f"\nand {len(names) - len(most):,} more" if len(names) > len(most) else ""
    first = next((stage.name for stage in journey.ordered_stages if not stage.default), "…")
    known, sold = journey.events.advance, _sold(log, codes)
    paid = next((stage.name for stage in journey.ordered_stages if stage.paid), first)
    near = {i: nearest(names[i], list(known)) for i in most}
    to = {i: known[name].stage if (name := near[i]) else paid if i in sold else first for i in most}
    lines = "\n".join(f'{_quoted(names[i])} = "{to[i]}"  # {count(int(times[i]), "time")}' for i in most)
    return (
        f"no event in {log.place} is in the journey, so no event sets a stage. Add these lines to the "
        f"journey file, each with the stage to which it leads:\n[events.advance]\n{lines}{more}"
    )


def _sold(log: EventLog, codes: Integers) -> set[int]:
    """Return the events of which at least half have an amount: they are sales."""
    cells = log.cells("amount") or [None] * len(log)
    filled = np.array([value not in (None, "") for value in cells], dtype=bool)
    return {int(i) for i in np.unique(codes[codes >= 0]) if filled[codes == i].mean() >= 0.5}


def without_meaning(journey: Journey, codes: Integers, names: Sequence[str], place: str) -> Iterator[str]:
    """Yield a note on events that the journey does not name, the most frequent first."""
    assert journey.events is not None
    used = {*targets(journey.events, journey.stages, journey.reassign), *map(fold, journey.events.sales)}
    used |= {fold(name) for found in journey.event_counts for name in found.events if name != ANY_EVENT}
    times = np.bincount(codes[codes >= 0], minlength=len(names))
    order = np.argsort(-times, kind="stable").tolist()
    others = [f"{names[i]!r} ({times[i]:,})" for i in order if times[i] and fold(names[i]) not in used]
    if others:
        n = sum(int(times[i]) for i in order if fold(names[i]) not in used)
        yield (
            f"{place}: {count(n, 'event')} {'sets' if n == 1 else 'set'} no stage, because the journey has "
            f"no event of that name: {listed(others, most=3)}"
        )


def _quoted(name: str) -> str:
    """Return a name as a key of a TOML file."""
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _problems(kind: str, log: EventLog, found: Sequence[tuple[str, str]], rest: str) -> Iterator[Problem]:
    """Yield the first problems of a kind, from (message, way out), and the number of the others."""
    is_file = not log.place.startswith(("tab ", "the "))
    place = log.place if is_file else f"{log.place[:1].upper()}{log.place[1:]}"
    for message, way_out in found[:_MAX_PROBLEMS]:
        separator = "," if message.startswith("row") else ":"
        yield Problem(kind, f"{place}{separator} {message}", way_out=way_out)
    if len(found) > _MAX_PROBLEMS:
        yield Problem(kind, f"{place}: {len(found) - _MAX_PROBLEMS:,} more {rest}.")


def _rows(log: EventLog, offsets: Integers) -> str:
    """Return the first rows of some events, and the number of the others."""
    rows = [str(int(i) + log.first) for i in offsets[:4]]
    more = [f"{len(offsets) - 3:,} more"] if len(offsets) > 4 else rows[3:]
    return f"{'row' if len(offsets) == 1 else 'rows'} {listed([*rows[:3], *more])}"


def _blank_clients(log: EventLog, owners: Owners, codes: Integers) -> Iterator[Problem]:
    """Report events without a client; a row without event or time is not an event."""
    when = log.cells("when") or ()
    found = np.array(
        [i for i in np.flatnonzero(owners.positions == BLANK).tolist()
         if codes[i] >= 0 and when[i] not in (None, "")],
        dtype=np.int64,
    )  # fmt: skip
    if len(found):
        message = f"{_rows(log, found)}: the client is blank; {_skipped(len(found))}."
        yield from _problems("event without client", log, [(message, "Enter the client.")], "")


def _unmatched_clients(log: EventLog, owners: Owners) -> Iterator[Problem]:
    """Report names that match no client, or several."""
    cells = log.cells("client") or ()
    for kind, code in (("unknown client", UNKNOWN), ("ambiguous client", AMBIGUOUS)):
        offsets: dict[str, list[int]] = {}
        for i in np.flatnonzero(owners.positions == code).tolist():
            offsets.setdefault(read_text(cells[i]), []).append(i)
        found: list[tuple[str, str]] = []
        for name, at in offsets.items():
            where, skipped = _rows(log, np.array(at)), _skipped(len(at))
            if code == UNKNOWN:
                near = owners.nearest(name) if len(found) < _MAX_PROBLEMS else None
                hint = f"; did you mean {near!r}?" if near else "."
                message = f"{where}: the sheet has no client {name!r}, so {skipped}{hint}"
                found.append((message, "Add the client to the sheet, or correct the name in the log."))
            else:
                message = f"{where}: {name!r} matches {owners.describe_matches(name)}, so {skipped}."
                found.append((message, "Give clients an id, in the sheet (`columns.id`) and in the log."))
        yield from _problems(kind, log, found, f"{kind}s")


def _blank_events(log: EventLog, owners: Owners, codes: Integers) -> Iterator[Problem]:
    """Report rows with a client and no event."""
    found = np.flatnonzero((owners.positions >= 0) & (codes < 0))
    if len(found):
        message = f"{_rows(log, found)}: the event is blank; {_skipped(len(found))}."
        yield from _problems("event without a name", log, [(message, "Enter the event.")], "")


def _bad_times(log: EventLog, owners: Owners, times: Times, codes: Integers) -> Iterator[Problem]:
    """Report events whose time is blank, unreadable or in a wrong year."""
    cells, matched = log.cells("when") or (), (owners.positions >= 0) & (codes >= 0)
    bad = [i for i in (*times.unreadable, *times.wrong_year) if matched[i]]
    found = [
        (
            f"row {i + log.first}: {read_text(cells[i])!r} is not a time; the event is skipped.",
            "Write it like 2026-11-21 14:30.",
        )
        for i in sorted(set(bad))
    ]
    yield from _problems("unreadable time", log, found, "unreadable times")
    blank = np.isnat(times.at) & matched
    blank[bad] = False
    offsets = np.flatnonzero(blank)
    if len(offsets):
        message = f"{_rows(log, offsets)}: the time is blank; {_skipped(len(offsets))}."
        yield from _problems("unreadable time", log, [(message, "Enter the time.")], "")
    for problem in times.problems:
        yield from _problems(problem.kind, log, [(problem.message, problem.way_out)], "")


def _mixed_zones(log: EventLog, times: Times, kept: Integers, zone: str | None) -> Iterator[Problem]:
    """Report a log that mixes times with and without a zone, with the rows of the rarer kind."""
    zoned = times.zoned[kept]
    if zone or zoned.all() or not zoned.any():
        return
    rare = np.sort(kept[zoned] if 2 * zoned.sum() <= len(kept) else kept[~zoned])
    have, others = ("a zone", "have none") if times.zoned[rare[0]] else ("no zone", "have one")
    message = (
        f"{_rows(log, rare)}: the time has {have}, and other times {others}. Times with a zone are converted "
        "to UTC and the others are not, so their order may be wrong."
    )
    yield from _problems(
        "mixed time zones",
        log,
        [
            (
                message,
                'Write all times with a zone, or none; or set your zone: zone = "Europe/London" in [events].',
            )
        ],
        "",
    )


def amount_problems(
    log: EventLog, amounts: Amounts, foreign: Sequence[int], main: str, kept: Integers
) -> Iterator[Problem]:
    """Report amounts that are not numbers or in another currency, and the first ambiguous one."""
    used = set(kept.tolist())

    def report(kind: str, rows: Sequence[int], what: str, way_out: str, rest: str) -> Iterator[Problem]:
        cells = log.cells("amount") or ()
        found = [(f"row {i + log.first}: the amount {read_text(cells[i])!r} {what}", way_out)
                 for i in sorted(rows) if i in used]  # fmt: skip
        yield from _problems(kind, log, found, rest)

    what, rest = "is not a number; it counts as blank.", "amounts that are not numbers"
    yield from report("not a number", amounts.unreadable, what, "Enter a number.", rest)
    what, rest = f"is not in {main}; it is not added.", "amounts in another currency"
    yield from report("another currency", foreign, what, "Convert it.", rest)
    what = "can be thousands or a decimal; it is read as thousands."
    unclear = [i for i in amounts.ambiguous if i in used][:1]
    yield from report("ambiguous amount", unclear, what, "Enter it with decimals.", "")


def _missing_events(journey: Journey, names: Iterable[str], place: str) -> Iterator[Problem]:
    """Report events of the journey that are not in the log, if a similar one is."""
    assert journey.events is not None
    in_log = {fold(name): name for name in names}
    used = dict.fromkeys(journey.events.advance, "`events.advance`")
    used |= dict.fromkeys(journey.events.sales, "`events.sales`")
    used |= {name: f"the rule {rule}" for rule in journey.event_counts for name in rule.events}
    in_journey = set(map(fold, used))
    for name, user in used.items():
        others = [other for folded, other in in_log.items() if folded not in in_journey]
        near = nearest(name, others, cutoff=0.8)
        if name != ANY_EVENT and fold(name) not in in_log and near:
            yield Problem(
                "event not in the log",
                f"{user} uses the event {name!r}, which is not in {place}; did you mean {near!r}?",
                way_out="Use the log's spelling in the journey file.",
            )


def _skipped(n: int) -> str:
    return "the event is skipped" if n == 1 else f"the {n:,} events are skipped"
