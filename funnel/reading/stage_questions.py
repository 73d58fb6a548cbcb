"""What has to be asked about stages, results of rounds and events: each doubt, with its likely answers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from funnel.clients.reading import Question
from funnel.grid import column_letter
from funnel.reading.candidates import Candidate, close_date, steps_of, tell_the_same
from funnel.reading.columns.identity import header_weight
from funnel.reading.columns.paying import is_won
from funnel.reading.columns.stage_column import StageColumn
from funnel.reading.tables.relations import everywhere, overlap
from funnel.reading.words.concepts import plain, says
from funnel.reading.words.stage_words import rank_of, temperature_of
from funnel.reading.words.thresholds import BESIDE, FEW, OF_SOMEBODY
from funnel.text import listed


def about_stages(candidate: Candidate) -> Iterator[Question]:
    """Ask which column shows the stages, what its values mean and in which order they come."""
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
    if len(named) >= 2:
        yield Question(
            letter,
            f"What shows how far a client got: {stages.column.header!r}, or the columns "
            f"{listed(map(repr, named))}?",
            ("stage", "the columns"), "stage",
        )  # fmt: skip
    for column in candidate.facts.table.columns:
        codes = {number for number in column.numbers.tolist() if number == number}
        headed = column.says("stage_header") and not column.says("value")
        if column.kind == "numbers" and headed and 3 <= len(codes) <= FEW:
            yield Question(
                column_letter(column.number),
                f"{column.header!r} holds {len(codes)} different numbers. Are they the stages instead of "
                f"{stages.column.header!r}?", ("no", "yes"), "no",
            )  # fmt: skip
    if rival := _rival(candidate, stages):
        yield Question(
            letter,
            f"What shows how far a client got: {stages.column.header!r}, or {rival.column.header!r} "
            f"({listed(map(repr, rival.way))})?",
            ("stage", "the other column"), "stage",
        )  # fmt: skip
    yield from _about_values(stages, letter)


def _about_values(stages: StageColumn, letter: str) -> Iterator[Question]:
    """Ask what the values of a stage column mean, and in which order they come."""
    way = listed(map(repr, stages.way), most=12)
    if stages.confidence == "guess":
        yield Question(
            letter,
            f"Does {stages.column.header!r} say where each client is ({way})?",
            ("stage", "ignore"),
            "stage",
        )
    if stages.order_from == "unknown" or stages.doubt:
        yield Question(
            "order", f"In which order do clients go through {way}? {_capital(stages.doubt)}.",
            ("as listed", "another order"), "as listed",
        )  # fmt: skip
    for value in stages.parked[:3] if stages.order_from != "preset" else ():
        yield Question(
            letter, f"Is {value!r} a stage on the way, or have its clients left?",
            (f"{value}: on the way", f"{value}: left"), f"{value}: on the way",
        )  # fmt: skip
    for value in stages.unplaced[:2]:
        begins = f"{value}: no stage, count as {stages.way[0] if stages.way else 'new'}"
        yield Question(
            letter, f"Is {value!r} no stage, so that its clients count as new, or have they left?",
            (begins, f"{value}: left"), begins,
        )  # fmt: skip
    for value in _unanswered(stages)[:1]:
        yield Question(
            letter, f"Have the clients in {value!r} left, or are they still on the way?",
            (f"{value}: left", f"{value}: on the way"), f"{value}: left",
        )  # fmt: skip
    decided = stages.column.says("result_header") and is_won(stages.way[0]) and stages.lost
    if (len(stages.way) == 1 and not decided) or (len(stages.way) == 2 and _is_yes_or_no(stages.way)):
        yield Question(
            letter,
            f"{stages.column.header!r} shows no more than {listed(map(repr, stages.way))}. Is this all?",
            ("yes", "no"), "yes",
        )  # fmt: skip
    steps = [value for value in stages.way if temperature_of(value) is None]
    known = [value for value in steps if rank_of(value) is not None]
    listed_so = stages.order_from in ("numbers", "dropdown") and steps
    if len(known) < 2 <= len(stages.way) and not listed_so:
        yield Question(
            letter, f"Are the values of {stages.column.header!r} stages that clients go through?",
            ("stage", "ignore"), "stage",
        )  # fmt: skip


def _unanswered(stages: StageColumn) -> list[str]:
    """Return the lost stages of who does not answer, if they make most of who is lost: perhaps still open."""
    silent = [value for value in stages.lost if says("no_answer", value)]
    lost, counts = int(stages.lost_rows().sum()), stages.column.counts
    return silent if 3 * sum(counts.get(value, 0) for value in silent) > 2 * lost else []


def _is_yes_or_no(way: Sequence[str]) -> bool:
    """Return True if one of two values is the other with a no: a state of something, perhaps no stage."""
    first, second = (set(plain(value).split()) for value in way)
    return bool(first & second) and (first < second or second < first)


def _rival(candidate: Candidate, stages: StageColumn) -> StageColumn | None:
    """Return another column with a way of its own; none beside the complete list of a known system."""
    if stages.order_from == "preset":
        return None
    rows = stages.lost_rows()
    for other in candidate.facts.stages:
        middle = [value for value in other.way if 1 <= (rank_of(value) or 0) < 9]
        whole = other is not stages and other.confidence == "certain" and len(other.way) >= 3 and middle
        if whole and overlap(other.column.filled, rows) < BESIDE and set(other.way) != set(stages.way):
            return other
    return None


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:] if text else "Nothing shows it"


def about_results(candidate: Candidate) -> Iterator[Question]:
    """Ask whether a result means that a round was passed or that the client has left."""
    if not candidate.results:
        return
    result = candidate.results[0]
    passed = result.passed[0]
    failed = next(value for other in candidate.results for value in other.failed)
    yield Question(
        column_letter(result.column.number),
        f"Does {passed!r} in {result.column.header!r} mean that the step was passed, and {failed!r} that the "
        "client has left? Does the date of a round say that it was held?",
        ("yes", "no"), "yes",
    )  # fmt: skip


def about_events(candidate: Candidate) -> Iterator[Question]:
    """Ask whether rows are events, if the log is a guess or not the reading that was chosen."""
    events = candidate.facts.events
    if events is None or (candidate.events is events and events.confidence != "guess"):
        return
    identity = candidate.facts.identity
    named = header_weight(identity.columns[0].header) if identity else 0.0
    company = events.client.says("deals") and not events.client.says("people")  # with several deals
    if candidate.events is None and not events.steady and (named >= OF_SOMEBODY or company):
        return
    order = "" if events.steady else " They do not come in one order."
    yield Question(
        column_letter(events.event.number),
        f"Is each row something that happened to {events.client.header!r} ({events.clients} of them), "
        f"with {events.event.header!r} as what it was?{order}",
        ("events", "no"), "events" if candidate.events else "no",
    )  # fmt: skip
