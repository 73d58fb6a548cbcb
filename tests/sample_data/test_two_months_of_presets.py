"""Two months with each preset, a week at a time, each counted by hand (the lifecycle: test_two_months.py)."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from weeks import FileWeek

from funnel.journey import Journey, Stage, preset
from funnel.journey.events import Events
from funnel.workflows import act

CREATED = dt.date(2026, 9, 28)


def changed(journey: Journey, *stages: Stage, **fields: object) -> Journey:
    """The journey with other stages, read anew."""
    given = {name: getattr(journey, name) for name in journey.model_fields_set - {"steps"}}
    return Journey(**given | {"stages": stages} | fields)


def renamed(stage: Stage, name: str) -> Stage:
    return stage.model_copy(update={"name": name, "was": (stage.name,)})


def test_marketing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journey = preset("marketing")
    unknown, initial, primary, intentional, confirmed, closed = journey.stages
    headers = ("Name", "E-mail", "Id", "Created", "Owner", "Customer stage")
    week = FileWeek(tmp_path, monkeypatch, headers, journey, "Customer stage")
    # 1: three are imported, one with a stage; nothing has happened.
    week.add(("Ana", "ana@a.it", 1, CREATED), ("Ben", "ben@b.it", 2, CREATED))
    week.add(("Cat", "cat@c.it", 3, CREATED, "Zoe", "Primary Leads"))
    week.happens(("Client", "Event", "When", "Amount"))
    assert {why for *_, why in week.refresh()} == {"first seen"}
    assert week.counts() == {"Unknown": 2, "Primary Leads": 1}
    # 2: an event by id, another by e-mail.
    week.next()
    week.happens((1, "Opened a mail", "2026-10-08 09:00"), ("ben@b.it", "Clicked a link", "2026-10-09 10:00"))
    assert week.refresh() == [
        ("Ana", "Unknown", "Initial Contact", "event"), ("Ben", "Unknown", "Primary Leads", "event"),
    ]  # fmt: skip
    assert week.counts() == {"Initial Contact": 1, "Primary Leads": 2}
    # 3: Ana is confirmed by hand, and handed over once. 4: back to what she did.
    week.next()
    week.type("Ana", "Confirmed Leads")
    assert week.refresh() == [("Ana", "Initial Contact", "Confirmed Leads", "typed")]
    assert (week.new_actions(), week.new_actions()) == (["Ana"], [])
    week.next()
    week.type("Ana", None)
    assert week.refresh() == [("Ana", "Confirmed Leads", "Initial Contact", "event")]
    # 5: a rename moves nobody, and events lead to the stage by its former name.
    week.next()
    warm = renamed(primary, "Warm Leads")
    week.journey = changed(journey, unknown, initial, warm, intentional, confirmed, closed)
    assert week.refresh() == []
    assert week.counts() == {"Initial Contact": 1, "Warm Leads": 2}
    # 6: Warm Leads go behind Intentional Leads. Dan comes with a coupon; Eva opened five mails in 30 days.
    week.next()
    week.journey = changed(journey, unknown, initial, intentional, warm, confirmed, closed)
    week.add(("Dan", "dan@d.it", 4, week.day), ("Eva", "eva@e.it", 5, week.day))
    week.happens(("dan@d.it", "Used a coupon", "2026-11-09 08:00"))
    week.happens(*((5, "Opened a mail", f"2026-11-0{day} 08:00") for day in range(4, 9)))
    assert week.refresh() == [("Dan", "", "Intentional Leads", "event"), ("Eva", "", "Warm Leads", "rule")]
    assert week.counts() == {"Initial Contact": 1, "Intentional Leads": 1, "Warm Leads": 3}
    # 7: a new stage with an event of its own.
    week.next()
    call, known = Stage(name="Call planned"), journey.events
    assert known
    events = Events(
        tab="Events", sales=known.sales, advance={**known.advance, "Booked a call": "Call planned"}
    )
    stages = (unknown, initial, intentional, warm, call, confirmed, closed)
    week.journey = changed(journey, *stages, events=events)
    week.happens((2, "Booked a call", "2026-11-13 12:00"))
    assert week.refresh() == [("Ben", "Warm Leads", "Call planned", "event")]
    # 8: Intentional Leads are deleted while Dan is among them.
    week.next()
    kept = [stage for stage in stages if stage is not intentional]
    with pytest.raises(ValueError, match="'Intentional Leads', which is not an active stage"):
        changed(week.journey, *kept)
    week.journey = changed(week.journey, *kept, reassign={"Intentional Leads": "Warm Leads"})
    week.refresh()
    assert week.counts() == {"Initial Contact": 1, "Warm Leads": 3, "Call planned": 1}
    # 9: Ben buys. Ana is confirmed again, which hands her over again, and that is done.
    week.next()
    week.happens(("ben@b.it", "Purchased", "2026-11-27 12:00", 90))
    week.type("Ana", "Confirmed Leads")
    assert week.refresh() == [
        ("Ana", "Initial Contact", "Confirmed Leads", "typed"),
        ("Ben", "Call planned", "Closed Customers", "event"),
    ]
    assert week.funnel().stages.set_index("stage")["lifetime_value"]["Closed Customers"] == 90
    assert week.new_actions() == ["Ana"]
    assert act.close(week.path, "Ana", journey=week.journey).chosen["client"].tolist() == ["Ana"]
    # 10: somebody deletes that move from the log: nothing is given out again.
    week.next()
    week.delete_last_move("Ana")
    week.refresh()
    assert week.new_actions() == []
    # To Warm Leads came Ben, Cat, Dan, Eva and, further, Ana; from there went Ana and Ben.
    advance = week.funnel().advance.set_index("stage")
    assert advance.loc["Warm Leads", ["n", "advanced"]].tolist() == [5, 2]
