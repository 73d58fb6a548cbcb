"""Make a `Reading` from the chosen candidate: roles, steps and stages, each with confidence and reason."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from funnel.clients.reading import (
    Confidence,
    Question,
    Reading,
    RoleBelief,
    StageBelief,
    StepBelief,
    Unused,
    weakest,
)
from funnel.reading.candidates import Candidate, Facts, close_date
from funnel.reading.columns.identity import header_weight
from funnel.reading.journeys import journey_of
from funnel.reading.questions import paying_of
from funnel.reading.tables.evidence import Evidence
from funnel.reading.words.concepts import has_word, plain
from funnel.reading.words.vocabulary import role_headers
from funnel.text import fold

_DEALS = ("deal", "opp", "application", "trattativ", "oportunid", "negocio", "affaire", "chance", "szansa")
_RECORD = re.compile(r"^(?:Deal|Lead|Person|Organi[sz]ation) - ")
_OF_THE_COMPANY = ("annual revenue", "annualrevenue", "company revenue", "yearly revenue")
_AMOUNTS = frozenset(("amount", "jumlah"))  # of money, or of anything else
_COUNTED = frozenset(  # "calls amount" is how many
    (
        *("call", "calls", "email", "emails", "mail", "mails", "message", "messages", "sms"),
        *("visit", "visits", "session", "sessions", "meeting", "meetings", "day", "days"),
        *("item", "items", "unit", "units", "people", "employees"),
    )
)
_FURTHER = {"source": "source", "coach": "owner", "value": "value", "company": "deals", "id": "id"}


def reading_of(candidate: Candidate, questions: Sequence[Question], source: str) -> Reading:
    """Return the reading for the chosen candidate."""
    facts = candidate.facts
    columns = tuple(_roles(candidate))
    steps = tuple(_steps(candidate))
    stages = tuple(_stages(candidate))
    used = {belief.column for belief in columns} | {c for step in steps for c in step.columns}
    if candidate.stages is not None:
        used.add(candidate.stages.column.number)
        used |= {candidate.stages.result.number} if candidate.stages.result else set()
    confidence: Confidence = "guess" if questions else _confidence(candidate, columns, steps)
    reading = Reading(
        facts.table.tab, facts.table.header.row, candidate.shape, confidence, columns, steps, stages,
        tuple(unused(candidate, used)), (), tuple(questions), transposed=candidate.transposed,
    )  # fmt: skip
    return with_journey(reading, journey_of(reading, candidate, source))


def with_journey(reading: Reading, journey: object) -> Reading:
    """Return a reading with the journey that was made from it."""
    object.__setattr__(reading, "journey", journey)
    return reading


def _confidence(
    candidate: Candidate, columns: Sequence[RoleBelief], steps: Sequence[StepBelief]
) -> Confidence:
    """Return the weakest confidence that affects numbers; never a guess, which would be a question."""
    beliefs: list[Confidence] = [
        belief.confidence for belief in columns
        if belief.role in ("client", "lead_date", "left_date", "left_reason", "stage")
    ]  # fmt: skip
    beliefs += [step.confidence for step in steps]
    if candidate.staged and candidate.stages is not None:
        beliefs.append(candidate.stages.order_confidence)
    if candidate.events is not None:
        beliefs.append(candidate.events.confidence)
    found = weakest(beliefs)
    return "likely" if found == "guess" else found


# --- roles ------------------------------------------------------------------------------------------------


def _roles(candidate: Candidate) -> Iterator[RoleBelief]:
    facts, leaving = candidate.facts, candidate.leaving
    taken: set[int] = {c.number for step in candidate.steps for c in step.columns}
    if candidate.events is not None:
        events = candidate.events
        yield role_belief("client", events.client, events.confidence, "the client of each event")
        yield role_belief("stage", events.event, events.confidence, "the kind of event")
        yield role_belief("when", events.when, events.confidence, "the time of the event")
        yield from _further(facts, taken | {events.client.number, events.event.number, events.when.number})
        return
    if facts.identity is not None:
        for column in facts.identity.columns:
            taken.add(column.number)
            yield role_belief("client", column, facts.identity.confidence, facts.identity.because)
    if facts.dates.lead is not None:
        taken.add(facts.dates.lead.number)
        yield role_belief("lead_date", facts.dates.lead, facts.dates.confidence, facts.dates.because)
    if leaving.date is not None:
        taken.add(leaving.date.number)
        yield role_belief("left_date", leaving.date, leaving.date_confidence, leaving.date_because)
    if leaving.reason is not None and leaving.reason.number not in taken:
        taken.add(leaving.reason.number)
        yield role_belief("left_reason", leaving.reason, leaving.reason_confidence, leaving.reason_because)
    if candidate.stages is not None:
        taken.add(candidate.stages.column.number)
        held = f"{len(candidate.stages.column.counts)} values, each often"
        yield role_belief("stage", candidate.stages.column, candidate.stages.confidence, held)
        if (result := candidate.stages.result) is not None:
            taken.add(result.number)
            yield role_belief("result", result, candidate.stages.confidence, "shows who was won or lost")
        closing = close_date(candidate)
        if closing is not None and closing.number not in taken:
            taken.add(closing.number)
            yield role_belief("close_date", closing, "likely", "filled for lost and won alike: when it ended")
    yield from _further(facts, taken)


def role_belief(role: str, column: Evidence, confidence: Confidence, because: str) -> RoleBelief:
    """Return the belief that a column has a role."""
    return RoleBelief(role, column.number, column.header, confidence, because)


def _further(facts: Facts, taken: set[int]) -> Iterator[RoleBelief]:
    """Yield roles that do not affect verdicts: source, coach, value."""
    found: set[str] = set()
    for column in facts.table.columns:
        known = role_headers().get(fold(_without_record(column.header)))
        if known in (*_FURTHER, "heard") and known not in found and _can_carry(known, column, taken):
            found.add(known)
            taken.add(column.number)
            yield role_belief(known, column, "certain", "its header is known")
    for role, concept in _FURTHER.items():
        if role in found:
            continue
        for column in facts.table.columns:
            if _names(role, concept, _without_record(column.header)) and _can_carry(role, column, taken):
                taken.add(column.number)
                yield role_belief(role, column, "likely", "its header names it")
                break


def _names(role: str, concept: str, header: str) -> bool:
    """Return True if a header names a role: a company by more than "Deal type", a coach not by a number.

    What a company earns in a year is no value of the client: systems export it beside each contact. A number
    of calls is none either.
    """
    folded = plain(header)
    words = set(folded.split())
    if role == "value" and (folded in _OF_THE_COMPANY or (words & _AMOUNTS and words & _COUNTED)):
        return False
    if role == "company":
        header = " ".join(word for word in folded.split() if not word.startswith(_DEALS))
    return has_word(concept, header) and not (role == "coach" and has_word("id", header))


def _without_record(header: str) -> str:
    """Return a header without the record that an export puts before each field ("Deal - Owner")."""
    return _RECORD.sub("", header)


def _can_carry(role: str | None, column: Evidence, taken: set[int]) -> bool:
    if column.number in taken or column.kind in ("marks", "dates"):
        return False
    if role == "value":
        return column.kind in ("numbers", "empty")
    if role == "id":
        return column.distinct > 0.95 or column.kind == "empty"
    return column.kind in ("choices", "names", "empty")


# --- steps and stages -------------------------------------------------------------------------------------


def _steps(candidate: Candidate) -> Iterator[StepBelief]:
    paying = paying_of(candidate)
    if candidate.events is not None or candidate.staged:
        stages = candidate.stages
        way = candidate.events.way if candidate.events else stages.way if stages else ()
        confidence: Confidence = (
            candidate.events.confidence
            if candidate.events
            else stages.order_confidence
            if stages
            else "guess"
        )
        because = _order_because(candidate)
        for at, name in enumerate(way):
            yield StepBelief(name, (), (), confidence, because, at == paying.at)
        return
    results = {result.column.number: result for result in candidate.results}
    names: set[str] = set()
    for at, step in enumerate(candidate.steps):
        passed = [results[c.number].passed for c in step.columns if c.number in results]
        name = _own_name(step.header, names)
        names.add(name)
        yield StepBelief(
            name, tuple(c.number for c in step.columns), tuple(c.header for c in step.columns),
            step.confidence, step.because, at == paying.at,
            marks=tuple(dict.fromkeys((*step.main.spellings, *(w for words in passed for w in words)))),
        )  # fmt: skip


def _own_name(header: str, names: set[str]) -> str:
    """Return a step's name: its header, numbered if another column has the same."""
    name, at = header, 2
    while name in names:
        name, at = f"{header} ({at})", at + 1
    return name


def _order_because(candidate: Candidate) -> str:
    if candidate.events is not None:
        return "clients have the events in this order"
    assert candidate.stages is not None
    return {
        "dropdown": "in the order of the column's dropdown", "numbers": "in the order of their numbers",
        "preset": "in the order in which a known system has them",
        "vocabulary": "in the order of their words",
    }.get(candidate.stages.order_from, "their order is not known")  # fmt: skip


def _stages(candidate: Candidate) -> Iterator[StageBelief]:
    if candidate.events is not None:
        yield from (StageBelief(name, False, "dates") for name in candidate.events.way)
        yield from (StageBelief(name, True, "dates") for name in candidate.events.lost)
        return
    stages = candidate.stages
    if stages is not None:
        if candidate.staged:
            yield from (StageBelief(name, False, stages.order_from) for name in stages.way)
        yield from (StageBelief(name, True, stages.order_from) for name in stages.lost)
    elif candidate.results:
        failed = dict.fromkeys(value for result in candidate.results for value in result.failed)
        yield from (StageBelief(name, True, "unknown") for name in failed)


# --- columns without a meaning ----------------------------------------------------------------------------


def unused(candidate: Candidate, used: set[int]) -> Iterator[Unused]:
    """Yield the columns that look like a step or a role but are neither, with the reason."""
    facts = candidate.facts
    why = {**candidate.milestones.excluded, **facts.dates.excluded}
    for column in facts.table.columns:
        if column.number in used:
            continue
        if column.number in why:
            yield Unused(column.number, column.header, why[column.number])
        elif column.notes:
            yield Unused(column.number, column.header, "texts that may or may not be marks")
        elif column.kind == "dates":
            yield Unused(
                column.number, column.header, "dates, but neither the header nor the cells look like a step"
            )
        elif column.kind == "marks":
            yield Unused(
                column.number, column.header, "marks, but neither the header nor the cells look like a step"
            )
        elif (
            column.kind == "choices" and has_word("name", column.header) and header_weight(column.header) < 2
        ):
            share = facts.table.distinct[column.number]
            yield Unused(
                column.number, column.header, f"few different values ({share:.0%}): no client's name"
            )
        elif column.kind == "numbers" and column.noes + int((column.codes == 3).sum()) > 0 and _ones(column):
            yield Unused(
                column.number, column.header, "ones among other numbers are counts or codes, no marks"
            )


def _ones(column: Evidence) -> bool:
    return (
        bool((column.numbers == 1).any())
        and not has_word("value", column.header)
        and not has_word("id", column.header)
    )
