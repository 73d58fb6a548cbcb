"""A Google Sheet: one call reads it, one more applies a plan and returns the result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NoReturn

from funnel.errors import SheetChanged
from funnel.grid import Grid
from funnel.plan import Plan
from funnel.sheets.google.client import auth
from funnel.sheets.google.client.calls import SpreadsheetClient
from funnel.sheets.google.client.http import RequestRefused, RetryTimer
from funnel.sheets.google.kind import CAPABILITIES, spreadsheet_id
from funnel.sheets.google.read.dependents import FIELDS, describe_dependents
from funnel.sheets.google.read.dropdowns import DROPDOWN_FIELDS, dropdown_ranges, dropdowns_of
from funnel.sheets.google.read.ids import fixed_id
from funnel.sheets.google.read.spreadsheet import READ_FIELDS, Snapshot
from funnel.sheets.google.write.apply import PlanWriter, version_of
from funnel.sheets.tabs import find_tab_name


class GoogleSheet:
    """A Google Sheet, as it was at the first read.

    Parameters
    ----------
    url : its address, as the browser shows it.
    credentials : the sign-in; `auth.credentials()` if None.
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
        self._client = SpreadsheetClient(url, key, auth.credentials() if credentials is None else credentials)
        self._seen: Snapshot | None = None
        self._version = ""

    def __repr__(self) -> str:
        return f"GoogleSheet({self.source!r})"

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            "A GoogleSheet contains a sign-in, so it cannot be stored. Open it again by its address."
        )

    @property
    def version(self) -> str:
        """The hash of everything that was read."""
        self._snapshot()
        return self._version

    @property
    def title(self) -> str:
        """The name of the spreadsheet."""
        return self._snapshot().title

    @property
    def signed_in_as(self) -> str:
        """The signed-in account, in words."""
        return self._client.email or "you, in your own name"

    def try_writing(self) -> None:
        """Check that this sign-in may write: invisible metadata is created and deleted at once.

        Raises
        ------
        WriteError : it may not.
        """
        key = fixed_id("try")
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
            self._client.send_until_answered(":batchUpdate", {"requests": requests}, RetryTimer())
        except RequestRefused as refused:
            self._client.refuse(refused, 0)

    def tabs(self) -> tuple[str, ...]:
        """Return the names of the tabs with cells, in the order that people see; hidden ones too."""
        return tuple(self._snapshot().tabs)

    def read(self, tab: str, rows: int | None = None) -> Grid:
        """Read one tab, or its first rows; the first read fetches all tabs in one call.

        Raises
        ------
        ReadError : the tab is missing (with the nearest name), or the sheet cannot be read.
        """
        grid = self._snapshot().tabs[find_tab_name(tab, self.tabs(), self.source)].grid
        if rows is None or rows >= grid.height:
            return grid
        formulas = {at: text for at, text in grid.formulas.items() if at[0] <= rows}
        return replace(grid, values=[column[:rows] for column in grid.values], formulas=formulas)

    def with_dropdowns(self, grids: Mapping[str, Grid]) -> dict[str, Grid]:
        """Return tabs with the lists that their cells offer; makes one more call.

        Raises
        ------
        ReadError : the sheet cannot be read.
        """
        ranges = dropdown_ranges(tab for tab, grid in grids.items() if grid.height)
        found = dropdowns_of(self._client.read(DROPDOWN_FIELDS, ranges=ranges)) if ranges else {}
        return {tab: replace(grid, dropdowns=found.get(grid.tab, ())) for tab, grid in grids.items()}

    def dependents(self, tab: str) -> tuple[str, ...]:
        """Describe what a person would lose with a tab besides its cells; makes one more call.

        Raises
        ------
        ReadError : the sheet cannot be read.
        """
        return describe_dependents(self._snapshot(), self._client.read(FIELDS), tab)

    def apply(self, plan: Plan) -> tuple[str, ...]:
        """Make every change of a plan, or none; return sentences on what could not be written as planned.

        Raises
        ------
        SheetChanged : the sheet was changed in between: read and plan again.
        WriteError : the sheet cannot be written; the message says what is unchanged.
        """
        if plan.version and plan.version != self.version:
            raise SheetChanged(
                f"{self.source} has changed since it was read. Nothing was written. Refresh again."
            )
        writing = PlanWriter(self._client, plan, self._snapshot())
        self._seen = None
        return writing.run()

    def _snapshot(self) -> Snapshot:
        if self._seen is None:
            self._seen = Snapshot(self._client.read(READ_FIELDS))
            self._version = version_of(self._seen)
        return self._seen
