"""The adapter for Google Sheets. Nothing that needs the network is imported before a sheet is opened."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn

from funnel.errors import UsageError
from funnel.sheets.base import Identity
from funnel.sheets.google.kind import CAPABILITIES, spreadsheet_id

if TYPE_CHECKING:
    from funnel.plan import Plan
    from funnel.sheets.google.sheet import GoogleSheet
    from funnel.sheets.source_file import SourceFile

_ADDRESSES: Final = tuple(f"{begin}docs.google.com/spreadsheets" for begin in ("https://", "http://", ""))


class GoogleAdapter:
    """Google Sheets, by their address in the browser."""

    kind = "google"
    capabilities = CAPABILITIES
    endings: tuple[str, ...] = ()

    def is_address(self, url: str) -> bool:
        """Return True for an address at docs.google.com/spreadsheets."""
        return url.startswith(_ADDRESSES)

    def recognises(self, file: SourceFile) -> bool:
        """Return False: a Google Sheet is not a file."""
        return False

    def open(self, source: str, file: SourceFile | None) -> GoogleSheet:
        """Open a Google Sheet; nothing is read yet.

        Raises
        ------
        ReadError : the address contains no id, or no account is signed in.
        """
        from funnel.sheets.google.sheet import GoogleSheet

        return GoogleSheet(source)

    def create(self, source: str, plan: Plan) -> tuple[str, ...]:
        """Add the tabs of a plan to a Google Sheet that has none of their names; return notes.

        Raises
        ------
        ReadError : the sheet cannot be read.
        WriteError : the sheet has such a tab, or cannot be written; it is unchanged.
        """
        from funnel.sheets.google.create import add_tabs

        return add_tabs(source, plan)

    def create_titled(self, title: str, plan: Plan) -> str:
        """Create a Google Sheet in the Drive of the person who is signed in, and return its address.

        Raises
        ------
        UsageError : a service account is signed in, whose sheets people cannot see.
        ReadError : not signed in.
        WriteError : the sheet could not be created.
        """
        from funnel.sheets.google.create import create

        return create(title, plan)

    def path(self, source: str) -> Path | None:
        """Return None: a Google Sheet is not a file."""
        return None

    def identity(self, source: str) -> Identity:
        """Return the id of the spreadsheet."""
        return Identity("google sheet", spreadsheet_id(source))

    def undo(self, source: str) -> NoReturn:
        """Refuse: Google keeps the versions.

        Raises
        ------
        UsageError : always, with the way to restore a version.
        """
        raise UsageError(
            f"Google keeps the versions of {source}. Open it, choose File > Version history > See version "
            "history, and restore the version from before the refresh; later changes by other people are "
            f"lost with it. To remove only what funnel wrote: funnel refresh {source} --remove."
        )


adapter = GoogleAdapter()
