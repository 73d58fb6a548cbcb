"""The questions on stages, results of rounds and events, with their likely answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from funnel.clients.reading import ANOTHER, Question
from funnel.grid import column_letter
from funnel.reading.candidates import Candidate, close_date, steps_of, tell_the_same
from funnel.reading.columns.paying import is_won
from funnel.reading.columns.stage_column import StageColumn
from funnel.reading.tables.relations import everywhere, overlap, share
from funnel.reading.tables.twins import related
from funnel.reading.words.concepts import groups, has_word, plain
from funnel.reading.words.stage_words import is_lost, rank_of, temperature_of
from funnel.reading.words.thresholds import BESIDE, ENOUGH, FEW, NEARLY_ALL, OF_SOMEBODY
from funnel.text import listed

_OFTEN = 2  # minimum rows per number if the numbers may be codes of stages
_BEGUN = 2.0  # the position of the first stage that is not a beginning
_FEW_ROWS = 6  # rows; with fewer, the values of a column may be anything
_MANY = 100  # rows; with fewer, a stage may be missing because nobody is in it now
_FEW_LOST = 3  # minimum lost clients with the date of a step; fewer may be typos
_SELDOM = 0.7  # distinct deals per row; below it, the question about the client asks
_DEALS = ("deal", "opp", "trattativa", "oportunidad", "oportunidade", "affaire", "сделка")
NO_CLIENTS = "no: there are no clients here"
"""The answer that refuses a sheet."""
TURNED = "yes: turn them"
STRAIGHT = "no: rows are clients"
"""The answers by which clients are in columns, or in rows."""


def in_order(about: str, question: str, items: Sequence[str], likely: bool = True) -> Question:
    """Return a question whose answer is an order of some items."""
    order_question = Question.of(
        about, question,
        {
            "as listed": f"In this order: {' → '.join(items)}.",
            ANOTHER: "In another order.",
        },
    )  # fmt: skip
    return replace(order_question, items=tuple(items), likely=likely)


def about_stages(candidate: Candidate) -> Iterator[Question]:
    """Ask which column shows the stages, what its values mean, and their order."""
    stages = candidate.stages
    if stages is None or not candidate.staged:
        return
    letter = column_letter(stages.column.number)
    beside = steps_of(candidate.facts)
    named = [step.header for step in beside.steps if step.words] if beside else []
    closing = close_date(candidate)
    sparse = [
        column.header for column in candidate.facts.dates.events
        if column not in (closing, candidate.leaving.date) and not everywhere(column)
    ]  # fmt: skip
    if beside is None or not tell_the_same(beside.steps, stages):
        named = named if len(named) >= len(sparse) else sparse
    if len(named) >= 2 and stages.result is None:
        yield Question.of(
            letter, f"What shows how far a client got: {stages.column.header!r}, or other columns?",
            {"stage": _way_of(stages), "the columns": f"The columns {listed(map(repr, named))}."},
        )  # fmt: skip
    for column in candidate.facts.table.columns:
        codes = {number for number in column.numbers.tolist() if number == number}
        other = column.number != stages.column.number
        headed = other and column.has_word("stage_header") and not column.has_word("value")
        often = column.filled.sum() >= _OFTEN * len(codes)
        if column.kind == "numbers" and headed and often and 3 <= len(codes) <= FEW:
            yield Question.of(
                column_letter(column.number),
                f"{column.header!r} holds {len(codes)} different numbers. Are they the stages, instead of "
                f"the words in {stages.column.header!r}?",
                {"ignore": f"No: {stages.column.header!r} holds them.", "stage": "Yes: the numbers are."},
            )  # fmt: skip
    if rival := _rival(candidate, stages):
        second = f"column {column_letter(rival.column.number)}"
        yield Question.of(
            letter,
            f"Which shows how far a client got: {stages.column.header!r} or {rival.column.header!r}?",
            {"stage": _way_of(stages), second: _way_of(rival)},
        )  # fmt: skip
    yield from _dated_too_early(candidate, stages)
    yield from _about_values(stages, letter)


def _about_values(stages: StageColumn, letter: str) -> Iterator[Question]:
    """Ask what the values of a stage column mean, and their order."""
    if (doubt := _no_way(stages)) is not None:
        yield Question.of(
            letter, doubt,
            {
                "stage": f"Yes: clients go through {listed(map(repr, stages.way), most=12)}.",
                "ignore": "No: it shows something else.",
            },
        )  # fmt: skip
    if len(stages.way) > 1 and (stages.order_from == "unknown" or stages.doubt):
        doubt = f"{_capital(stages.doubt)}."
        text = f"In which order do clients go through the stages of {stages.column.header!r}? {doubt}"
        yield in_order("order", text, stages.way, likely=stages.order_from != "unknown")
    for value in stages.parked[:3] if stages.order_from != "preset" else ():
        yield Question.of(
            letter, f"Is {value!r} a stage on the way, or have its clients left?",
            {
                f"{value}: on the way": "On the way: these clients have not left.",
                f"{value}: left": "They have left.",
            },
        )  # fmt: skip
    for value in stages.unplaced[:2]:
        first = stages.way[0] if stages.way else "new"
        yield Question.of(
            letter, f"What are clients with {value!r} in {stages.column.header!r}?",
            {
                f"{value}: no stage, count as {first}": f"At the beginning: count them as {first!r}.",
                f"{value}: left": "They have left.",
            },
        )  # fmt: skip
    for value in (_unanswered(stages) + _perhaps_first(stages))[:1]:
        yield Question.of(
            letter, f"Have the clients in {value!r} left?",
            {f"{value}: left": "Yes.", f"{value}: on the way": "No: they are still on the way."},
        )  # fmt: skip


def about_few_rows(candidate: Candidate) -> Iterator[Question]:
    """Ask about the stages of a handful of rows, which may be anything, if nothing else is asked."""
    stages = candidate.stages
    if stages is None or not candidate.staged or stages.order_from == "preset":
        return
    if (rows := len(stages.column)) < _FEW_ROWS:
        header = stages.column.header
        yield Question.of(
            column_letter(stages.column.number),
            f"There are only {rows} rows. Does {header!r} show how far a client got?",
            {"stage": f"Yes: {_way_of(stages)}", "ignore": "No: it shows something else."},
        )  # fmt: skip


def _way_of(stages: StageColumn) -> str:
    return f"The column {stages.column.header!r} ({listed(map(repr, stages.way))})."


def _no_way(stages: StageColumn) -> str | None:
    """Return what to ask if the values of a column may be no stages; None if they are."""
    header = stages.column.header
    closed = len(stages.column) >= _MANY and stages.column.has_word("deals")  # an export of what was decided
    decided = (stages.column.has_word("result_header") or closed) and is_won(stages.way[0]) and stages.lost
    if (len(stages.way) == 1 and not decided) or (len(stages.way) == 2 and _is_yes_or_no(stages.way)):
        return f"{header!r} shows only {listed(map(repr, stages.way))}. Is that how far a client got?"
    begins = any((rank_of(value) or 0.0) < _BEGUN for value in stages.way)
    if len(stages.way) == 2 and not begins and len(stages.column) < _MANY and not decided:
        return f"{header!r} shows only {listed(map(repr, stages.way))}. Are these all stages of the way?"
    steps = [value for value in stages.way if temperature_of(value) is None]
    known = [value for value in steps if rank_of(value) is not None]
    listed_so = stages.order_from in ("numbers", "dropdown", "preset") and steps
    if stages.confidence == "guess" or (len(known) < 2 <= len(stages.way) and not listed_so):
        return f"Does {header!r} show how far a client got?"
    return None


def _unanswered(stages: StageColumn) -> list[str]:
    """Return the lost stages of clients who do not reply, if most lost clients are in them."""
    silent = [value for value in stages.lost if has_word("no_answer", value)]
    lost, counts = int(stages.lost_rows().sum()), stages.column.counts
    return silent if 3 * sum(counts.get(value, 0) for value in silent) > 2 * lost else []


def _perhaps_first(stages: StageColumn) -> list[str]:
    """Return the lost stage "Unqualified" if it may be where clients begin: no other stage is."""
    begins = any((rank_of(value) or 0.0) < _BEGUN for value in stages.way)
    return (
        [v for v in stages.lost if has_word("unqualified", v)] if len(stages.lost) == 1 and not begins else []
    )


def _is_yes_or_no(way: Sequence[str]) -> bool:
    """Return True if one of two values is the negation of the other: perhaps not a stage."""
    first, second = (set(plain(value).split()) for value in way)
    return bool(first & second) and (first < second or second < first)


def _rival(candidate: Candidate, stages: StageColumn) -> StageColumn | None:
    """Return another column with a way of its own; none beside a known system's list up to a sale."""
    known = stages.order_from == "preset" and any(is_won(value) for value in stages.way)
    if known or stages.result is not None:
        return None
    rows = stages.lost_rows()
    for other in candidate.facts.stages:
        middle = [value for value in other.way if 1 <= (rank_of(value) or 0) < 9]
        shows = middle or other.order_from == "numbers"
        whole = other is not stages and other.confidence == "certain" and len(other.way) >= 3 and shows
        apart = overlap(other.column.filled, rows) < BESIDE and set(other.way) != set(stages.way)
        if whole and apart and not _repeats(other, stages):
            return other
    return None


def _repeats(other: StageColumn, stages: StageColumn) -> bool:
    """Return True if a column repeats the stage of all who are on the way: the last one before the end."""
    on_the_way = {value for value in stages.way if value in other.way and not is_won(value)}
    pairs = [
        pair for pair in zip(stages.column.texts, other.column.texts, strict=True) if pair[0] in on_the_way
    ]
    return len(pairs) >= ENOUGH and sum(a == b for a, b in pairs) >= NEARLY_ALL * len(pairs)


def _dated_too_early(candidate: Candidate, stages: StageColumn) -> Iterator[Question]:
    """Ask about a date named as a stage that clients in earlier stages have as well."""
    places = {plain(value): at for at, value in enumerate(stages.way)}
    held = [value for value in stages.way if value in stages.column.counts]
    at_stage = np.array([places.get(plain(text), -1) for text in stages.column.texts])
    for column in candidate.facts.dates.events:
        value = next((value for value in held if related(value, column.header)), None)
        ends = column is candidate.leaving.date or has_word("close", column.header) or everywhere(column)
        if value is None or ends:
            continue
        early = column.filled & (at_stage >= 0) & (at_stage < places[plain(value)])
        if early.sum() >= _FEW_LOST and share(early, column.filled) > 1 - NEARLY_ALL:
            yield Question.of(
                column_letter(column.number),
                f"Is {column.header!r} the day of {value!r}? {int(early.sum())} clients in an earlier stage "
                "have a date there.",
                {"ignore": "No: the stage shows how far they got.", "step": "Yes: count the date."},
            )  # fmt: skip
            return


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:] if text else "Nothing shows it"


def about_results(candidate: Candidate) -> Iterator[Question]:
    """Ask whether a result means that a round was passed or that the client has left."""
    if not candidate.results:
        yield from _about_decided(candidate)
        return
    result = candidate.results[0]
    passed, header = result.passed[0], result.column.header
    failed = next(value for other in candidate.results for value in other.failed)
    yield Question.of(
        column_letter(result.column.number),
        f"Does {passed!r} in {header!r} mean that the client passed this step, and {failed!r} that the "
        "client left?",
        {"yes": "Yes.", "no": "No: only the dates show how far a client got."},
    )  # fmt: skip


def _about_decided(candidate: Candidate) -> Iterator[Question]:
    """Ask about a date that lost clients have too: the day of the decision, or a failed step."""
    stages = candidate.stages
    for at, step in enumerate(candidate.steps, 1):
        date = step.main
        if date.kind != "dates":
            continue
        letter = column_letter(date.number)
        lost = stages is not None and bool((stages.lost_rows() & date.filled).any())
        last = at == len(candidate.steps)
        if lost and last and has_word("close", date.header) and not has_word("paid", date.header):
            yield Question.of(
                letter, f"What is the date in {date.header!r}? Lost clients have one too.",
                {"step": "A step.", "close_date": "The day on which a client was won or lost."},
            )  # fmt: skip
            return
        for column in candidate.facts.table.columns:
            if column.kind != "choices" or not related(column.header, date.header):
                continue
            held = zip(column.texts, date.filled, strict=True)
            out = Counter(text for text, there in held if there and is_lost(text))
            if out.total() >= _FEW_LOST:
                value = out.most_common(1)[0][0]
                yield Question.of(
                    letter,
                    f"Does a date in {date.header!r} show that a client took this step? {column.header!r} is "
                    f"{value!r} in {out[value]} of these rows.",
                    {"step": "Yes: it is a step for all who have a date.", "ignore": "No."},
                )  # fmt: skip
                return


def about_events(candidate: Candidate) -> Iterator[Question]:
    """Ask whether rows are events, if the log is a guess or not the chosen reading."""
    events = candidate.facts.events
    sure = candidate.events is events and events is not None and events.confidence != "guess"
    if events is None or (sure and not _are_movements(events.way)):
        return
    identity = candidate.facts.identity
    named = identity.weight if identity else 0.0
    company = events.client.has_word("deals") and not events.client.has_word("people")  # with several deals
    seldom = candidate.facts.table.distinct[events.client.number] >= _SELDOM
    history = seldom and plain(events.client.header).startswith(_DEALS)  # a deal has few changes
    company = company and not history
    if candidate.events is None and not events.steady and (named >= OF_SOMEBODY or company):
        return
    order = f" Nothing shows when {events.alone!r} comes." if events.alone else ""
    if events.failed is not None:
        order = f" Clients who failed by {events.failed.header!r} have later events."
    order = order if events.steady else " They do not come in one order."
    yield Question.of(
        column_letter(events.event.number),
        f"Is each row an event, so that one client has several rows?{order}",
        {
            "events": f"Yes: {events.client.header!r} is the client ({events.clients} of them), and "
            f"{events.event.header!r} is what happened.",
            "no": "No: each row is a client.",
        },
        "events" if candidate.events else "no",
    )  # fmt: skip


def _are_movements(way: Sequence[str]) -> bool:
    """Return True if the events happen to existing clients ("New", "Expansion", "Renewal")."""
    ranks = [rank for value in way if (rank := rank_of(value)) is not None]
    after = len(groups("stages")) - 1.5
    later = sum(rank >= after for rank in ranks)
    return later >= 2 and 2 * later >= len(ranks)
