"""Amounts as marks: who has an amount under "Paid" has paid, if no other column shows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from funnel.reading.tables.evidence import MARK, NUMBER, Evidence
from funnel.reading.words.concepts import has_word
from funnel.reading.words.thresholds import FEW_ROWS, NEARLY_ALL


def settle_amounts(columns: Sequence[Evidence]) -> tuple[Evidence, ...]:
    """Read the amounts of the only column about paying as marks, if some clients have none.

    >>> from funnel.reading.tables.evidence import look_at
    >>> [column.kind for column in settle_amounts([look_at(4, "Paid", ["£45", None, "£60", "£45"])])]
    ['marks']
    """
    paying = [column for column in columns if has_word("paid", column.header)]
    if len(paying) != 1 or not _is_of_some(paying[0]):
        return tuple(columns)
    codes = np.where(paying[0].codes == NUMBER, np.int8(MARK), paying[0].codes)
    marked = replace(paying[0], codes=codes, notes="marks")
    return tuple(marked if column is paying[0] else column for column in columns)


def _is_of_some(column: Evidence) -> bool:
    amounts = column.numbers[column.codes == NUMBER]
    is_value = column.has_word("value", "id", "people")
    return (
        column.kind == "numbers" and not is_value and column.fill < NEARLY_ALL
        and len(amounts) >= FEW_ROWS and bool((amounts > 0).all())
    )  # fmt: skip
