"""Check sign-in, reading and writing of a Google Sheet, one line for each."""

from __future__ import annotations

from collections.abc import Iterator

from funnel.errors import FunnelError
from funnel.sheets.google.sheet import GoogleSheet
from funnel.text import listed

Line = tuple[bool, str]
"""Whether something works, and a sentence."""


def check(url: str) -> Iterator[Line]:
    """Check a sheet without changing it: two calls besides the token.

    Raises
    ------
    ReadError : the address is not a sheet, or no account is signed in.
    """
    sheet = GoogleSheet(url)
    yield True, f"Signed in as {sheet.signed_in_as}."
    try:
        tabs = sheet.tabs()
    except FunnelError as error:
        yield False, str(error)
        return
    yield True, f"Reading works: {sheet.title!r}, with {listed(map(repr, tabs))}."
    try:
        sheet.try_writing()
    except FunnelError as error:
        yield False, str(error)
        return
    yield True, "Writing works. Nothing was changed."
