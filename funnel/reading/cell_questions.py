"""Questions about steps with other cells than marks: texts, numbers, or texts among dates."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from funnel.cells.mark_words import ANY_TEXT, NO_REASON, normalize_word
from funnel.clients.reading import Question
from funnel.grid import column_letter
from funnel.reading.answers import ANY
from funnel.reading.columns.milestones import Milestone
from funnel.reading.tables.evidence import MARK, NUMBER, TEXT, Evidence
from funnel.reading.words.concepts import has_word
from funnel.reading.words.thresholds import ENOUGH, FEW_ROWS, NEARLY_ALL, OF_ONE_KIND

_IGNORE = {"ignore": "No: do not count the column."}


def about_notes(steps: Sequence[Milestone]) -> Iterator[Question]:
    """Ask about steps with notes or initials in their cells, instead of marks or beside dates."""
    for column in (step.main for step in steps if step.main.notes in ("texts", "dates")):
        if column.notes == "dates":
            yield _beside_dates(column)
        else:
            n, text = int(column.reached.sum()), _odd(column).most_common(1)[0][0]
            yield Question.of(
                column_letter(column.number),
                f"{column.header!r} contains texts such as {text!r} in {n} rows. Does any text there mean "
                "that the client reached this step?",
                {"step": "Yes: any text is a mark.", **_IGNORE},
            )  # fmt: skip


def about_cells(column: Evidence) -> Iterator[Question]:
    """Ask about the step of a preset whose cells are mostly other than marks, the likely answer first.

    >>> from funnel.reading.tables.evidence import look_at
    >>> column = look_at(3, "First paid session", ["£45", None, "£60", "£45", 1])
    >>> next(about_cells(column)).question
    "'First paid session' contains '£45' and the like in 3 rows. Has such a client reached this step?"
    """
    if not any_text_counts(column):
        return
    if column.notes == "dates":
        yield _beside_dates(column)
        return
    odd, reached = _odd(column), _marks(column)
    any_text = {ANY: "Yes: any text or number there is a mark."}
    marked = {"step": f"No: count only the {reached} with a mark or a date."} if reached else {}
    answers = any_text | marked if _mostly_odd(column) else marked | any_text
    text, n = odd.most_common(1)[0][0], odd.total()
    yield Question.of(
        column_letter(column.number),
        f"{column.header!r} contains {text!r} and the like in {n} rows. Has such a client reached this step?",
        {**answers, **_IGNORE},
    )


def about_everybody(reason: Evidence) -> Question | None:
    """Ask about reasons for leaving in nearly every row, unless all of them mean that nobody left."""
    texts = Counter(text for text in reason.texts if text and normalize_word(text) not in NO_REASON)
    n = texts.total()
    if len(reason) < ENOUGH or n < NEARLY_ALL * len(reason):
        return None
    return Question.of(
        column_letter(reason.number),
        f"{reason.header!r} is filled in {n} of {len(reason)} rows, most often with "
        f"{texts.most_common(1)[0][0]!r}. Have all of these clients left?",
        {"ignore": "No: do not use the column.", "left_reason": "Yes."},
    )


def any_text_counts(column: Evidence) -> bool:
    """Return True if a preset's step has many cells that are neither marks nor words for no, nor for lost."""
    if column.notes:
        return column.notes != "marks"
    odd, filled = _odd(column).total(), int(column.filled.sum())
    most, many = odd >= FEW_ROWS and 2 * odd > filled, odd >= ENOUGH and odd > (1 - OF_ONE_KIND) * filled
    return most or many


def own_marks(column: Evidence, answer: str | None) -> tuple[str, ...]:
    """Return the marks of a preset's step besides the common ones, as its cells or an answer show them."""
    asked = any_text_counts(column) and column.notes != "dates"
    if column.notes == "marks" or answer == ANY or (answer is None and asked and _mostly_odd(column)):
        return (ANY_TEXT,)
    return tuple(text for text in column.spellings if text != ANY_TEXT)


def _mostly_odd(column: Evidence) -> bool:
    """Return True if more cells are odd than marks, or the odd ones are numbers: how often, or how much."""
    numbers = int((column.codes == NUMBER).sum())
    return _odd(column).total() > _marks(column) or 2 * numbers > _odd(column).total()


def _marks(column: Evidence) -> int:
    return int(column.reached.sum()) if column.notes != "texts" else 0


def _beside_dates(column: Evidence) -> Question:
    n, text = int(column.reached.sum()), _odd(column).most_common(1)[0][0]
    return Question.of(
        column_letter(column.number),
        f"{column.header!r} contains dates in {n} rows, and texts such as {text!r} in "
        f"{int(column.filled.sum()) - n}. Which clients reached this step?",
        {"step": "Those with a date.", ANY: "Those with a date or any text.", **_IGNORE},
    )  # fmt: skip


def _odd(column: Evidence) -> Counter[str]:
    """Count the texts and numbers that are neither marks nor a word for a client who was lost."""
    kinds = (MARK, TEXT, NUMBER) if column.notes == "texts" else (TEXT, NUMBER)
    shown = (
        text or f"{number:g}"
        for text, number, code in zip(column.texts, column.numbers.tolist(), column.codes, strict=True)
        if code in kinds
    )  # fmt: skip
    return Counter(text for text in shown if column.notes or not has_word("lost", text))
