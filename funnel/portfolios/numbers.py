"""The numbers of one business: counts of its steps, nothing about single clients."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from funnel.clients.reading import Reading
from funnel.text import typed_path

if TYPE_CHECKING:
    import pandas as pd

    from funnel.metrics import Funnel

COUNTS = ("marked", "settled_n", "settled_reached", "settled_left", "settled_overdue")


@dataclass(frozen=True, slots=True)
class StepCounts:
    """The counts of a step, as in the steps table (docs/definitions.md#settled)."""

    step: str
    kind: str
    paid: bool
    marked: int
    settled_n: int
    settled_reached: int
    settled_left: int
    settled_overdue: int


@dataclass(frozen=True, slots=True)
class BusinessNumbers:
    """The numbers of a business as of a date; `problem` or `question` is the reason if it is left out.

    Parameters
    ----------
    name : the business. leads : its clients.
    problem : the error, if its sheet cannot be read.
    question : the first open question, if its sheet is read by a guess.
    problems : the number of problems in the sheet.
    """

    name: str
    as_of: dt.date
    leads: int = 0
    steps: tuple[StepCounts, ...] = ()
    problem: str = ""
    question: str = ""
    problems: int = 0

    @property
    def left_out(self) -> bool:
        """True if the business is left out of the comparison."""
        return bool(self.problem or self.question)

    def to_json(self) -> dict[str, Any]:
        """Return the numbers as plain values."""
        return asdict(self) | {"as_of": self.as_of.isoformat()}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> BusinessNumbers:
        """Read what `to_json` returned.

        >>> one = BusinessNumbers("Leeds", dt.date(2026, 7, 1), 3)
        >>> BusinessNumbers.from_json(one.to_json()) == one
        True
        """
        steps = tuple(StepCounts(**step) for step in data["steps"])
        return cls(**{**data, "as_of": dt.date.fromisoformat(data["as_of"]), "steps": steps})


def numbers_of(name: str, funnel: Funnel) -> BusinessNumbers:
    """Return the numbers of a business, with its own names of steps."""
    reading = funnel.clients.reading
    if reading is not None and reading.is_guess:
        return BusinessNumbers(name, funnel.as_of, question=_question(reading, funnel.clients.source))
    counts = tuple(_counts(funnel.steps, funnel))
    return BusinessNumbers(name, funnel.as_of, funnel.leads, counts, problems=len(funnel.clients.problems))


def numbers_by(column: str, funnel: Funnel) -> list[BusinessNumbers]:
    """Return the numbers of each value of a column, for a table with many businesses."""
    from funnel.metrics.tables.segments import segments_of
    from funnel.metrics.tables.steps import steps_table

    segments = segments_of(funnel.clients, funnel.flagged, column, most=None)
    found = []
    for name, tally in zip(segments.values, segments.tallies.values(), strict=True):
        counts, chain = segments.steps(tally)
        rows = steps_table(counts, tally.n, chain, "marked", None)
        found.append(BusinessNumbers(name, funnel.as_of, tally.n, tuple(_counts(rows, funnel))))
    return found


def _counts(table: pd.DataFrame, funnel: Funnel) -> Iterator[StepCounts]:
    table = table.reset_index() if "step" not in table.columns else table
    paid = funnel.journey.paid
    for row in table.to_dict("records"):
        own = str(row["step"])
        counts = {name: _whole(row[name]) for name in COUNTS}
        is_paid = paid is not None and own == paid.name
        yield StepCounts(own, str(row["kind"]), is_paid, **counts)


def _whole(value: Any) -> int:
    return 0 if value is None or value != value else int(value)


def _question(reading: Reading, source: str) -> str:
    """Return the first open question, and how to answer it."""
    first = next((f"{question.question} Answer: " for question in reading.questions), "Run ")
    return f"{first}funnel init {typed_path(source)}"
