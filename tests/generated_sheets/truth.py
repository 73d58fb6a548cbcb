"""What a careful person would read in a generated sheet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Truth:
    """The reading of a careful person.

    Parameters
    ----------
    tab : the tab with the clients; None where there is one tab only.
    shape : marks, dates, both, mixed, stages, stages+close, steps+stage.
    client, lead_date, left_date, left_reason : headers that are equally right, None for "no column".
    steps : for each step the headers (or stages) that mean it.
    optional_steps : what may be a step or not.
    paid : the headers (or stages) of the step that shows who paid; empty where nobody can know.
    lost : stages of clients who left.
    never_steps : headers that are no step.
    answer : read (be sure), ask (say that it is a guess), either, or refuse (there are no clients).
    clients : number of clients.
    """

    tab: str | None
    shape: str
    client: tuple[str | None, ...] = (None,)
    lead_date: tuple[str | None, ...] = (None,)
    left_date: tuple[str | None, ...] = (None,)
    left_reason: tuple[str | None, ...] = (None,)
    steps: Sequence[tuple[str, ...]] = ()
    optional_steps: tuple[str, ...] = ()
    paid: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    never_steps: tuple[str, ...] = ()
    answer: str = "read"
    clients: int = 0
    traits: Mapping[str, str] = field(default_factory=dict)  # what the confusion table groups by
