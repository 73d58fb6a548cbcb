"""Write follow-ups as an iCalendar file (RFC 5545); importing a newer file updates the events.

An item keeps its UID. The as-of date sets DTSTAMP and SEQUENCE, so that the later file wins. Items are
all-day events, because Google Calendar and Outlook ignore to-dos. Each client's open item is on the as-of
date. An item is cancelled once its step is marked or the client leaves; "Closed" in its title shows this in
calendars that keep cancelled events.

The tests read the file with the `icalendar` package. It is not used here, because it would add two packages
to every installation.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Hashable, Iterator, Mapping
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from funnel.metrics.tables.due import next_follow_ups
from funnel.text import fold

Row: TypeAlias = Mapping[Hashable, Any]
WIDTH = 75  # octets in a line
MEMORY = dt.timedelta(days=365)  # closed items are kept this long after the client's last item


def calendar_text(follow_ups: pd.DataFrame, as_of: dt.date, name: str = "Follow-ups") -> str:
    r"""Return follow-ups as the text of a calendar file.

    Parameters
    ----------
    follow_ups : the table `Funnel.follow_ups()`.
    name : the name of the calendar.

    Examples
    --------
    >>> row = {"row": 2, "client": "Ana", "id": None, "coach": "Zoe", "lead_date": pd.Timestamp("2026-06-01")}
    >>> row |= {"item": 0, "place": 0, "follow_up": "First contact", "step": "Client contacted"}
    >>> row |= {"ask": "Call.", "since": pd.Timestamp("2026-06-02"), "state": "coming"}
    >>> text = calendar_text(pd.DataFrame([row]), dt.date(2026, 6, 1))
    >>> [line for line in text.split("\r\n") if line.startswith(("DTSTART", "SUMMARY"))]
    ['DTSTART;VALUE=DATE:20260602', 'SUMMARY:First contact: Ana']
    """
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//funnel//follow-ups//EN", "METHOD:PUBLISH"]
    lines += [f"X-WR-CALNAME:{_text(name)}"]
    seen: dict[str, int] = {}
    for row in _calendar_items(follow_ups, as_of).to_dict("records"):
        key = _key(row)
        seen[key] = seen.get(key, 0) + 1  # two rows may have the same client
        lines += _event(row, as_of, _uid(f"{key}\x1f{seen[key]}" if seen[key] > 1 else key))
    lines += ["END:VCALENDAR"]
    return "".join(f"{folded}\r\n" for line in lines for folded in _folded(line))


def _calendar_items(follow_ups: pd.DataFrame, as_of: dt.date) -> pd.DataFrame:
    """Return the items that have a day: open (one for each client), touch-bases, coming and closed.

    Leave out items that wait for another item of the same client, and those closed long ago.
    """
    dated = follow_ups[follow_ups["since"].notna()]
    closed, coming = dated["state"] == "closed", dated["state"] == "coming"
    last = dated.groupby("row")["since"].transform("max")
    recent = last >= pd.Timestamp(as_of - MEMORY)
    now = dated.index.isin(next_follow_ups(dated).index) | dated["step"].isna()
    return dated[np.where(closed, recent, coming | now)]


def _event(row: Row, as_of: dt.date, uid: str) -> Iterator[str]:
    """Yield the lines of one event."""
    closed = row["state"] == "closed"
    ask_now = row["state"] in ("overdue", "open") and isinstance(row["step"], str)
    day = as_of if ask_now else row["since"].date()
    client = row["client"] or f"row {row['row']}"
    title = f"{row['follow_up']}: {client}"
    yield "BEGIN:VEVENT"
    yield f"UID:{uid}"
    yield f"DTSTAMP:{as_of:%Y%m%d}T000000Z"
    yield f"SEQUENCE:{2 * as_of.toordinal() + closed}"  # closed wins on the same day
    yield f"DTSTART;VALUE=DATE:{day:%Y%m%d}"
    yield f"SUMMARY:{_text(f'Closed: {title}' if closed else title)}"
    yield f"STATUS:{'CANCELLED' if closed else 'CONFIRMED'}"
    if not closed:
        yield f"DESCRIPTION:{_text(_description(row))}"
        yield "TRANSP:TRANSPARENT"  # the day stays free
        if isinstance(row["coach"], str):
            yield f"CATEGORIES:{_text(row['coach'])}"
    yield "END:VEVENT"


def _description(row: Row) -> str:
    """Return what to ask, the coach, since when it is overdue, and the cell to mark."""
    coach = f"Coach: {row['coach']}." if isinstance(row["coach"], str) else ""
    overdue = f"Overdue; to be asked since {row['since'].date()}." if row["state"] == "overdue" else ""
    mark = f"To mark: {row['step']}, row {row['row']}." if isinstance(row["step"], str) else ""
    return "\n".join(part for part in (row["ask"], coach, overdue, mark) if part)


def _key(row: Row) -> str:
    """Return the key of an item, without its row: the client's id or name, the lead date, the follow-up."""
    client = row["id"] if isinstance(row["id"], str) else fold(row["client"])
    lead_date: dt.date | str = row["lead_date"].date() if pd.notna(row["lead_date"]) else ""
    return f"{client}\x1f{lead_date}\x1f{row['follow_up']}"


def _uid(key: str) -> str:
    """Return an identifier that does not reveal the client."""
    return f"{hashlib.sha256(key.encode('utf-8', 'replace')).hexdigest()[:32]}@funnel"


def _text(text: str) -> str:
    r"""Escape text (RFC 5545, 3.3.11) and remove control characters.

    >>> print(_text("Ana; Ben, \\ and\nCat\x07"))
    Ana\; Ben\, \\ and\nCat
    """
    clean = "".join(c for c in text.replace("\r\n", "\n") if c.isprintable() or c == "\n")
    for character in ("\\", ";", ","):
        clean = clean.replace(character, f"\\{character}")
    return clean.replace("\n", "\\n")


def _folded(line: str) -> Iterator[str]:
    """Fold a line at 75 octets, never within a character (RFC 5545, 3.1).

    >>> [len(part.encode()) for part in _folded("é" * 80)]
    [74, 75, 13]
    """
    part, room = "", WIDTH
    for character in line:
        size = len(character.encode())
        if size > room:
            yield part
            part, room = " ", WIDTH - 1
        part, room = part + character, room - size
    yield part
