"""Event logs: what clients did, one row for each event, in a tab or a file beside the sheet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import Field, model_validator

from funnel.journey.base import Frozen, Names

EventRole = Literal["client", "event", "when", "by", "amount"]
EVENT_ROLES: tuple[EventRole, ...] = ("client", "event", "when", "by", "amount")


class Advance(Frozen):
    """Where an event brings a client: forward only, unless `back` is true.

    >>> Advance.model_validate("Customer")
    Advance(stage='Customer', back=False)
    """

    stage: str = Field(min_length=1)
    back: bool = False

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: object) -> object:
        return {"stage": value} if isinstance(value, str) else value


class Events(Frozen):
    """Where the event log stands, which columns it has, and what its events mean.

    Parameters
    ----------
    tab, file : the tab of the sheet, or the CSV or workbook beside it; none: the sheet is the log itself.
    columns : header, or headers, of each role: client, event, when, by (who did it), amount.
    sales : the events whose amount is money earned; every event with an amount where none is named.
    advance : which event brings a client to which stage. An event that has a stage's name brings it there.

    >>> Events(advance={"Purchased": "Customer"}).advance["Purchased"].stage
    'Customer'
    """

    tab: str | None = None
    file: str | None = None
    columns: dict[EventRole, Names] = Field(default_factory=dict)
    sales: Names = ()
    advance: Mapping[str, Advance] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _one_place(self) -> Events:
        if self.tab is not None and self.file is not None:
            raise ValueError("[events] has both `tab` and `file`; keep one")
        return self
