"""Write a journey file, as `funnel init` does: the inferred journey, with comments for editing."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Sequence

from funnel.clients.reading import ANOTHER, Question, Reading
from funnel.grid import column_letter
from funnel.journey.base import Frozen
from funnel.journey.model import ROLES, Column, FollowUp, Journey, Step
from funnel.journey.rules import rule_as_data
from funnel.journey.stages import Stage

_DEFAULTS = Journey(steps=(Step(name="any"),))
_STEP_DEFAULTS = _DEFAULTS.steps[0]
_WIDTH = 100
_HELP = """\
# A journey file: the steps of your client journey, and the columns of the sheet.
# Columns are found by their headers; capitals, accents and punctuation do not matter.
# Lines that begin with # are notes: they change nothing. Keep the quotes and brackets, save as plain text,
# then try: funnel show YOUR-SHEET --journey THIS-FILE"""
_ROLE_HELP = """\
# role = "header", or a list of headers it may have. Roles: {roles}.
# A name in two columns: client = {{ join = ["First name", "Last name"] }}"""
_STEP_HELP = """\
# The steps, in order. Other keys of a step:
#   column = "header"        if the header is not the name; aliases = ["…"] for other headers
#   paid = true              the step that turns a row green (one of them)
#   months = 3               a retention mark: still here 3 months after the lead; or after = "6 weeks"
#   due = "7 days"           how long a client has for this step, instead of the period above
#   target = 1.0             the share of clients at the step before that should reach it
#   marks = ["done"]         other words that mean reached; ["*"]: any text does
#   optional = true          counted, but later steps do not depend on it
#   win_probability = 0.2    share of clients who reached it that will pay, for the forecast
#   advice = "…"             what to work on here"""
_STAGE_HELP = """\
# The stages, in order: where a client is now. Other keys of a stage:
#   description = "…"        emoji = "🔥"
#   was = ["Old name"]       its former names
#   active = false           switches it off
#   default = true           the stage of a new client, and of a blank cell (exactly one)
#   avoid = true             no client should be in it; `funnel check` lists those who are
#   paid = true              clients in it have paid (one stage at most)
#   lost = true              clients in it have left, for the `reason = "…"`
#   reached = "Meeting"      of a lost stage: the stage that its clients had reached
#   win_probability = 0.2    share of its clients that will pay
#   limit = "14 days"        how long clients should stay in it; after that they are stuck
#   rules = [{ column = "Visits", at_least = 3 }]   sets it for clients with a blank stage cell"""
_STAGE_CELLS = '"hand": a typed stage overrides events and rules; "start": it is where the client began'
_COMPANY_HELP = """\
# Companies: the header of their column; sync = true: all clients of a company become customers together"""
_BUSINESS_HELP = """\
# For the cover of `funnel report`, below a line [business]: name = "…", logo = "logo.png" (PNG or JPEG,
# beside this file), accent = "#2B6CA3". For charts over time, below a line [[note]] for each:
# date = 2026-06-01, text = "New coach"."""
_EVENTS_HELP = """\
# The event log, one row for each event: client, event, when, and optionally author and amount. Keys:
#   tab = "Events"           a tab of the sheet; or file = "events.csv", beside the sheet
#   sales = ["Purchased"]    the events whose amounts are sales; default: all amounts
#   zone = "Europe/London"   for times with a zone; UTC without it
#   [events.columns]         headers: client, event, when, by, amount; usual ones are found automatically
#   [events.advance]         the stage to which an event moves a client; never back, except with
#                            "Reopened" = { stage = "Lead", back = true }"""
_FOLLOW_UP_HELP = """\
# Follow-ups: when to contact a client. `funnel due SHEET` lists them, and writes a calendar. Keys:
#   name = "First contact"   its name
#   after = "3 days"         the time after the lead ("2 weeks", "1 month")
#   since = "a step"         or after that step
#   step = "a step"          the step whose mark closes it, or several: ["…", "…"]; a touch-base has none
#   ask = "…"                what to ask"""


def write_toml(journey: Journey, reading: Reading | None = None, open_: Sequence[Question] = ()) -> str:
    """Write a journey as a file that reads back as the same journey.

    Parameters
    ----------
    reading : adds unused columns that look like steps, as comments.
    open_ : unanswered questions, added as comments with their likely answers.

    >>> from funnel.journey.toml import parse_journey
    >>> journey = Journey(name="Studio", steps=(Step(name="Paid", paid=True), Step(name="1m", months=1)))
    >>> parse_journey(write_toml(journey)) == journey
    True
    """
    parts = [
        _HELP,
        *_asked(open_),
        *([f"unanswered = {_texts(journey.unanswered)}"] if journey.unanswered else []),
        "",
        *_settings(journey),
        "",
        *_ROLE_HELP.format(roles=", ".join(ROLES)).splitlines(),
        "[columns]",
        *(f"{role} = {_column(column)}" for role, column in journey.columns.items()),
        "",
        *(() if journey.staged else _STEP_HELP.splitlines()),
    ]
    for step in () if journey.staged else journey.steps:
        parts += ["", *_step(step)]
    if journey.stages:
        parts += ["", *_STAGE_HELP.splitlines()]
    for stage in journey.stages:
        parts += ["", *_stage(stage)]
    for key, table in (("reassign", journey.reassign), ("segment", journey.segments)):
        if table:
            parts += [
                "",
                f"[{key}]",
                *(f"{_text(name)} = {_inline(rule_as_data(rule))}" for name, rule in table.items()),
            ]
    parts += [*_company(journey), *_events(journey), *_business(journey)]
    parts += ["", *_FOLLOW_UP_HELP.splitlines()]
    for item in journey.follow_ups:
        parts += ["", *_follow_up(item)]
    parts += _doubtful(reading)
    return "\n".join(parts) + "\n"


def _settings(journey: Journey) -> Iterator[str]:
    yield f"name = {_text(journey.name)}"
    if journey.tab is not None:
        yield f"tab = {_text(journey.tab)} # the tab with the clients"
    yield f"period = {_text(journey.period)} # how long a client has for a step without its own `due`"
    if journey.ignore:
        yield f"ignore = {_texts(journey.ignore)}"
    for key, help_text in (
        ("totals", '"bottom" or "top": the position of the totals'),
        ("highlight", '"rule", "fill" or "none": how rows are coloured green and red'),
        ("red", 'a row that a person painted red means "left", "paid" or "ignore"'),
        ("green", "the same for green"),
    ):
        value = getattr(journey, key)
        mark = "# " if value == getattr(_DEFAULTS, key) else ""
        yield f"{mark}{key} = {_text(value)} # {help_text}"
    for key, example, help_text in (
        ("currency", "EUR", "of all amounts; without it, each currency has its own sum"),
        ("timezone", "Europe/Rome", "of the business; without it, the day written in a time counts"),
    ):
        value = getattr(journey, key)
        yield f"{'' if value else '# '}{key} = {_text(value or example)} # {help_text}"
    if journey.stages:
        mark = "# " if journey.stage_cells == _DEFAULTS.stage_cells else ""
        yield f"{mark}stage_cells = {_text(journey.stage_cells)} # {_STAGE_CELLS}"
    won = journey.win_probability
    mark, shown = ("# ", "0.1") if won is None else ("", json.dumps(won))
    yield f"{mark}win_probability = {shown} # share of new leads that will pay, for the forecast"


def _step(step: Step) -> Iterator[str]:
    """Yield the lines of one step: only what is not the default."""
    yield "[[step]]"
    for key in Step.model_fields:
        value = getattr(step, key)
        if value != getattr(_STEP_DEFAULTS, key):
            yield f"{key} = {_value(value)}"


def _stage(stage: Stage) -> Iterator[str]:
    """Yield the lines of one stage: only what is not the default."""
    yield "[[stage]]"
    for key in Stage.model_fields:
        value = getattr(stage, key)
        if value != Stage.model_fields[key].default:
            yield f"{key} = {_inline([rule_as_data(rule) for rule in value] if key == 'rules' else value)}"


def _company(journey: Journey) -> Iterator[str]:
    """Yield the lines on companies."""
    if journey.company != _DEFAULTS.company:
        yield from ("", *_COMPANY_HELP.splitlines(), "[company]", *_given(journey.company))


def _business(journey: Journey) -> Iterator[str]:
    """Yield the lines on the business and its notes."""
    yield from ("", *_BUSINESS_HELP.splitlines())
    if journey.business != _DEFAULTS.business:
        yield from ("[business]", *_given(journey.business))
    for note in journey.notes:
        yield from ("", "[[note]]", *_given(note))


def _events(journey: Journey) -> Iterator[str]:
    """Yield the lines on the event log."""
    events = journey.events
    if events is None:
        return
    yield from ("", *_EVENTS_HELP.splitlines(), "[events]", *_given(events, ("columns", "advance")))
    if events.columns:
        yield from ("", "[events.columns]")
        yield from (f"{role} = {_inline(headers)}" for role, headers in events.columns.items())
    if events.advance:
        yield from ("", "[events.advance]")
    for event, target in events.advance.items():
        yield f"{_text(event)} = {_inline(target if target.back else target.stage)}"


def _given(part: Frozen, apart: Iterable[str] = ()) -> Iterator[str]:
    """Yield the fields of a part of a journey that differ from their defaults."""
    for key, field in type(part).model_fields.items():
        value = getattr(part, key)
        if key not in apart and value != field.default:
            yield f"{key} = {_inline(value)}"


def _inline(value: object) -> str:
    """Return any value of a journey on one line."""
    if isinstance(value, Frozen):
        return f"{{ {', '.join(_given(value))} }}"
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{key} = {_inline(part)}' for key, part in value.items())} }}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_inline, value))}]"
    return value.isoformat() if isinstance(value, dt.date) else _value(value)


def _follow_up(item: FollowUp) -> Iterator[str]:
    """Yield the lines of one follow-up: only what is given."""
    yield "[[follow_up]]"
    for key in FollowUp.model_fields:
        value = getattr(item, key)
        if value:
            one = key == "step" and len(value) == 1
            yield f"{key} = {_value(value[0] if one else value)}"


def _value(value: object) -> str:
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, tuple):
        return _texts(value)
    return json.dumps(value)


def _column(column: Column) -> str:
    if column.join:
        headers = f", headers = {_texts(column.headers)}" if column.headers else ""
        return f"{{ join = {_texts(column.join)}{headers} }}"
    return _text(column.headers[0]) if len(column.headers) == 1 else _texts(column.headers, wrapped=True)


def _text(text: str) -> str:
    """Return a TOML string: JSON, with one more character escaped."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _texts(texts: Iterable[str], wrapped: bool = False) -> str:
    quoted = [_text(text) for text in texts]
    line = f"[{', '.join(quoted)}]"
    if not wrapped or len(line) <= _WIDTH:
        return line
    return "[\n" + "".join(f"  {text},\n" for text in quoted) + "]"


def _asked(questions: Sequence[Question]) -> Iterator[str]:
    """Yield the unanswered questions, with the answers and the current reading."""
    for question in questions:
        yield f"# Not sure ({question.about}): {_one_line(question.question)}"
        for answer in question.answers:
            read_so = " (read so until it is answered)" if answer == question.as_read else ""
            shown = "first → second → …" if answer == ANOTHER else answer
            yield f"#   {_one_line(f'{question.about}={shown}: {question.sentence(answer)}{read_so}')}"
    if questions:
        yield "# Until these are answered, funnel gives counts but no verdict, and writes nothing. Answer"
        yield "# them with `funnel init` in a terminal; or correct this file and delete the next line."


def _doubtful(reading: Reading | None) -> list[str]:
    """Return comments on unused columns that look like steps, ready to be uncommented."""
    if reading is None or not reading.not_used:
        return []
    lines = ["", "# These columns look like steps, but probably are not. Remove the # if one is a step."]
    for column in reading.not_used:
        lines += [
            "#",
            f"# Column {column_letter(column.column)}: {_one_line(column.because)}.",
            "# [[step]]",
            f"# name = {_text(column.header)}",
        ]
    return lines


def _one_line(text: str) -> str:
    """Return a comment without line breaks and control characters."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
