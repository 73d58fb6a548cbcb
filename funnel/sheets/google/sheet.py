"""A Google Sheet: one call reads all of it, one more applies a plan and reads back what became of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NoReturn

from funnel.errors import SheetChanged
from funnel.grid import Grid
from funnel.plan import Plan
from funnel.sheets.google.client import auth
from funnel.sheets.google.client.calls import Wire
from funnel.sheets.google.client.http import Clock, Refused
from funnel.sheets.google.kind import CAPABILITIES, spreadsheet_id
from funnel.sheets.google.read.dependents import FIELDS, describe_dependents
from funnel.sheets.google.read.ids import fixed
from funnel.sheets.google.read.spreadsheet import MASK, Snapshot
from funnel.sheets.google.write.apply import Writing, version_of
from funnel.sheets.tabs import find_tab_name


class GoogleSheet:
    """A Google Sheet, read as it was when it was first looked at.

    Parameters
    ----------
    url : its address, as the browser shows it.
    credentials : who signs in; as `auth.credentials` finds out where None.
    """

    capabilities = CAPABILITIES
    path = None
    can_write = True
    """Whether this account may write is known only when it writes."""
    read_only_reason: str | None = None
    log_path = None

    def __init__(self, url: str, credentials: Any = None) -> None:
        self.source = url
        key = spreadsheet_id(url)
        self._wire = Wire(url, key, auth.credentials() if credentials is None else credentials)
        self._seen: Snapshot | None = None
        self._version = ""

    def __repr__(self) -> str:
        return f"GoogleSheet({self.source!r})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("A GoogleSheet holds a sign-in, and cannot be stored. Open it again by its address.")

    @property
    def version(self) -> str:
        """A hash of all that was read."""
        self._snapshot()
        return self._version

    @property
    def title(self) -> str:
        """The spreadsheet's own name."""
        return self._snapshot().title

    @property
    def signed_in_as(self) -> str:
        """Who signs in, in words."""
        return self._wire.email or "you, in your own name"

    def try_writing(self) -> None:
        """Find out whether this sign-in may write: a mark that nobody sees is made and taken away at once.

        Raises
        ------
        WriteError : where it may not.
        """
        key = fixed("try")
        made = {
            "metadataId": key, "metadataKey": "funnel.try", "location": {"spreadsheet": True},
            "visibility": "DOCUMENT",
        }  # fmt: skip
        gone = {"developerMetadataLookup": {"metadataId": key}}
        requests = [
            {"createDeveloperMetadata": {"developerMetadata": made}},
            {"deleteDeveloperMetadata": {"dataFilter": gone}},
        ]
        try:
            self._wire.send_until_answered(":batchUpdate", {"requests": requests}, Clock())
        except Refused as refused:
            self._wire.refuse(refused, 0)

    def tabs(self) -> tuple[str, ...]:
        """The names of the tabs that hold cells, in the order a person sees them; hidden ones too."""
        return tuple(self._snapshot().tabs)

    def read(self, tab: str, rows: int | None = None) -> Grid:
        """One tab, or its first rows; all tabs come with the one call that the first look costs.

        Raises
        ------
        ReadError : where the tab is missing (with the nearest name), or the sheet cannot be read.
        """
        grid = self._snapshot().tabs[find_tab_name(tab, self.tabs(), self.source)].grid
        if rows is None or rows >= grid.height:
            return grid
        formulas = {at: text for at, text in grid.formulas.items() if at[0] <= rows}
        return replace(grid, values=[column[:rows] for column in grid.values], formulas=formulas)

    def dependents(self, tab: str) -> tuple[str, ...]:
        """Describe what a person would lose with a tab besides its cells; makes one more call.

        Raises
        ------
        ReadError : the sheet cannot be read.
        """
        return describe_dependents(self._snapshot(), self._wire.read(FIELDS), tab)

    def apply(self, plan: Plan) -> tuple[str, ...]:
        """Make every change of a plan, or none; return sentences on what could not be written as planned.

        Raises
        ------
        SheetChanged : where somebody changed the sheet meanwhile: read it and plan again.
        WriteError : where the sheet cannot be written; the message says what was left as it was.
        """
        if plan.version and plan.version != self.version:
            raise SheetChanged(
                f"{self.source} has changed since it was read. It is as it was. Refresh again."
            )
        writing = Writing(self._wire, plan, self._snapshot())
        self._seen = None
        return writing.run()

    def _snapshot(self) -> Snapshot:
        if self._seen is None:
            self._seen = Snapshot(self._wire.read(MASK))
            self._version = version_of(self._seen)
        return self._seen
