"""What every sheet can do: say its tabs, read one as a Grid, apply a Plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from funnel.grid import Grid

if TYPE_CHECKING:
    from funnel.plan import Plan


class Sheet(Protocol):
    """An Excel workbook, a Google Sheet, a CSV or ODS file."""

    @property
    def source(self) -> str:
        """The sheet as the person named it: a path or a URL."""

    @property
    def version(self) -> str:
        """What the sheet was when it was opened: a hash of the file's bytes, or a revision."""

    @property
    def read_only(self) -> str | None:
        """Why the sheet cannot be written, with the way out, or None where it can."""

    def tabs(self) -> tuple[str, ...]:
        """The names of the tabs that hold cells, in the order a person sees them."""

    def read(self, tab: str, rows: int | None = None) -> Grid:
        """One tab, or its first rows.

        Raises
        ------
        ReadError : where the tab is missing (with the nearest name) or cannot be read.
        """

    def attached(self, tab: str) -> tuple[str, ...]:
        """What would be lost with a tab of ours besides its cells, in words: drawings, whatever reads it."""

    def apply(self, plan: Plan) -> tuple[str, ...]:
        """Make every change of a plan, or none; return sentences on what could not be written as planned.

        Raises
        ------
        WriteError : where the sheet cannot be written, or has changed since it was read; it is unchanged.
        """
