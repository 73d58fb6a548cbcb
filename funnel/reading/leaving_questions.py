"""The questions about clients who left: which column shows it, and when."""

from __future__ import annotations

from collections.abc import Iterator

from funnel.clients.reading import Question
from funnel.grid import column_letter
from funnel.reading.candidates import Candidate, close_date
from funnel.reading.columns.milestones import names_step
from funnel.reading.tables.relations import overlap
from funnel.reading.words.stage_words import is_lost
from funnel.reading.words.thresholds import BESIDE, DIFFERENT, SPARSE
from funnel.reading.words.vocabulary import role_headers
from funnel.text import fold, listed


def _is_stay(candidate: Candidate) -> bool:
    """Return True if a sheet surely holds how long clients stayed: by its words, and by another column."""
    leaving, stages = candidate.leaving, candidate.stages
    if any(
        column.has_word("staff") and column.distinct >= DIFFERENT for column in candidate.facts.table.columns
    ):
        return False  # who works there, perhaps
    if leaving.date is None or leaving.date_confidence != "certain" or candidate.facts.identity is None:
        return _headed(candidate)
    lost_dated = stages is not None and overlap(stages.lost_rows(), leaving.date.filled) >= BESIDE
    return lost_dated or leaving.reason is not None or _headed(candidate)


def _headed(candidate: Candidate) -> bool:
    """Return True if the lead date and the leaving date are headed exactly as a preset heads them."""
    lead, left = candidate.facts.dates.lead, candidate.leaving.date
    known = role_headers()
    return (
        lead is not None
        and left is not None
        and known.get(fold(lead.header)) == "lead_date"
        and known.get(fold(left.header)) == "left_date"
    )


def about_lost(candidate: Candidate) -> Iterator[Question]:
    """Ask about a column beside the steps that may show leavers, if no other column does."""
    leaving, stages = candidate.leaving, candidate.stages
    whole = stages is not None and stages.order_from == "preset"  # a known system's own list
    seen = whole or leaving.date is not None or leaving.reason is not None or bool(stages and stages.lost)
    if seen or candidate.events is not None or candidate.results or not (candidate.steps or stages):
        return
    used = {c.number for step in candidate.steps for c in step.columns}
    if stages is not None:
        used.add(stages.column.number)
    for column in candidate.facts.table.columns:
        if column.number in used or not column.filled.any():
            continue
        lost = [value for value in column.counts if is_lost(value)]
        headed = column.has_word("stage_header", "result_header")
        if column.kind == "marks" and column.has_word("lost", "left_date") and not names_step(column.header):
            yield Question.of(
                column_letter(column.number),
                f"{column.header!r} has a mark in {int(column.reached.sum())} rows. Have these clients left?",
                {"left_reason": "Yes: a mark there means that the client left.", "ignore": "No."},
            )  # fmt: skip
            return
        texts = column.kind in ("choices", "names", "text") and column.fill <= SPARSE
        if texts and column.has_word("reason") and not candidate.staged:
            yield Question.of(
                column_letter(column.number),
                f"{column.header!r} has a text in {int(column.filled.sum())} rows. Have these clients left?",
                {"left_reason": "Yes: it is why they left.", "ignore": "No."},
            )  # fmt: skip
            return
        if column.kind == "choices" and headed and lost:
            yield Question.of(
                column_letter(column.number),
                f"Have the clients with {listed(map(repr, lost), 'or')} in {column.header!r} left?",
                {f"left: {', '.join(lost)}": "Yes.", "ignore": "No."},
            )  # fmt: skip
            return


def about_leaving(candidate: Candidate) -> Iterator[Question]:
    """Ask whether a date is when clients left, and whether only their stay should be counted."""
    leaving = candidate.leaving
    if leaving.date is not None and leaving.date_confidence == "guess":
        yield Question.of(
            column_letter(leaving.date.number),
            f"{leaving.date.header!r} has a date in {int(leaving.date.filled.sum())} of "
            f"{len(leaving.date)} rows, whatever steps the client took. Is it when clients left?",
            {
                "left_date": "Yes: on that day the client left.",
                "step": "No: it is a step that clients take.",
                "ignore": "No: it is something else; do not count it.",
            },
        )  # fmt: skip
    if leaving.ends is not None:
        column = leaving.ends
        yield Question.of(
            column_letter(column.number),
            f"{column.header!r} has a date in {int(column.filled.sum())} of {len(column)} rows, as the end "
            "of a plan does. Is it when clients left?",
            {"ignore": "No: a client may stay longer.", "left_date": "Yes: on that day the client left."},
        )  # fmt: skip
    elif (
        not candidate.steps and not candidate.staged and candidate.events is None and not _is_stay(candidate)
    ):
        yield Question.of(
            "steps",
            "There is no step, only when clients came and left. Should only the time they stay be counted?",
            {"yes": "Yes: count how long clients stay.", "no": "No: other columns are steps."},
        )  # fmt: skip
    closing = close_date(candidate)
    if candidate.steps and closing is not None and candidate.results == () and names_step(closing.header):
        yield Question.of(
            column_letter(closing.number),
            f"Is {closing.header!r} a step, or the day on which a client was won or lost?",
            {"close_date": "The day on which a client was won or lost.", "step": "A step."},
        )  # fmt: skip
