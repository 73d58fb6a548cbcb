"""A `Reading`: what is believed of a sheet, how sure each belief is, why, and what has to be asked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from funnel import html
from funnel.grid import column_letter

if TYPE_CHECKING:
    from funnel.journey import Journey

Confidence: TypeAlias = Literal["certain", "likely", "guess"]
Shape: TypeAlias = Literal["marks", "dates", "stages", "stages+dates", "events", "none", "journey"]
OrderFrom: TypeAlias = Literal[
    "declared", "dropdown", "numbers", "preset", "vocabulary", "dates", "history", "unknown"
]
_RANK: dict[Confidence, int] = {"guess": 0, "likely": 1, "certain": 2}


def weakest(beliefs: Iterable[Confidence]) -> Confidence:
    """Return the weakest of several beliefs; "certain" of none.

    >>> weakest(["certain", "likely"]), weakest([])
    ('likely', 'certain')
    """
    return min(beliefs, key=_RANK.__getitem__, default="certain")


@dataclass(frozen=True, slots=True)
class RoleBelief:
    """A column that carries a role."""

    role: str
    column: int
    header: str
    confidence: Confidence
    because: str


@dataclass(frozen=True, slots=True)
class StepBelief:
    """A step, with every column that shows it, the main one first; none where stages are the steps."""

    step: str
    columns: tuple[int, ...]
    headers: tuple[str, ...]
    confidence: Confidence
    because: str
    paid: bool = False
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StageBelief:
    """A stage, whether its clients have left, and what its place among the others comes from."""

    stage: str
    lost: bool
    order_from: OrderFrom


@dataclass(frozen=True, slots=True)
class Unused:
    """A column that looks like a step or a role and is neither."""

    column: int
    header: str
    because: str


@dataclass(frozen=True, slots=True)
class OtherTab:
    """A tab that was not read."""

    tab: str
    because: str


@dataclass(frozen=True, slots=True)
class Question:
    """What a person has to decide: about a column (its letter), the order of stages, the tab or the sheet."""

    about: str
    question: str
    answers: tuple[str, ...]
    as_read: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What funnel believes of a sheet.

    Parameters
    ----------
    tab, header_row : where the clients are.
    shape : what shows how far a client got; "none" where there is no funnel, "journey" where one is declared.
    confidence : the weakest of the beliefs that numbers hang on.
    columns, steps, stages : the beliefs.
    not_used, other_tabs : what was passed over, and why.
    questions : what is not sure; empty unless the reading is a guess.
    refusal : of shape "none", what the sheet seems to hold, and what to do.
    runner_up : the next best reading, in a sentence; "" where there was no other.
    transposed : the clients are in columns.
    journey : the journey made of it; None where there is none to make.
    """

    tab: str
    header_row: int
    shape: Shape
    confidence: Confidence
    columns: tuple[RoleBelief, ...] = ()
    steps: tuple[StepBelief, ...] = ()
    stages: tuple[StageBelief, ...] = ()
    not_used: tuple[Unused, ...] = ()
    other_tabs: tuple[OtherTab, ...] = ()
    questions: tuple[Question, ...] = ()
    refusal: str = ""
    runner_up: str = ""
    transposed: bool = False
    journey: Journey | None = field(default=None, compare=False, repr=False)

    def role(self, role: str) -> RoleBelief | None:
        """Return the column of a role, or None."""
        return next((belief for belief in self.columns if belief.role == role), None)

    @property
    def asks(self) -> bool:
        """Whether a person has to answer before anything is concluded or written."""
        return self.confidence == "guess" and bool(self.questions)

    def _repr_html_(self) -> str:
        if self.shape == "none":
            return html.paragraphs(self.refusal)
        roles = [
            (belief.role.replace("_", " "), column_letter(belief.column), belief.header, belief.confidence,
             belief.because)
            for belief in self.columns
        ]  # fmt: skip
        steps = [
            (f"{step.step} (paid)" if step.paid else step.step, " ".join(map(column_letter, step.columns)),
             " · ".join(step.headers), step.confidence, step.because)
            for step in self.steps
        ]  # fmt: skip
        titles = ("What", "Column", "Header", "How sure", "Why")
        groups = ["Columns"] * len(roles) + ["Steps, in order"] * len(steps)
        unused = (f"{column_letter(c.column)} {c.header!r}: {c.because}" for c in self.not_used)
        return (
            html.paragraphs(f"Tab {self.tab!r}, headers in row {self.header_row}: {self.confidence}.")
            + html.table(titles, [*roles, *steps], texts=range(5), groups=groups)
            + html.bullets(unused, "Not used")
            + html.bullets((f"{other.tab!r}: {other.because}" for other in self.other_tabs), "Other tabs")
            + html.bullets((question.question for question in self.questions), "To answer")
        )

    def to_json(self) -> dict[str, Any]:
        """Return the object `reading` of the JSON."""
        return {
            "tab": self.tab,
            "header_row": self.header_row,
            "shape": self.shape,
            "confidence": self.confidence,
            "columns": [{**asdict(b), "column": column_letter(b.column)} for b in self.columns],
            "steps": [
                {
                    "step": b.step, "columns": [column_letter(c) for c in b.columns],
                    "headers": list(b.headers), "confidence": b.confidence, "because": b.because,
                }
                for b in self.steps
            ],
            "stages": [asdict(b) for b in self.stages],
            "not_used": [{**asdict(b), "column": column_letter(b.column)} for b in self.not_used],
            "other_tabs": [asdict(b) for b in self.other_tabs],
            "questions": [{**asdict(q), "answers": list(q.answers)} for q in self.questions],
        }  # fmt: skip
