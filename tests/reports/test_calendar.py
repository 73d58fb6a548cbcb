"""The calendar file, parsed by an independent library: stable, updatable, valid for any name."""

import datetime as dt
from typing import Any

import icalendar
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from funnel.reports.calendar import calendar_text

DAY = dt.date(2026, 7, 1)


def item(**changes: Any) -> dict[str, Any]:
    row = {
        "row": 8, "client": "Gus", "id": None, "coach": "Zoe", "lead_date": pd.Timestamp("2026-02-20"),
        "item": 1, "follow_up": "Meeting", "step": "Client meeting had", "place": 1, "ask": "Did they meet?",
        "since": pd.Timestamp("2026-05-21"), "state": "overdue",
    }  # fmt: skip
    return row | changes


def events(*rows: dict[str, Any], as_of: dt.date = DAY) -> list[Any]:
    text = calendar_text(pd.DataFrame(list(rows)), as_of)
    assert text.endswith("END:VCALENDAR\r\n")
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert "\n" not in text.replace("\r\n", "")
    calendar = icalendar.Calendar.from_ical(text)
    assert (calendar["VERSION"], calendar["METHOD"]) == ("2.0", "PUBLISH")
    return list(calendar.walk("VEVENT"))


def test_overdue_item_is_on_the_as_of_date() -> None:
    (event,) = events(item())
    assert event["DTSTART"].dt == DAY
    assert event["DTSTAMP"].dt == dt.datetime(2026, 7, 1, tzinfo=dt.UTC)
    assert (event["SUMMARY"], event["STATUS"], event["TRANSP"]) == (
        "Meeting: Gus", "CONFIRMED", "TRANSPARENT",
    )  # fmt: skip
    assert event["DESCRIPTION"] == (
        "Did they meet?\nCoach: Zoe.\nOverdue; to be asked since 2026-05-21.\n"
        "To mark: Client meeting had, row 8."
    )


@pytest.mark.parametrize(
    ("changes", "day"),
    [
        ({"state": "open"}, DAY),
        ({"state": "coming", "since": pd.Timestamp("2026-09-01")}, dt.date(2026, 9, 1)),
        ({"state": "open", "step": None}, dt.date(2026, 5, 21)),  # a touch-base has no cell to close it
        ({"state": "closed"}, dt.date(2026, 5, 21)),
    ],
)
def test_day_of_an_item(changes: dict[str, Any], day: dt.date) -> None:
    assert events(item(**changes))[0]["DTSTART"].dt == day


def test_second_import_updates_and_a_mark_cancels() -> None:
    (before,), (later,) = events(item()), events(item(row=3), as_of=dt.date(2026, 7, 8))  # sorted meanwhile
    (closed,) = events(item(state="closed", step=None))
    assert before["UID"] == later["UID"] == closed["UID"]
    assert later["SEQUENCE"] > closed["SEQUENCE"] > before["SEQUENCE"]
    assert (closed["STATUS"], closed["SUMMARY"]) == ("CANCELLED", "Closed: Meeting: Gus")
    assert events(item()) == events(item())


def test_each_client_and_item_has_its_own_anonymous_identifier() -> None:
    rows = [
        item(), item(follow_up="First contact", state="closed"), item(row=9, client="Ida"), item(row=10),
        item(row=11, lead_date=pd.Timestamp("2026-02-21")), item(row=12, lead_date=pd.NaT),
        item(row=13, id="17"),
    ]  # fmt: skip  # Gus is typed twice, in rows 8 and 10
    found = [str(event["UID"]) for event in events(*rows)]
    assert len(set(found)) == len(rows)
    assert not any("gus" in uid.lower() for uid in found)
    assert events(item(id="17", client="Gus Smith"))[0]["UID"] == found[-1]
    assert events(item(client=" GUS "))[0]["UID"] == found[0]


def test_items_closed_long_ago_are_left_out() -> None:
    old = pd.Timestamp("2025-06-30")
    assert events(item(state="closed", since=old)) == []
    assert len(events(item(state="overdue", since=old))) == 1
    later = item(state="closed", follow_up="Later")
    assert len(events(item(state="closed", since=old), later)) == 2
    assert events(item(since=pd.NaT, state="closed")) == []


def test_one_item_to_ask_now_for_each_client() -> None:
    found = events(
        item(item=2, place=3, follow_up="One month"),
        item(),
        item(item=3, place=4, follow_up="Two months", state="coming", since=pd.Timestamp("2026-09-01")),
        item(item=4, place=-1, follow_up="Touch-base", state="open", step=None),
        item(row=9, client="Ida", item=2, place=3, follow_up="One month"),
    )
    assert [str(event["SUMMARY"]) for event in found] == [
        "Meeting: Gus", "Two months: Gus", "Touch-base: Gus", "One month: Ida",
    ]  # fmt: skip


def test_client_without_a_name_and_without_a_coach() -> None:
    (event,) = events(item(client="", coach=None))
    assert event["SUMMARY"] == "Meeting: row 8"
    assert "CATEGORIES" not in event


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=120)


@given(TEXT, TEXT)
def test_any_text_gives_a_valid_file(name: str, ask: str) -> None:
    (event,) = events(item(client=name, ask=ask, follow_up="F", coach=name or None))
    shown = "".join(c for c in name.replace("\r\n", "\n") if c.isprintable() or c == "\n")
    assert str(event["SUMMARY"]) == (f"F: {shown}" if name else "F: row 8")
