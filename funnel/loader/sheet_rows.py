"""The cells below the headers, parsed; each distinct value is parsed once, then looked up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from funnel.cells.columns import (
    Bools,
    DateColumn,
    Days,
    MarkColumn,
    ParseCache,
    read_left_text,
    read_reason,
    read_texts,
)
from funnel.grid import Grid, Value
from funnel.journey import Journey
from funnel.reading.match_columns import Columns
from funnel.reading.tables.header import Header

if TYPE_CHECKING:
    pass


TEXT_ROLES = ("source", "heard", "coach", "left_reason", "company", "id", "email", "stage")

NUMBER_ROLES = ("value", "lifetime_value", "value_30_days", "order_value")
DATE_ROLES = ("lead_date", "left_date", "close_date", "last_sale")
SALES_ROLES = ("lifetime_value", "value_30_days", "order_value", "last_sale")
"""Roles that an event log with amounts provides if the sheet has no column for them."""


@dataclass(frozen=True)
class SheetRows:
    """The rows below the headers as read, before other rows are separated from clients.

    Offsets count the rows below the headers from 0; `first` is the row of offset 0.
    """

    grid: Grid
    header: Header
    journey: Journey
    columns: Columns
    first: int
    names: Sequence[str]
    marks: Mapping[str, MarkColumn]
    dates: Mapping[str, DateColumn]

    def __len__(self) -> int:
        return len(self.names)

    def cells(self, column: int) -> Sequence[Value]:
        """Return the cells of a column below the headers."""
        return self.grid.values[column - 1][self.first - 1 :]

    def texts(self, role: str) -> list[str] | None:
        """Return the cells of a role as text, "" if blank; None if it has no column."""
        return self._role_texts.get(role)

    @cached_property
    def _role_texts(self) -> dict[str, list[str]]:
        texts = {role: joined(self, self.columns.at[role]) for role in TEXT_ROLES if role in self.columns.at}
        if "left_reason" in texts:
            texts["left_reason"] = list(map(ParseCache(read_reason).__getitem__, texts["left_reason"]))
        if shown := self.left_without_date:
            reasons = texts.get("left_reason") or [""] * len(self)
            texts["left_reason"] = [text or shown.get(at, "") for at, text in enumerate(reasons)]
        return texts

    @cached_property
    def left_without_date(self) -> dict[int, str]:
        """The clients who left by a mark or a text instead of a date: by offset, the reason."""
        dates = self.dates.get("left_date")
        if dates is None or not dates.unreadable:
            return {}
        cells = self.cells(dates.column)
        shown = {at: read_left_text(cells[at]) for at in dates.unreadable}
        return {at: text for at, text in shown.items() if text}

    @property
    def lead(self) -> Days | None:
        """The lead dates; None if there is no such column."""
        return self.dates["lead_date"].days if "lead_date" in self.dates else None

    @cached_property
    def has_mark(self) -> Bools:
        """True for rows with a mark of any step, or a stage if the journey has stages."""
        result = np.zeros(len(self), dtype=bool)
        stages = self.texts("stage") if self.journey.stages else None
        if stages:
            result |= np.fromiter(map(bool, stages), dtype=bool, count=len(self))
        for column in self.marks.values():
            result |= column.marked
        return result

    @cached_property
    def left(self) -> Bools | None:
        """True for rows with a left date or a reason; None if there is no such column."""
        left, reasons = self.dates.get("left_date"), self.texts("left_reason")
        if left is None and reasons is None:
            return None
        result = np.zeros(len(self), dtype=bool) if left is None else ~np.isnat(left.days)
        return result if reasons is None else result | np.array([text != "" for text in reasons], dtype=bool)

    @property
    def paid(self) -> Bools | None:
        """True for rows marked at the paid step; None if it has no column."""
        step = self.journey.paid
        return self.marks[step.name].marked if step and step.name in self.marks else None


def joined(reading: SheetRows, columns: Iterable[int]) -> list[str]:
    """Return the texts of one or several columns, joined by a space."""
    parts = [read_texts(reading.cells(column)) for column in columns]
    return parts[0] if len(parts) == 1 else [" ".join(filter(None, row)) for row in zip(*parts, strict=True)]
