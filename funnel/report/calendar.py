"""Follow-ups as an iCalendar file (RFC 5545), which a second import updates instead of doubling.

An item keeps its UID for good; the as-of date gives DTSTAMP and SEQUENCE, so that what is imported later
wins. All-day events, since Google Calendar and Outlook pass over to-dos. What is to be asked now, one item of
each client, stands on the as-of date, where somebody sees it. What is closed (by a mark, or because the
client left) is cancelled, and says so in its title, for calendars that keep cancelled events.

Written here and not by a library: it is little, and the `icalendar` package, which judges it in the tests,
would bring two more packages to every user.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Hashable, Iterator, Mapping
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from funnel.metrics.tables.due import asked_now
from funnel.text import fold

Row: TypeAlias = Mapping[Hashable, Any]
WIDTH = 75  # octets a line may have
MEMORY = dt.timedelta(days=365)  # so long after the last item of a client the closed ones are still told


def calendar_text(follow_ups: pd.DataFrame, as_of: dt.date, name: str = "Follow-ups") -> str:
    r"""Write follow-ups as a calendar.

    Parameters
    ----------
    follow_ups : the table `Funnel.follow_ups()`.
    name : what a calendar program may call it.

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
    for row in _told(follow_ups, as_of).to_dict("records"):
        key = _key(row)
        seen[key] = seen.get(key, 0) + 1  # two rows may be the same client typed twice
        lines += _event(row, as_of, _uid(f"{key}\x1f{seen[key]}" if seen[key] > 1 else key))
    lines += ["END:VCALENDAR"]
    return "".join(f"{folded}\r\n" for line in lines for folded in _folded(line))


def _told(follow_ups: pd.DataFrame, as_of: dt.date) -> pd.DataFrame:
    """What has a day: of each client the one item to ask now, touch-bases, what is to come, what is closed.

    Not told is what waits for another item of the same client, and what closed long ago.
    """
    dated = follow_ups[follow_ups["since"].notna()]
    closed, coming = dated["state"] == "closed", dated["state"] == "coming"
    last = dated.groupby("row")["since"].transform("max")
    recent = last >= pd.Timestamp(as_of - MEMORY)
    now = dated.index.isin(asked_now(dated).index) | dated["step"].isna()
    return dated[np.where(closed, recent, coming | now)]


def _event(row: Row, as_of: dt.date, uid: str) -> Iterator[str]:
    """The lines of one event."""
    closed = row["state"] == "closed"
    asked_now = row["state"] in ("overdue", "open") and isinstance(row["step"], str)
    day = as_of if asked_now else row["since"].date()
    who = row["client"] or f"row {row['row']}"
    title = f"{row['follow_up']}: {who}"
    yield "BEGIN:VEVENT"
    yield f"UID:{uid}"
    yield f"DTSTAMP:{as_of:%Y%m%d}T000000Z"
    yield f"SEQUENCE:{2 * as_of.toordinal() + closed}"  # closing wins over what was told on the same day
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
    """What to ask, with whom, since when, and where the mark goes."""
    coach = f"Coach: {row['coach']}." if isinstance(row["coach"], str) else ""
    late = f"Overdue since {row['since'].date()}." if row["state"] == "overdue" else ""
    mark = f"To mark: {row['step']}, row {row['row']}." if isinstance(row["step"], str) else ""
    return "\n".join(part for part in (row["ask"], coach, late, mark) if part)


def _key(row: Row) -> str:
    """Who and what, whatever the row: the id where the sheet has one, else the name; lead date and item."""
    who = row["id"] if isinstance(row["id"], str) else fold(row["client"])
    lead: dt.date | str = row["lead_date"].date() if pd.notna(row["lead_date"]) else ""
    return f"{who}\x1f{lead}\x1f{row['follow_up']}"


def _uid(key: str) -> str:
    """An identifier that says nothing of the client."""
    return f"{hashlib.sha256(key.encode()).hexdigest()[:32]}@funnel"


def _text(text: str) -> str:
    r"""Escape text (RFC 5545, 3.3.11); control characters have no place in it.

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
