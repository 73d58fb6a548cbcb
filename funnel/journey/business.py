"""The business in reviews and charts: its name, logo and colour, and dated notes."""

from __future__ import annotations

import datetime as dt

from pydantic import Field

from funnel.journey.base import Frozen


class Business(Frozen):
    """The business, for the cover of a review.

    Parameters
    ----------
    name : default: the name of the sheet.
    logo : a PNG or JPEG file, beside the journey file.
    accent : the colour of lines and headings, as "#RRGGBB".

    >>> Business(name="Gym Leeds", accent="#0B6E4F").accent
    '#0B6E4F'
    """

    name: str = ""
    logo: str | None = Field(default=None, min_length=1)
    accent: str | None = Field(default=None, pattern=r"^#[0-9A-Fa-f]{6}$")


class Note(Frozen):
    """A note on a day, for charts over time and the review.

    >>> Note(date="2026-06-01", text="New coach").text
    'New coach'
    """

    date: dt.date
    text: str = Field(min_length=1)
