"""The questions of a reading: each doubt that affects numbers, with its likely answers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from funnel.clients.reading import Question
from funnel.grid import column_letter
from funnel.reading.candidates import Candidate, tell_the_same
from funnel.reading.cell_questions import about_notes
from funnel.reading.columns.identity import header_weight
from funnel.reading.columns.milestones import Milestone, is_attribute, names_step
from funnel.reading.columns.paying import Paying, paid_stage, paid_step
from funnel.reading.leaving_questions import about_leaving, about_lost
from funnel.reading.stage_questions import (
    NO_CLIENTS,
    STRAIGHT,
    TURNED,
    about_events,
    about_few_rows,
    about_results,
    about_stages,
    in_order,
)
from funnel.reading.tables.evidence import Evidence
from funnel.reading.tables.relations import nested, nested_beyond_chance
from funnel.reading.words.concepts import has_word
from funnel.reading.words.thresholds import ENOUGH, NAMED, OF_SOMEBODY
from funnel.text import listed

_REPEATS = 0.7  # distinct names per row; below it, rows may not be clients
_UNNAMED = 4  # steps without a known word; with fewer, nesting may be chance
_MOST = 6  # maximum number of questions


def questions_of(candidate: Candidate) -> list[Question]:
    """Return the questions about a reading; none if it is sure enough."""
    made = [
        *_about_rows(candidate), *_about_client(candidate), *_about_steps(candidate),
        *about_stages(candidate), *about_results(candidate), *about_events(candidate),
        *_about_paying(candidate), *about_leaving(candidate), *about_lost(candidate),
    ]  # fmt: skip
    return made[:_MOST] or list(about_few_rows(candidate))


def paying_of(candidate: Candidate) -> Paying:
    """Return the paid step of a reading."""
    if candidate.events is not None or candidate.staged:
        return paid_stage(_names(candidate))
    return paid_step([_best_name(step.columns) for step in candidate.steps])


def _best_name(columns: tuple[Evidence, ...]) -> str:
    """Return the header of twin columns whose words name the step."""
    return next((c.header for c in columns if names_step(c.header)), columns[0].header)


def _about_rows(candidate: Candidate) -> Iterator[Question]:
    if candidate.transposed:
        yield Question.of(
            "sheet", "Is each column a client, instead of each row?",
            {TURNED: "Yes: each column is.", STRAIGHT: "No: each row is."},
        )  # fmt: skip
    other = candidate.facts.other
    sure = candidate.facts.identity is not None and candidate.facts.identity.confidence == "certain"
    if candidate.events is not None and candidate.events.confidence == "certain":
        return
    if other is not None and not candidate.transposed and (other.weight > 1 or not sure):
        yield Question.of(
            "sheet", f"Is each row a client? It looks as if {other.what}.",
            {NO_CLIENTS: "No: this sheet has no clients.", "yes: a client in each row": "Yes."},
        )  # fmt: skip
    elif other is None and not candidate.transposed and (column := _names_nobody(candidate)):
        yield Question.of(
            "sheet", f"Is each row a client? Nothing but {column.header!r} names it.",
            {"yes: a client in each row": "Yes.", NO_CLIENTS: "No: this sheet has no clients."},
        )  # fmt: skip


def _names_nobody(candidate: Candidate) -> Evidence | None:
    """Return the column that names the rows, if nothing is about a person, a company or a deal."""
    identity = candidate.facts.identity
    if identity is None or identity.people or identity.weight >= OF_SOMEBODY:
        return None
    naming = ("people", "deals", "email", "phone", "contact", "owner")
    if any(column.has_word(*naming) for column in candidate.facts.table.columns):
        return None
    if _like_names(identity.columns[0]) or paying_of(candidate).at is not None:
        return None
    return identity.columns[0]


def _like_names(column: Evidence) -> bool:
    """Return True if most cells could be the names of people: two or three words without a digit."""
    texts = [text for text in column.texts if text]
    alike = [len(text.split()) in (2, 3) and text.replace(" ", "").isalpha() for text in texts]
    return sum(alike) * 3 >= 2 * len(texts) > 0


def _about_client(candidate: Candidate) -> Iterator[Question]:
    identity = candidate.facts.identity
    if candidate.events is not None or candidate.transposed:
        return
    if identity is None:
        yield Question.of(
            "client", "No column names a client in every row. Is each row a client?",
            {"yes": "Yes: count each row as a client.", NO_CLIENTS: "No: this sheet has no clients."},
        )  # fmt: skip
        return
    column = identity.columns[0]
    if not any(about_events(candidate)) and (again := _comes_again(candidate, column)) is not None:
        yield Question.of(
            column_letter(again.number),
            f"{again.header!r} names the same client in several rows. Is each row a separate client?",
            {
                "yes": "Yes: count each row.",
                NO_CLIENTS: f"No: each {again.header!r} is one client, in several rows.",
            },
        )  # fmt: skip
    many = len(candidate.facts.table.rows) >= ENOUGH
    repeats = many and candidate.facts.table.distinct[column.number] < _REPEATS and len(identity.columns) == 1
    if identity.confidence == "guess" or repeats:
        others = {
            column_letter(c.number): f"No: {c.header!r} does (column {column_letter(c.number)})."
            for c in identity.others[:2]
        }  # fmt: skip
        n, names = int(column.filled.sum()), len(set(column.texts) - {""})
        often = f" It has {names} different names in {n} rows." if repeats and names else ""
        yield Question.of(
            column_letter(column.number), f"Does {column.header!r} name the client of each row?{often}",
            {
                "client": f"Yes{': count each row, and list names that come again' if often else ''}.",
                **others,
                "no": "No column does; count each row as a client.",
                NO_CLIENTS: "No: the rows are not clients.",
            },
        )  # fmt: skip


def _comes_again(candidate: Candidate, client: Evidence) -> Evidence | None:
    """Return a repeating column headed as the client, if only a number identifies each row."""
    table, identity = candidate.facts.table, candidate.facts.identity
    if identity is None or identity.weight >= OF_SOMEBODY or len(table.rows) < ENOUGH:
        return None
    return next(
        (
            column for column in table.columns
            if _names_client(column.header, client.header) and column.fill >= NAMED
            and 1 / len(table.rows) < table.distinct[column.number] < _REPEATS
        ),
        None,
    )  # fmt: skip


def _names_client(header: str, own: str) -> bool:
    """Return True if a header names a person, or a deal by its number, and the other header does not."""
    if has_word("people", header):
        return header_weight(header) >= 2
    return has_word("deals", header) and has_word("id", header) and not has_word("deals", own)


def _about_steps(candidate: Candidate) -> Iterator[Question]:
    steps = candidate.steps
    if not steps or candidate.results or candidate.transposed:
        return
    if len(steps) == 1:
        yield Question.of(
            column_letter(steps[0].main.number),
            f"{steps[0].header!r} is the only step that was found. Is it one?",
            {
                "step": "Yes: clients with a mark or a date there have reached it.",
                "ignore": "No: it is not a step.",
            },
        )  # fmt: skip
    loose = candidate.milestones.apart
    if len(loose) * 3 > len(steps) * (len(steps) - 1) // 2 or (loose and len(steps) == 2):
        yield in_order(
            "order",
            f"The steps {loose[0]} are filled independently of each other. In which order do clients take "
            "the steps?",
            [step.header for step in steps],
        )
    yield from about_notes(steps)
    yield from _about_unknown_words(candidate)
    stages = next((found for found in candidate.facts.stages if found.confidence != "guess"), None)
    fewest = 3 if len(candidate.facts.table.rows) >= ENOUGH else 2
    if stages is not None and len(stages.way) >= fewest and not tell_the_same(steps, stages):
        yield Question.of(
            column_letter(stages.column.number),
            f"What shows how far a client got: the steps in columns, or {stages.column.header!r}?",
            {
                "the columns": f"The columns {listed(repr(s.header) for s in steps)}.",
                "stage": f"The column {stages.column.header!r} ({listed(map(repr, stages.way))}).",
            },
        )  # fmt: skip


def _about_unknown_words(candidate: Candidate) -> Iterator[Question]:
    """Ask about steps, and possible steps, with unknown headers."""
    steps = candidate.steps
    unnamed = [step for step in steps if not step.words]
    different = {
        step.main.reached.tobytes() for step in unnamed
    }  # a checklist filled in the same rows is no way
    alone = len(unnamed) == len(steps)
    few = 2 * len(unnamed) > len(steps) and len(different) < (
        _UNNAMED if alone else min(_UNNAMED, len(unnamed))
    )
    few = few or (len(unnamed) > 1 and len(steps[0].main) < ENOUGH) or (len(steps) == 2 and len(unnamed) == 1)
    if few or not all(_is_nested(step, steps) for step in unnamed):
        one = len(unnamed) == 1
        names = listed(repr(step.header) for step in unnamed)
        yield Question.of(
            "steps",
            f"{'Is' if one else 'Are'} {names} {'a step' if one else 'steps'} that clients take"
            f"{'' if one else ', in this order'}?",
            {"yes": "Yes.", "no": f"No: {'it is not a step' if one else 'they are not steps'}."},
        )
    places = [step.main.number for step in steps]
    apart = [
        column for column in candidate.milestones.unsure
        if not _is_fact(column) and len(unnamed) < len(steps)
        and (len(column) < 2 * ENOUGH or min(places) < column.number < max(places))
    ]  # fmt: skip
    for column in _doubted(candidate)[:2]:
        yield _about_step(
            column,
            f"It is filled as a step is ({int(column.reached.sum())} clients), but its header reads like a "
            "fact about the client.",
        )
    for column in apart[:2]:
        yield _about_step(
            column,
            f"It has {int(column.reached.sum())} marks or dates, whatever other steps the client took.",
        )


def _about_step(column: Evidence, why: str) -> Question:
    """Ask whether a column is a step; as read, it is none."""
    return Question.of(
        column_letter(column.number), f"Is {column.header!r} a step? {why}",
        {"ignore": "No: do not count it.", "step": "Yes: clients take this step."},
    )  # fmt: skip


def _doubted(candidate: Candidate) -> list[Evidence]:
    """Return the columns whose header names a fact or a plan, but that are nested in the steps before."""
    steps = [step.main for step in candidate.steps]
    used = {column.number for step in candidate.steps for column in step.columns}
    found = []
    for column in candidate.facts.table.columns:
        before = [step for step in steps if step.number < column.number][-2:]
        if (
            column.kind in ("marks", "dates")
            and column.number not in used
            and _names_no_step(column)
            and int(column.reached.sum()) >= ENOUGH
            and len(before) == 2
            and all(nested_beyond_chance(column.reached, step.reached) for step in before)
        ):
            found.append(column)
    return found


def _names_no_step(column: Evidence) -> bool:
    """Return True if a header names something else than a step. A tick for a plan may still be one."""
    return is_attribute(column.header) or (column.kind == "marks" and column.has_word("plan", "moving"))


def _is_fact(column: Evidence) -> bool:
    """Return True if a column that is not a step has a known header of another kind."""
    return column.has_word(
        "email", "phone", "value", "notes", "owner", "source", "reason", "id", "plan", "moving"
    )


def _is_nested(step: Milestone, steps: Sequence[Milestone]) -> bool:
    """Return True if a step with unknown words is nested in the step before, and the next one in it."""
    at = steps.index(step)
    pairs = [(steps[at], steps[at - 1])] if at else []
    pairs += [(steps[at + 1], steps[at])] if at + 1 < len(steps) else []
    rows = [(later.main.reached, earlier.main.reached) for later, earlier in pairs]
    return all(nested(later, earlier) for later, earlier in rows)


def _about_paying(candidate: Candidate) -> Iterator[Question]:
    paying = paying_of(candidate)
    names = _names(candidate)
    if paying.others:
        several = [names[at] for at in paying.others][:3]
        question_text = "At which step does a client pay, or become one?"
    elif paying.at is None and not candidate.facts.understood and names:
        several = names[-3:]
        question_text = (
            "At which step does a client pay, or become one? The words of the headers are not known."
        )
    else:
        return
    none = {"none": "At none of the steps of this sheet."}
    yield Question.of(
        "paid", question_text, {**{name: f"{name!r}." for name in several}, **none},
        several[0] if paying.others else "none",
    )  # fmt: skip


def _names(candidate: Candidate) -> list[str]:
    if candidate.events is not None:
        return list(candidate.events.way)
    if candidate.staged and candidate.stages is not None:
        return list(candidate.stages.way)
    return [step.header for step in candidate.steps]
