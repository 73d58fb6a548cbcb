"""A `Reading`: beliefs about a sheet, each with its evidence and confidence, and the open questions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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
ANOTHER = "another order"
"""The answer that has to be followed by an order."""
UNKNOWN = "unknown"
"""The answer to an optional question by which nothing changes."""


def weakest(beliefs: Iterable[Confidence]) -> Confidence:
    """Return the weakest confidence; "certain" if there are no beliefs.

    >>> weakest(["certain", "likely"]), weakest([])
    ('likely', 'certain')
    """
    return min(beliefs, key=_RANK.__getitem__, default="certain")


@dataclass(frozen=True, slots=True)
class RoleBelief:
    """The column of a role."""

    role: str
    column: int
    header: str
    confidence: Confidence
    because: str


@dataclass(frozen=True, slots=True)
class StepBelief:
    """A step with its columns, the main one first; without columns if the steps are stages."""

    step: str
    columns: tuple[int, ...]
    headers: tuple[str, ...]
    confidence: Confidence
    because: str
    paid: bool = False
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StageBelief:
    """A stage, whether it is lost, and the evidence for its position."""

    stage: str
    lost: bool
    order_from: OrderFrom


@dataclass(frozen=True, slots=True)
class Unused:
    """A column that looks like a step or a role, but is neither."""

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
    """An open question: about a column (its letter), the order of stages, the tab or the sheet.

    Parameters
    ----------
    answers : the keys of the answers, as in ``--answer ABOUT=KEY``.
    as_read : the answer that the reading assumes.
    sentences : each answer as a person reads it.
    items : what can be put in order, if a list of them is an answer.
    likely : False if no evidence supports `as_read`, so that it must not be a default.
    """

    about: str
    question: str
    answers: tuple[str, ...]
    as_read: str
    sentences: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    likely: bool = True

    @classmethod
    def of(cls, about: str, question: str, answers: Mapping[str, str], as_read: str = "") -> Question:
        """Return a question whose answers are keys with their sentences; read by the first one as a default.

        >>> Question.of("L", "Is 'Gone' when they left?", {"left_date": "Yes.", "ignore": "No."}).as_read
        'left_date'
        """
        return cls(about, question, tuple(answers), as_read or next(iter(answers)), tuple(answers.values()))

    @property
    def key(self) -> str:
        """What tells it from other questions about the same column: the column, and the stage it is about."""
        stage = next((a.removesuffix(": left") for a in self.answers if a.endswith(": left")), "")
        return f"{self.about}: {stage}" if stage else self.about

    def sentence(self, answer: str) -> str:
        """Return an answer as a person reads it."""
        return dict(zip(self.answers, self.sentences, strict=False)).get(answer, answer)

    def takes(self, about: str, answer: str) -> bool:
        """Return True if this is the question that is answered."""
        named = about.casefold() == self.about.casefold()
        return named and ((answer in self.answers and answer != ANOTHER) or self.orders(answer))

    def orders(self, answer: str) -> bool:
        """Return True if an answer is a list of the items to put in order."""
        return bool(self.items) and len(names_in_order(answer)) > 1


def names_in_order(answer: str) -> list[str]:
    """Split an order as it is answered: between arrows, or between commas.

    >>> names_in_order("New, Won"), names_in_order("New, cold → Won"), names_in_order("as listed")
    (['New', 'Won'], ['New, cold', 'Won'], ['as listed'])
    """
    return [name.strip() for name in answer.split("→" if "→" in answer else ",") if name.strip()]


@dataclass(frozen=True, slots=True)
class Reading:
    """The beliefs about a sheet.

    Parameters
    ----------
    tab, header_row : the place of the clients.
    shape : what shows a client's progress; "none" if there are no clients, "journey" if it is declared.
    confidence : the weakest of the beliefs that affect numbers.
    columns, steps, stages : the beliefs.
    not_used, other_tabs : what was passed over, and why.
    questions : what is not sure; empty unless the reading is a guess.
    refusal : of shape "none", what the sheet seems to hold, and what to do.
    runner_up : the next best reading, in a sentence; "" where there was no other.
    transposed : the clients are in columns.
    headers : the header of each column of the tab.
    journey : the journey made from the reading; None if there is none.
    for_today : the sheet may be read in another way on a later day, because it has dates in the future.
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
    headers: Mapping[int, str] = field(default_factory=dict, compare=False, repr=False)
    journey: Journey | None = field(default=None, compare=False, repr=False)
    for_today: bool = field(default=False, compare=False, repr=False)

    def role(self, role: str) -> RoleBelief | None:
        """Return the column of a role, or None."""
        return next((belief for belief in self.columns if belief.role == role), None)

    @property
    def is_guess(self) -> bool:
        """True if there are open questions; then no verdict is given and nothing is written."""
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
            "questions": [_question(q) for q in self.questions],
        }  # fmt: skip


def _question(question: Question) -> dict[str, Any]:
    kept = ("about", "question", "answers", "as_read", "sentences")
    lists = ("answers", "sentences")
    return {key: list(getattr(question, key)) if key in lists else getattr(question, key) for key in kept}
