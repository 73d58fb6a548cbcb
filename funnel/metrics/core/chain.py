"""The order of a journey's steps, and what the clients' table contains about each."""

from __future__ import annotations

from dataclasses import dataclass

from funnel.journey import Step


@dataclass(frozen=True)
class Chain:
    """The order of the steps, and which of them have cells in the table.

    Optional steps are counted, but no other step depends on them.

    Parameters
    ----------
    steps : the journey's steps, in order.
    cells : positions of the steps that have a column; the others are derived from the left date.
    shows_leavers : whether a column or painted row shows who left.
    unknown : positions of the steps whose value is unknown for some lost client.
    staged : whether the steps are stages; every client has reached the first.
    """

    steps: tuple[Step, ...]
    cells: frozenset[int]
    shows_leavers: bool = True
    unknown: frozenset[int] = frozenset()
    staged: bool = False

    @property
    def has_leaving_data(self) -> bool:
        """True if it is known who left, and whether lost clients had paid; derived steps need both."""
        return self.shows_leavers and not (self.staged and self.paid in self.unknown)

    @property
    def paid(self) -> int | None:
        """The position of the paid step, or None."""
        return next((i for i, step in enumerate(self.steps) if step.paid), None)

    @property
    def required(self) -> tuple[int, ...]:
        """Positions of the steps that are not optional."""
        return tuple(i for i, step in enumerate(self.steps) if not step.optional)

    @property
    def retention(self) -> tuple[int, ...]:
        """Positions of the retention steps."""
        return tuple(i for i, step in enumerate(self.steps) if step.kind == "retention")

    def previous(self, step: int) -> int | None:
        """Return the required step before a step, or None for the first.

        >>> steps = (Step(name="a"), Step(name="b", optional=True), Step(name="c"))
        >>> chain = Chain(steps, frozenset({0, 1, 2}))
        >>> chain.previous(0), chain.previous(1), chain.previous(2)
        (None, 0, 0)
        """
        return max((i for i in self.required if i < step), default=None)

    def proofs(self, step: int) -> list[int]:
        """Return the positions whose marks prove a step reached: its own, and later ones of its kind."""
        if self.steps[step].optional:
            return [step] if step in self.cells else []
        kind = self.steps[step].kind
        return [i for i in self.required if i >= step and i in self.cells and self.steps[i].kind == kind]

    def before(self, step: int) -> list[int]:
        """Return the positions of a step and of all required steps before it, if they have cells."""
        return [i for i in (*(i for i in self.required if i < step), step) if i in self.cells]

    def known(self, step: int) -> bool:
        """Return True if the table shows for every client whether a step was reached."""
        return step not in self.unknown and (step in self.cells or self.has_leaving_data)
