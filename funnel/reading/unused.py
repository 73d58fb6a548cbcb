"""List columns that look like a step or a role but are neither, with the reason."""

from __future__ import annotations

from collections.abc import Iterator

from funnel.clients.reading import Unused
from funnel.reading.candidates import Candidate
from funnel.reading.columns.identity import header_weight
from funnel.reading.words.concepts import has_word


def unused(candidate: Candidate, used: set[int]) -> Iterator[Unused]:
    """Yield the columns that were not used."""
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
                column.number, column.header, "a date whose header names no step, not filled as a step is"
            )
        elif column.kind == "marks":
            yield Unused(
                column.number, column.header, "marks whose header names no step, not filled as a step is"
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


def _ones(column) -> bool:  # type: ignore[no-untyped-def]
    return (
        bool((column.numbers == 1).any())
        and not has_word("value", column.header)
        and not has_word("id", column.header)
    )
