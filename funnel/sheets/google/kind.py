"""What a Google Sheet can do, and its id in an address."""

from __future__ import annotations

import re
from typing import Final

from funnel.errors import ReadError
from funnel.sheets.base import Capabilities

CAPABILITIES: Final = Capabilities(
    "a Google Sheet", writable=True, formats=True, charts=True, rows_may_move=True,
    version_history="File, Version history",
)  # fmt: skip

_ADDRESS: Final = re.compile(r"/spreadsheets/(?:u/\d+/)?d/([\w-]+)")


def spreadsheet_id(url: str) -> str:
    """Return the id of the spreadsheet that an address names.

    Raises
    ------
    ReadError : the address contains no id.

    >>> spreadsheet_id("https://docs.google.com/spreadsheets/d/1AbC-9/edit#gid=0")
    '1AbC-9'
    """
    found = _ADDRESS.search(url)
    if "/spreadsheets/d/e/" in url:
        raise ReadError(
            f"{url} is the address of a published copy, which funnel cannot read. Open the sheet itself and "
            "copy its address, such as https://docs.google.com/spreadsheets/d/1AbC…/edit."
        )
    if found is None:
        raise ReadError(
            f"{url} is not the address of one Google Sheet. Open the sheet in the browser and copy its whole "
            "address, such as https://docs.google.com/spreadsheets/d/1AbC…/edit."
        )
    return found[1]
