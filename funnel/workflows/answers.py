"""Ask the open questions of a reading, and make a journey from the answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from funnel.clients import Reading
from funnel.clients.reading import ANOTHER, UNKNOWN, Question, names_in_order
from funnel.errors import NoClients, ReadError, UsageError
from funnel.grid import column_letter
from funnel.journey import Column, Journey, Stage, Step
from funnel.journey.model import ROLES, Role
from funnel.journey.rules import Comparison
from funnel.reading.answers import way_of
from funnel.reading.journeys import derived_retention
from funnel.reading.stage_questions import NO_CLIENTS, TURNED
from funnel.text import fold, listed, typed_path
from funnel.workflows.load import Source, open_questions, read

Ask = Callable[[Question], "str | None"]

_OF_COLUMNS = (*ROLES, "step", "ignore")  # what can be answered of any column, asked or not
EACH = "each"  # the answer that clients of the lost stages had come differently far
_REACHED = "reached "  # before the name of a lost stage: what a question on that stage alone is about
_OF_JOURNEYS = ("paid", "order", "steps", "reached")  # what else can be answered without being asked


@dataclass(frozen=True)
class Interview:
    """The reading of a sheet by the answers that were given, and the questions without one."""

    reading: Reading
    given: tuple[tuple[str, str], ...]
    left: tuple[Question, ...]


def interview(
    source: Source,
    tab: str | None = None,
    ask: Ask | None = None,
    answers: Sequence[tuple[str, str]] = (),
    begun: Journey | None = None,
) -> Interview:
    """Ask the questions of a sheet one by one; an answer can change the reading, and what is asked next.

    Parameters
    ----------
    ask, answers, begun : as for `draft_journey_file`.

    Raises
    ------
    UsageError : an answer fits no question.
    """
    given = [(about, answer) for about, answer in answers if _is_of_column(about, answer)]
    waiting = [pair for pair in answers if pair not in given]
    tab = dict(waiting).get("tab", tab)
    before = [way_of(begun)] if begun is not None else []
    reading = _read(source, tab, [*before, *given], begun)
    left: dict[str, Question] = {}
    while (question := _next(reading, given, left)) is not None:
        answer = _given_answer(question, waiting)
        if answer is None and ask is not None:
            answer = ask(question)
        if answer is None or answer == ANOTHER:
            left[question.key] = question
            continue
        column = answer.removeprefix("column ") if answer.startswith("column ") else ""
        given.append((column, "stage") if column else (question.about, answer))
        _refuse_by(answer, source)
        if question.about == "tab":
            tab, reading = answer, replace(reading, questions=reading.questions[1:])
        if answer != question.as_read or question.about == "tab":
            own = [pair for pair in before if pair[0] != "way" or not _chooses(question, answer)]
            before, begun = own, begun if own else None
            reading = _read(source, tab or reading.tab, [*before, *given], begun)
    _check(reading, waiting)
    return Interview(reading, (*given, *waiting), tuple(q for q in left.values() if q in reading.questions))


def _refuse_by(answer: str, source: Source) -> None:
    """Raise a ReadError if no journey file can be made after an answer."""
    if answer == NO_CLIENTS:
        raise NoClients(f"{source} holds no clients, by the answer given; no journey file was written.")
    if answer == TURNED:
        raise ReadError(
            f"funnel needs a row for each client, and {source} has a column for each. Copy the table and "
            "paste it into a new tab with Paste special → Transpose. No journey file was written."
        )


def _read(
    source: Source, tab: str | None, answers: Sequence[tuple[str, str]], begun: Journey | None
) -> Reading:
    reading = read(source, None, tab, journey_file=False, answers=answers)
    if begun is not None and reading.shape != "none":
        reading = replace(reading, questions=open_questions(reading, begun), journey=begun)
    return reading


def _is_of_column(about: str, answer: str) -> bool:
    """Return True if an answer says what a column is, asked or not."""
    return about.isalpha() and len(about) <= 3 and answer in _OF_COLUMNS


def _next(
    reading: Reading, given: Sequence[tuple[str, str]], left: Mapping[str, Question]
) -> Question | None:
    """Return the next question that is neither answered nor left open."""
    for question in (*reading.questions, *_about_reached(reading, given)):
        taken = any(question.takes(about, answer) for about, answer in given)
        if not taken and question.key not in left:
            return question
    return None


def _about_reached(reading: Reading, given: Sequence[tuple[str, str]]) -> Iterator[Question]:
    """Ask how far the clients in lost stages had come; nothing waits for the answer."""
    open_ = [q for q in reading.questions if not any(q.takes(*pair) for pair in given)]
    journey = reading.journey
    if open_ or journey is None or not journey.staged or journey.events:
        return
    journey = answered(reading, given, "")
    way = journey.ordered_stages
    before = [stage.name for at, stage in enumerate(way) if not any(s.paid for s in way[: at + 1])]
    lost = [stage.name for stage in journey.lost if not (stage.reached or stage.rules)]
    if not lost or len(before) < 2:
        return
    unknown = {UNKNOWN: "It is unknown, or differs: there is no drop-off between the stages."}
    several = {EACH: "It depends on the stage they are in: ask for each."} if len(lost) > 1 else {}
    places = {name: f"To {name!r}." for name in before}
    question_text = "How far had the clients in {} come before they left?"
    if ("reached", EACH) not in given:
        which = listed(map(repr, lost), "or", most=4)
        yield Question.of("reached", question_text.format(which), {**unknown, **several, **places})
        return
    for name in lost:
        yield Question.of(f"{_REACHED}{name}", question_text.format(repr(name)), {**unknown, **places})


def _given_answer(question: Question, waiting: list[tuple[str, str]]) -> str | None:
    """Return the answer that was given beforehand, taken from the list; None if there is none."""
    for pair in waiting:
        about, answer = pair
        if about.casefold() != question.about.casefold():
            continue
        same = [a for a in question.answers if fold(answer) in (fold(a), fold(question.sentence(a)))]
        if same or question.orders(answer):
            waiting.remove(pair)
            return same[0] if same else answer
    return None


def _chooses(question: Question, answer: str) -> bool:
    """Return True if an answer is about which columns show how far clients got."""
    return answer in ("stage", "the columns", "events", "ignore", "no", "yes") or answer.startswith("column ")


def _check(reading: Reading, waiting: Sequence[tuple[str, str]]) -> None:
    """Check the answers to what was not asked.

    Raises
    ------
    UsageError : one is about nothing that can be answered, or no answer to its question.
    """
    questions = reading.questions
    for about, answer in waiting:
        found_question = next((q for q in questions if q.about.casefold() == about.casefold()), None)
        if found_question is not None and about not in _OF_JOURNEYS:
            raise UsageError(
                f"--answer {about}={answer} is no answer to: {found_question.question} Answer one of: "
                f"{' / '.join(found_question.answers)}."
            )
        of_stage = about.upper() in _letters(reading) and answer.rpartition(": ")[0]
        if not (of_stage or about in (*_OF_JOURNEYS, "tab") or about.startswith(_REACHED)):
            known = listed(dict.fromkeys(question.about for question in questions))
            raise UsageError(f"--answer {about}={answer} fits no question. Questions: {known or '–'}.")


def answered(reading: Reading, answers: Sequence[tuple[str, str]], source: str) -> Journey:
    """Return the journey of a reading with some questions answered.

    Parameters
    ----------
    answers : the subject of each question and its answer: [("L", "left_date")].

    Raises
    ------
    ReadError : by the answers, the sheet has no clients or no steps.
    UsageError : an answer names no stage or step.
    """
    letters = _letters(reading)
    journey = reading.journey
    if reading.shape == "none":
        journey = _by_hand(letters, answers)
        if journey is None and not answers:
            raise ReadError(reading.refusal)
    for about, answer in answers:
        if about.upper() in letters:
            journey = _about_column(reading, journey, about.upper(), answer)
        elif journey is None:
            continue
        elif about == "paid":
            journey = _paid_at(journey, answer)
        elif about in ("order", "steps"):
            journey = _ordered(journey, answer)
        elif about == "reached" or about.startswith(_REACHED):
            journey = _lost_from(journey, answer, about.removeprefix("reached").strip())
    if journey is None:
        raise ReadError(
            f"By the answers given, nothing in {source} shows how far a client got; no journey file was "
            f"written. Name the columns: funnel init {typed_path(source)} --answer A=client --answer D=step"
        )
    if not journey.steps or journey.staged:
        return journey
    return _changed(journey, steps=(*journey.steps, *derived_retention(journey.steps, journey.columns)))


def _letters(reading: Reading) -> dict[str, str]:
    """Return the headers of the tab, by letter."""
    return {column_letter(number): header for number, header in reading.headers.items()}


def _by_hand(letters: Mapping[str, str], answers: Sequence[tuple[str, str]]) -> Journey | None:
    """Return a journey made of answers alone; None if they name no step."""
    named = {about.upper(): answer for about, answer in answers if about.upper() in letters}
    steps = [Step(name=header) for letter, header in letters.items() if named.get(letter) == "step"]
    if not steps:
        return None
    columns: dict[Role, Column] = {
        role: Column(headers=(letters[letter],)) for letter, kind in named.items() for role in ROLES
        if role == kind
    }  # fmt: skip
    return Journey(columns=columns, steps=tuple(steps))


def _about_column(reading: Reading, journey: Journey | None, letter: str, answer: str) -> Journey | None:
    """Apply an answer on a column (a role, a step, or unused) or on a stage of a stage column."""
    header = _letters(reading)[letter]
    value, _, place = answer.rpartition(": ")
    if answer.startswith("left: ") and journey is not None:
        return _left_by(journey, header, answer.removeprefix("left: ").split(", "))
    if place.startswith("no stage"):
        return journey  # as read
    if place in ("left", "on the way") and journey is not None:
        return _stage_at(journey, value, place == "left")
    if answer in _letters(reading):  # another column names the client
        return _with_role(reading, journey, "client", _letters(reading)[answer])
    belief = reading.role("client")
    if answer == "no" and belief is not None and belief.header == header and journey is not None:
        return _changed(journey, columns={r: c for r, c in journey.columns.items() if r != "client"})
    role = next((role for role in ROLES if role == answer and role != "stage"), None)
    if role is not None:
        return _with_role(reading, journey, role, header)
    if answer == "ignore" and journey is not None and not journey.staged:
        rest = tuple(step for step in journey.steps if fold(step.column or step.name) != fold(header))
        return _changed(journey, steps=rest) if rest else None
    if answer == "step" and journey is not None and not journey.staged:
        there = any(fold(step.column or step.name) == fold(header) for step in journey.steps)
        return journey if there else _changed(journey, steps=(*journey.steps, Step(name=header)))
    return journey


def _left_by(journey: Journey, header: str, values: Sequence[str]) -> Journey:
    """Return the journey where clients with some values in a column have left, at the stage they were in."""
    there = {fold(stage.name) for stage in journey.stages}
    out = tuple(
        Stage(
            name=f"{header}: {value}" if fold(value) in there else value, lost=True,
            rules=(Comparison(header, "is", value),),
        )
        for value in values
    )  # fmt: skip
    if journey.staged:
        return _changed(journey, stages=(*journey.stages, *out), steps=(), stage_cells="start")
    stages = journey.stages or (Stage(name="Active", default=True),)
    return _changed(journey, stages=(*stages, *out))


def _lost_from(journey: Journey, name: str, lost: str = "") -> Journey:
    """Return the journey where the clients of a lost stage, or of all, had reached one stage before."""
    names = [stage.name for stage in journey.ordered_stages]
    if name in (UNKNOWN, EACH):
        return journey
    if name not in names:
        raise UsageError(f"--answer reached={name} names no stage. Stages: {listed(map(repr, names))}.")
    if lost and lost not in {stage.name for stage in journey.lost}:
        there = listed(repr(stage.name) for stage in journey.lost)
        raise UsageError(f"--answer {_REACHED}{lost}={name} names no lost stage. Lost stages: {there}.")
    stages = [
        stage.model_copy(update={"reached": name})
        if stage.lost and not stage.rules and not stage.reached and lost in ("", stage.name)
        else stage
        for stage in journey.stages
    ]
    return _changed(journey, stages=tuple(stages), steps=())


def _with_role(reading: Reading, journey: Journey | None, role: Role, header: str) -> Journey | None:
    """Return the journey with a column for a role, which is then no step; None without any step."""
    column: dict[Role, Column] = {role: Column(headers=(header,))}
    if journey is None:
        known = {known: belief for known in ROLES if (belief := reading.role(known))}
        columns = {known: Column(headers=(belief.header,)) for known, belief in known.items()}
        if not {"lead_date", "left_date"} <= {*columns, role}:
            return None
        months = (1, 2, 3, 6, 12)
        steps = tuple(Step(name=f"{m} month{'s' if m > 1 else ''}", months=m) for m in months)
        return Journey(columns={**columns, **column}, steps=steps)
    changed = {**journey.columns, **column}
    if journey.staged:
        return _changed(journey, columns=changed)
    rest = tuple(step for step in journey.steps if fold(step.column or step.name) != fold(header))
    return _changed(journey, columns=changed, steps=rest or journey.steps)


def _paid_at(journey: Journey, name: str) -> Journey:
    """Return the journey with another paid step, or none."""
    if journey.staged:
        ordered = [stage.name for stage in journey.ordered_stages]
        if name not in ("none", *ordered):
            raise UsageError(
                f"--answer paid={name} names no stage. Stages: {listed(map(repr, ordered))}, or none."
            )
        stages = [stage.model_copy(update={"paid": stage.name == name}) for stage in journey.stages]
        return _changed(journey, stages=tuple(stages), steps=())
    names = [step.name for step in journey.steps]
    if name != "none" and name not in names:
        raise UsageError(f"--answer paid={name} is not a step. Choose {listed(map(repr, names))}, or none.")
    steps = [step.model_copy(update={"paid": step.name == name}) for step in journey.steps]
    return _changed(journey, steps=tuple(steps))


def _ordered(journey: Journey, answer: str) -> Journey:
    """Return the journey with its stages or steps in the given order."""
    wanted = [fold(name) for name in names_in_order(answer)]
    if len(wanted) < 2:
        return journey  # "as listed", "yes"
    names = [part.name for part in (journey.ordered_stages if journey.staged else journey.steps)]
    known = {fold(name) for name in (*names, *(step.column or "" for step in journey.steps))}
    if unknown := [name for name in names_in_order(answer) if fold(name) not in known]:
        raise UsageError(
            f"{listed(map(repr, unknown))} is no name in the order that was answered. Names: "
            f"{listed(map(repr, names))}."
        )

    def place(name: str) -> int:
        return wanted.index(fold(name)) if fold(name) in wanted else len(wanted)

    if journey.staged:
        stages = sorted(journey.stages, key=lambda stage: (stage.lost, place(stage.name)))
        first = stages[0].name
        stages = [stage.model_copy(update={"default": stage.name == first}) for stage in stages]
        return _changed(journey, stages=tuple(stages), steps=())
    return _changed(journey, steps=tuple(sorted(journey.steps, key=lambda step: place(step.name))))


def _stage_at(journey: Journey, name: str, lost: bool) -> Journey:
    """Return the journey with a stage on the way, or lost."""
    if name in journey.reassign:  # not a stage so far
        rest = {old: new for old, new in journey.reassign.items() if old != name}
        journey = _changed(journey, stages=(*journey.stages, Stage(name=name)), steps=(), reassign=rest)
    stages = [
        stage.model_copy(update={"lost": lost, "paid": stage.paid and not lost})
        if stage.name == name
        else stage
        for stage in journey.stages
    ]
    stages.sort(key=lambda stage: stage.lost)
    first = stages[0].name
    stages = [stage.model_copy(update={"default": stage.name == first}) for stage in stages]
    return _changed(journey, stages=tuple(stages), steps=())


def _changed(journey: Journey, **changes: Any) -> Journey:
    """Return the journey with some fields changed, validated again."""
    fields = {field: getattr(journey, field) for field in journey.model_fields_set}
    if journey.staged:
        fields.pop("steps", None)
        if not changes.get("steps"):
            changes.pop("steps", None)
    return Journey(**{**fields, **changes})
