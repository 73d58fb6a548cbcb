"""Describe a reading: as assumptions, and as the first lines of `funnel show`."""

from __future__ import annotations

from collections.abc import Iterator

from funnel.clients.reading import Reading, RoleBelief
from funnel.grid import column_letter
from funnel.journey import Journey, presets
from funnel.journey import preset as named
from funnel.reading.words.retention_words import retention_of
from funnel.reading.words.vocabulary import role_headers
from funnel.text import count, fold, listed, typed_path

_NAMED_ROLES = {
    "client": "the client's name",
    "lead_date": "the lead date",
    "left_date": "the date of leaving",
    "close_date": "the day on which a client in a lost stage left",
}
_ORDERED = {
    "declared": "in the order of the journey", "dropdown": "in the order of their dropdown",
    "numbers": "in the order of their numbers", "preset": "in the order in which a known system has them",
    "vocabulary": "in the order of their words", "dates": "in the order in which clients have them",
    "history": "in the order of the history", "unknown": "in an order that nothing shows",
}  # fmt: skip


PRESET_NAMES = frozenset(named(name).name for name in presets())


def sentences(reading: Reading, journey: Journey) -> tuple[str, ...]:
    """Return the assumptions about a sheet that was read without a journey file."""
    return tuple(_sentences(reading, journey))


def _sentences(reading: Reading, journey: Journey) -> Iterator[str]:
    preset = next((b.because for b in reading.columns if "preset" in b.because), "")
    with_columns = [step for step in reading.steps if step.headers]
    if preset and with_columns:
        name = preset.rpartition("preset ")[2].strip("'")
        whole, known = named(name).steps, [step for step in with_columns if "preset" in step.because]
        if journey.name == named(name).name:
            yield f"read by the preset {name!r}, {len(known)} of whose {len(whole)} steps have a column"
        else:
            shown = listed((repr(step.step) for step in with_columns), most=20)
            yield f"{count(len(with_columns), 'step')} taken from the headers ({shown})"
    elif with_columns:
        shown = listed((repr(step.step) for step in with_columns), most=20)
        yield f"{count(len(with_columns), 'step')} taken from the headers ({shown})"
    if journey.staged:
        if preset:
            yield _about_preset(preset.rpartition("preset ")[2].strip("'"), journey)
        yield _about_stages(reading)
    if not preset or journey.name not in PRESET_NAMES:
        yield from _about_paying(reading, journey)
        yield from _read_as(reading.columns)
    for column in reading.not_used:
        letter = column_letter(column.column)
        yield f"column {letter}, {column.header!r}, is not used as a step: {column.because}"


def _about_preset(name: str, journey: Journey) -> str:
    lacks = named(name).events is not None and journey.events is None
    without = ", without its event log, which was not found" if lacks else ""
    return f"read by the preset {name!r} with its rules{without}"


def _about_stages(reading: Reading) -> str:
    column = reading.role("stage")
    way = " → ".join(repr(step.step) for step in reading.steps)
    lost = [stage.stage for stage in reading.stages if stage.lost]
    apart = f", and lost: {listed(map(repr, lost))}" if lost else ""
    how = _ORDERED[reading.stages[0].order_from] if reading.stages else ""
    if reading.shape == "events":
        return f"the tab is an event log; its events are the stages, {how}: {way}{apart}"
    named = f"the column {column.header!r}" if column else "the sheet"
    first = reading.steps[0].step if reading.steps else ""
    return f"stages taken from {named}, {how}: {way}{apart}; a blank cell is {first!r}"


def _about_paying(reading: Reading, journey: Journey) -> Iterator[str]:
    if journey.staged:
        return
    if journey.paid is not None:
        yield f"{journey.paid.name!r} is taken for the step at which the client pays"
    elif reading.steps:
        yield "no step says that the client pays; put `paid = true` below the one that does"
    else:
        yield "no column is a step; retention is derived from the date of leaving"


def _read_as(columns: tuple[RoleBelief, ...]) -> Iterator[str]:
    """Yield sentences on date columns whose header is not exactly that of their role."""
    for belief in columns:
        a_date = belief.role in ("lead_date", "left_date", "close_date")
        if a_date and role_headers().get(fold(belief.header)) != belief.role:
            yield f"{belief.header!r} is read as {_NAMED_ROLES[belief.role]}"


def lines(reading: Reading) -> list[tuple[str, str]]:
    """Return the first lines of `funnel show`: labels and texts of the reading."""
    made = [("Tab", _tab(reading)), ("Client", _role(reading, "client"))]
    made += [("Lead date", _role(reading, "lead_date"))] if reading.role("lead_date") else []
    made += [("Steps" if not _staged(reading) else "Stages", _steps(reading))]
    made += [("Left", _left(reading))]
    made += [("Not used", _not_used(reading))] if reading.not_used else []
    return made


def _tab(reading: Reading) -> str:
    others = [tab.tab for tab in reading.other_tabs]
    beside = f"; not {listed(map(repr, others), 'or', most=3)}" if others else ""
    sure = {"certain": "", "likely": ", likely so", "guess": ", a guess"}[reading.confidence]
    return f"{reading.tab or 'the sheet'}, headers in row {reading.header_row}{sure}{beside}"


def _role(reading: Reading, role: str) -> str:
    found = [belief for belief in reading.columns if belief.role == role]
    if not found:
        return "no column"
    return " and ".join(f"{belief.header} ({column_letter(belief.column)})" for belief in found)


def _staged(reading: Reading) -> bool:
    return bool(reading.steps) and not any(step.columns for step in reading.steps)


def _steps(reading: Reading) -> str:
    shown = reading.steps
    if not _staged(reading):  # retention without a column comes from the leaving date
        shown = tuple(step for step in shown if step.columns or retention_of(step.step) is None)
    names = [f"{step.step} (paid)" if step.paid else step.step for step in shown]
    if not names:
        return "none"
    column = reading.role("stage")
    of = f" (column {column.header})" if column and _staged(reading) else ""
    moved = reading.journey.reassign if reading.journey is not None and reading.role("stage") else {}
    aside = [f"{old!r} is no stage and counts as {new!r}" for old, new in moved.items()]
    return "; ".join([" → ".join(names) + of, *aside])


def _left(reading: Reading) -> str:
    lost = [stage.stage for stage in reading.stages if stage.lost]
    parts = [_role(reading, role) for role in ("left_date", "left_reason") if reading.role(role)]
    closed = reading.role("close_date") and not reading.role("left_date")
    on = f", on {_role(reading, 'close_date')}" if closed else ""
    parts += [f"stage {listed(lost, 'or', most=4)}{on}"] if lost else []
    return "; ".join(parts) if parts else "no column says who left"


def _not_used(reading: Reading) -> str:
    return listed((f"{column.header} ({column.because})" for column in reading.not_used), most=2)


def unanswered(reading: Reading, source: str, outcome: str = "") -> str:
    """Return the message on open questions, with the outcome so far and the command for answering.

    >>> from funnel.clients.reading import Question
    >>> asked = Question("L", "Is 'Gone' when they left?", ("yes", "no"), "yes")
    >>> unanswered(Reading("Clients", 1, "marks", "guess", questions=(asked,)), "a.csv")
    "a.csv has to be understood first. Is 'Gone' when they left? Answer with: funnel init a.csv"
    """
    sheet = source or "The sheet"
    questions = " ".join(question.question for question in reading.questions)
    command = f"funnel init {typed_path(source)}"
    end = f"{outcome} Answer with: {command}" if outcome else f"Answer with: {command}"
    return f"{sheet} has to be understood first. {questions} {end}"
