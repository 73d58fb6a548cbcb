"""Make a `Reading` from the chosen candidate: roles, steps and stages, each with confidence and reason."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import replace

from funnel.clients.reading import (
    Confidence,
    Question,
    Reading,
    RoleBelief,
    Shape,
    StageBelief,
    StepBelief,
    weakest,
)
from funnel.journey.model import Step
from funnel.reading.candidates import Candidate, Facts, close_date, steps_of
from funnel.reading.columns.milestones import Milestone
from funnel.reading.columns.paying import paid_step, paid_weight
from funnel.reading.journeys import journey_of, journey_of_preset
from funnel.reading.presets import Recognised
from funnel.reading.questions import paying_of
from funnel.reading.tables.evidence import Evidence
from funnel.reading.tables.relations import everywhere
from funnel.reading.tables.twins import related
from funnel.reading.unused import unused
from funnel.reading.words.concepts import has_word, plain
from funnel.reading.words.retention_words import retention_of
from funnel.reading.words.thresholds import ENOUGH, TWIN_OF_NAME
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
_PAYS = 2  # the weight of a header that means payment, and nothing less
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
    return _with_journey(reading, journey_of(reading, candidate, source))


def _with_journey(reading: Reading, journey: object) -> Reading:
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
        yield _role("client", events.client, events.confidence, "the client of each event")
        yield _role("stage", events.event, events.confidence, "the kind of event")
        yield _role("when", events.when, events.confidence, "the time of the event")
        yield from _further(facts, taken | {events.client.number, events.event.number, events.when.number})
        return
    if facts.identity is not None:
        for column in facts.identity.columns:
            taken.add(column.number)
            yield _role("client", column, facts.identity.confidence, facts.identity.because)
    if facts.dates.lead is not None:
        taken.add(facts.dates.lead.number)
        yield _role("lead_date", facts.dates.lead, facts.dates.confidence, facts.dates.because)
    if leaving.date is not None:
        taken.add(leaving.date.number)
        yield _role("left_date", leaving.date, leaving.date_confidence, leaving.date_because)
    if leaving.reason is not None and leaving.reason.number not in taken:
        taken.add(leaving.reason.number)
        yield _role("left_reason", leaving.reason, leaving.reason_confidence, leaving.reason_because)
    if candidate.stages is not None:
        taken.add(candidate.stages.column.number)
        held = f"{len(candidate.stages.column.counts)} values, each often"
        yield _role("stage", candidate.stages.column, candidate.stages.confidence, held)
        if (result := candidate.stages.result) is not None:
            taken.add(result.number)
            yield _role("result", result, candidate.stages.confidence, "shows who was won or lost")
        closing = close_date(candidate)
        if closing is not None and closing.number not in taken:
            taken.add(closing.number)
            yield _role("close_date", closing, "likely", "filled for lost and won alike: when it ended")
    yield from _further(facts, taken)


def _role(role: str, column: Evidence, confidence: Confidence, because: str) -> RoleBelief:
    return RoleBelief(role, column.number, column.header, confidence, because)


def _further(facts: Facts, taken: set[int]) -> Iterator[RoleBelief]:
    """Yield roles that do not affect verdicts: source, coach, value."""
    found: set[str] = set()
    for column in facts.table.columns:
        known = role_headers().get(fold(_without_record(column.header)))
        if known in (*_FURTHER, "heard") and known not in found and _can_carry(known, column, taken):
            found.add(known)
            taken.add(column.number)
            yield _role(known, column, "certain", "its header is known")
    for role, concept in _FURTHER.items():
        if role in found:
            continue
        for column in facts.table.columns:
            if _names(role, concept, _without_record(column.header)) and _can_carry(role, column, taken):
                taken.add(column.number)
                yield _role(role, column, "likely", "its header names it")
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


# --- presets ----------------------------------------------------------------------------------------------


def reading_of_preset(found: Recognised, facts: Facts, source: str) -> Reading:
    """Return the reading of a sheet with the headers of a preset, with its additional steps."""
    table, name = facts.table, found.name
    because = f"a header of the preset {name!r}"
    candidate = steps_of(facts)
    if found.journey.staged or candidate is None:
        candidate = Candidate(facts, "marks")
    mine = {column.number for column in (*found.roles.values(), *found.steps.values())}
    columns = tuple(_preset_roles(found, candidate, because))
    taken = {belief.column for belief in columns}
    steps = [_preset_step(found, step, because) for step in found.journey.steps if step.name in found.steps]
    more = [
        step for step in candidate.steps
        if not {c.number for c in step.columns} & (mine | taken) and _is_sure(step, found)
        and not _is_again(step, found)
    ]  # fmt: skip
    for step in more:
        steps.insert(_place(step, steps, candidate), _further_step(step))
    timed = list(_further_times(facts, mine | taken | {c for step in steps for c in step.columns}))
    steps += timed
    if not any(step.paid for step in steps):
        at = paid_step([step.step for step in steps]).at
        steps = [replace(step, paid=n == at) for n, step in enumerate(steps)]
    if found.journey.staged:
        steps = [StepBelief(s.name, (), (), "certain", because, s.paid) for s in found.journey.steps]
    stages = tuple(
        StageBelief(stage.name, stage.lost, "preset") for stage in found.journey.stages if stage.active
    )
    shape: Shape = "stages" if found.journey.staged else "marks"
    used = {belief.column for belief in columns} | {c for step in steps for c in step.columns}
    used |= {column.number for column in found.compared}
    reading = Reading(
        table.tab, table.header.row, shape, "certain", columns, tuple(steps), stages,
        tuple(unused(candidate, used)),
    )  # fmt: skip
    whole = found.journey.staged or (not (more or timed) and 2 * len(found.steps) > len(found.journey.steps))
    made = (
        journey_of_preset(found, table.header, columns) if whole else journey_of(reading, candidate, source)
    )
    if made is not None and not whole:
        follow_ups = found.journey.follow_ups_of(step.name for step in made.steps)
        made = made.model_copy(update={"follow_ups": tuple(item for item in follow_ups if item.step)})
    return _with_journey(reading, made)


def _is_again(step: Milestone, found: Recognised) -> bool:
    """Return True if a step is one of the preset's: the date of its flag, in about the same rows."""
    for column in found.steps.values():
        paid = paid_weight(step.header) >= _PAYS and paid_weight(column.header) >= _PAYS
        alike = paid or related(step.header, column.header)
        both, own = column.reached & step.main.reached, step.main.reached
        if alike and column.kind != step.main.kind and both.sum() >= TWIN_OF_NAME * own.sum():
            return True
    return False


def _is_sure(step: Milestone, found: Recognised) -> bool:
    """Return True if a step beside those of a preset needs no question: by its words, place or many cells.

    A time after the lead ("one month") is none of them: it comes after all other steps.
    """
    if retention_of(step.header) is not None:
        return False
    places = [column.number for column in found.steps.values()]
    among = bool(places) and min(places) < step.main.number < max(places)
    by_cells = len(step.main) >= 2 * ENOUGH and not everywhere(step.main)
    return not step.main.notes and (step.words or among or by_cells)


def _place(step: Milestone, placed: Sequence[StepBelief], candidate: Candidate) -> int:
    """Return the position of an additional step among a preset's: after the step that clients have before."""
    before = candidate.steps[: candidate.steps.index(step)]
    for earlier in reversed(before):
        columns = {column.number for column in earlier.columns}
        at = next((n for n, belief in enumerate(placed) if columns & set(belief.columns)), None)
        if at is not None:
            return at + 1
    return 0


def _preset_roles(found: Recognised, candidate: Candidate, because: str) -> Iterator[RoleBelief]:
    """Yield the roles of a preset, a name in two columns, and leaving columns with other headers."""
    identity, leaving = candidate.facts.identity, candidate.leaving
    steps = {column.number for column in found.steps.values()}
    for role, column in found.roles.items():
        joined = identity.columns if identity is not None and len(identity.columns) > 1 else ()
        if role == "client" and column in joined:
            yield from (_role("client", part, "certain", because) for part in joined)
        else:
            yield _role(role, column, "certain", because)
    others = {column.number for column in found.roles.values()} | steps
    for role, left in (("left_date", leaving.date), ("left_reason", leaving.reason)):
        if role not in found.roles and left is not None and left.number not in others:
            yield _role(role, left, "certain", leaving.date_because or leaving.reason_because)


def _preset_step(found: Recognised, step: Step, because: str) -> StepBelief:
    column = found.steps[step.name]
    return StepBelief(column.header, (column.number,), (column.header,), "certain", because, step.paid)


def _further_times(facts: Facts, used: Set[int]) -> Iterator[StepBelief]:
    """Yield mark columns headed as a time after the lead, in words that the preset does not have."""
    for column in facts.table.columns:
        marks = int(column.reached.sum())
        known = retention_of(column.header) is not None and column.number not in used
        if known and marks and 2 * marks >= int(column.filled.sum()):
            yield StepBelief(
                column.header, (column.number,), (column.header,), "certain",
                "its words are a time after the lead",
            )  # fmt: skip


def _further_step(step: Milestone) -> StepBelief:
    return StepBelief(
        step.header, tuple(c.number for c in step.columns), tuple(c.header for c in step.columns),
        step.confidence, step.because,
    )  # fmt: skip
