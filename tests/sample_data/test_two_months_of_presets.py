"""Two months with each preset, a week at a time, each counted by hand (the lifecycle: test_two_months.py)."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from weeks import BookWeek, FileWeek

from funnel.errors import FunnelError
from funnel.journey import Journey, Stage, preset
from funnel.journey.actions import Action
from funnel.journey.company import Company
from funnel.journey.events import Events
from funnel.workflows import act

CREATED = dt.date(2026, 9, 28)


def changed(journey: Journey, *stages: Stage, **fields: object) -> Journey:
    """The journey with other stages, read anew."""
    given = {name: getattr(journey, name) for name in journey.model_fields_set - {"steps"}}
    return Journey(**given | {"stages": stages} | fields)


def renamed(stage: Stage, name: str) -> Stage:
    return stage.model_copy(update={"name": name, "was": (stage.name,)})


@pytest.mark.slow
@pytest.mark.parametrize("kind", [FileWeek, BookWeek])
def test_marketing(kind: type[FileWeek | BookWeek], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journey = preset("marketing")
    unknown, initial, primary, intentional, confirmed, closed = journey.stages
    headers = ("Name", "E-mail", "Id", "Created", "Owner", "Customer stage")
    week = kind(tmp_path, monkeypatch, headers, journey, "Customer stage")
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


@pytest.mark.slow
@pytest.mark.parametrize("kind", [FileWeek, BookWeek])
def test_sales(kind: type[FileWeek | BookWeek], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journey = preset("sales")
    accounts = (Action(hand_off="Accounts"),)
    lead, mql, sql, chance, customer, lost = journey.stages
    customer = customer.model_copy(update={"actions": accounts})
    week = kind(
        tmp_path, monkeypatch,
        ("Contact", "E-mail", "Id", "Company", "Created", "Status", "Asked for a demo", "Last sale"),
        changed(journey, lead, mql, sql, chance, customer, lost), "Status",
    )  # fmt: skip
    # 1: four are imported. Cat bought on 2024-10-20; Dan has a status.
    week.add(("Ana", "ana@acme.it", 1, "Acme", CREATED), ("Ben", "ben@acme.it", 2, "Acme", CREATED))
    week.add(("Cat", "cat@bolt.it", 3, "Bolt", CREATED, None, None, dt.date(2024, 10, 20)))
    week.add(("Dan", "dan@bolt.it", 4, "Bolt", CREATED, "Opportunity"))
    week.happens(("Client", "Event", "When", "Amount"))
    week.refresh()
    assert week.counts() == {"Lead": 2, "Opportunity": 1, "Customer": 1}
    assert week.new_actions() == []
    # 2: Ana meets a criterion; Ben is qualified, by his e-mail.
    week.next()
    week.type("Ana", "yes", "Asked for a demo")
    week.happens(("ben@acme.it", "Qualified by sales", "2026-10-08 09:00"))
    assert week.refresh() == [
        ("Ana", "Lead", "Marketing Qualified Lead", "rule"),
        ("Ben", "Lead", "Sales Qualified Lead", "event"),
    ]  # fmt: skip
    # 3: Ana by hand, 4: and back; the same day Cat's last sale is 24 months ago.
    week.next()
    week.type("Ana", "Opportunity")
    assert week.refresh() == [("Ana", "Marketing Qualified Lead", "Opportunity", "typed")]
    week.next()
    week.type("Ana", None)
    assert week.refresh() == [
        ("Ana", "Opportunity", "Marketing Qualified Lead", "rule"),
        ("Cat", "Customer", "Lost Customer", "rule"),
    ]
    # 5: Cat buys again, by id: the later date counts, and she is handed over.
    week.next()
    week.happens((3, "Closed a deal", "2026-10-30 12:00", 500))
    assert week.refresh() == [("Cat", "Lost Customer", "Customer", "event")]
    assert week.new_actions() == ["Cat"]
    # 6: a contact stands for the company: Eve of Bolt is a customer; Dan's hand wins until it is taken away.
    week.next()
    week.journey = changed(week.journey, *week.journey.stages, company=Company(sync=True))
    week.add(("Eve", "eve@bolt.it", 5, "Bolt", week.day))
    assert week.refresh() == [("Eve", "", "Customer", "company")]
    week.type("Dan", None)
    assert week.refresh() == [("Dan", "Opportunity", "Customer", "company")]
    assert week.counts() == {"Marketing Qualified Lead": 1, "Sales Qualified Lead": 1, "Customer": 3}
    assert week.new_actions() == ["Dan", "Eve"]
    # 7: Customer is called Client, Trial is new before Opportunity, and Qualified goes before it: no moves.
    week.next()
    client, trial = renamed(customer, "Client"), Stage(name="Trial")
    won = lost.model_copy(update={"reached": "Client"})
    week.journey = changed(week.journey, lead, mql, trial, sql, chance, client, won)
    assert week.refresh() == []
    week.type("Ben", "Trial")
    assert week.refresh() == [("Ben", "Sales Qualified Lead", "Trial", "typed")]
    # 8: Trial is deleted while Ben is in it.
    week.next()
    week.journey = changed(week.journey, lead, mql, sql, chance, client, won)
    with pytest.raises(FunnelError, match=r"'Trial' \(1 client, first in F3"):
        week.counts()
    week.journey = changed(week.journey, *week.journey.stages, reassign={"Trial": "Opportunity"})
    week.refresh()
    assert week.counts() == {"Marketing Qualified Lead": 1, "Opportunity": 1, "Client": 3}
    # 9: two of the three are done; the row of the third is deleted from the log, which fires nothing.
    week.next()
    assert len(act.close(week.path, "Cat", journey=week.journey).chosen) == 1
    if isinstance(week, BookWeek):
        week.tick("Eve")
        week.refresh()
    else:
        act.close(week.path, "Eve", journey=week.journey)
    states = act.actions_of(week.funnel()).set_index("client")["state"]
    assert states[["Cat", "Eve"]].tolist() == ["done", "done"]
    week.delete_last_move("Dan")
    week.refresh()
    assert week.new_actions() == []
    # To Client came Cat, Dan and Eve; Ana and Ben did not come so far.
    steps = week.funnel().steps.set_index("step")["marked"]
    assert steps.tolist() == [5, 5, 4, 4, 3]


@pytest.mark.parametrize("kind", [FileWeek, pytest.param(BookWeek, marks=pytest.mark.slow)])
def test_studio(kind: type[FileWeek | BookWeek], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journey = preset("studio")
    inquiry, booked, trial, zone, active, lost = journey.stages
    offer = (Action(note="Dear {client}, 10 % off a package this week."),)
    zone = zone.model_copy(update={"actions": offer})
    week = kind(
        tmp_path, monkeypatch,
        ("Name", "E-mail", "Id", "Inquiry date", "Stage", "Sessions attended", "Package", "Offer ends",
         "Credits left", "Lifetime value"),
        changed(journey, inquiry, booked, trial, zone, active, lost), "Stage",
    )  # fmt: skip
    # 1: Ana and Ben asked; Cat asked on 2026-07-20 and came once; Dan, of the same day, never did.
    july = dt.date(2026, 7, 20)
    week.add(("Ana", "ana@a.it", 1, CREATED), ("Ben", "ben@b.it", 2, CREATED))
    week.add(("Cat", "cat@c.it", 3, july, None, 1), ("Dan", "dan@d.it", 4, july))
    week.refresh()
    assert week.counts() == {"New Inquiry": 3, "Booked/Drop-In": 1}
    # 2: Ana takes the offer. Dan's 90 days end on 2026-10-18: 3: he is lost.
    week.next()
    for column, value in (("Package", "Introductory offer"), ("Offer ends", dt.date(2026, 11, 20)),
                          ("Credits left", 3)):  # fmt: skip
        week.type("Ana", value, column)
    assert week.refresh() == [("Ana", "New Inquiry", "Active Trial", "rule")]
    week.next()
    assert week.refresh() == [("Dan", "New Inquiry", "Lost Clients", "rule")]
    assert week.counts() == {"New Inquiry": 1, "Booked/Drop-In": 1, "Active Trial": 1, "Lost Clients": 1}
    # 4: one credit left: the offer is written to her, once. 5: by hand back to the trial, and away again.
    week.next()
    week.type("Ana", 1, "Credits left")
    assert week.refresh() == [("Ana", "Active Trial", "Decision Zone", "rule")]
    sent = act.give_out(week.path, journey=week.journey).chosen
    assert sent["text"].tolist() == ["Dear Ana, 10 % off a package this week."]
    assert week.new_actions() == []
    week.next()
    week.type("Ana", "Active Trial")
    assert week.refresh() == [("Ana", "Decision Zone", "Active Trial", "typed")]
    week.type("Ana", None)
    assert week.refresh() == [("Ana", "Active Trial", "Decision Zone", "rule")]
    assert week.new_actions() == ["Ana"]  # it is another entry
    # 6: the lost Dan is regained: he buys a membership. Lost Clients are called Cold from now on.
    week.next()
    week.type("Dan", "Membership", "Package")
    week.type("Dan", 90, "Lifetime value")
    week.journey = changed(week.journey, inquiry, booked, trial, zone, active, renamed(lost, "Cold"))
    assert week.refresh() == [("Dan", "Cold", "Active Clients", "rule")]
    assert week.funnel().stages.set_index("stage")["lifetime_value"]["Active Clients"] == 90
    if isinstance(week, BookWeek):  # five weeks: to each stage came those who are there or came further
        header, rows = week.recorded()
        at = [header.index(name) for name in ("Week", "New Inquiry", "Active Trial", "Left the journey")]
        assert [[row[column] for column in at] for row in rows] == [
            ["2026-W41", 4, 0, 0], ["2026-W42", 4, 1, 0], ["2026-W43", 4, 1, 1], ["2026-W44", 4, 1, 1],
            ["2026-W45", 4, 1, 1], ["2026-W46", 4, 2, 0],
        ]  # fmt: skip
    # 7: a new stage, set by hand; the trial goes behind the Decision Zone, and Ana, who meets both, with it.
    week.next()
    call = Stage(name="Call")
    week.journey = changed(week.journey, inquiry, booked, call, zone, trial, active, renamed(lost, "Cold"))
    week.type("Ben", "Call")
    assert week.refresh() == [("Ana", "Decision Zone", "Active Trial", "rule"),
                              ("Ben", "New Inquiry", "Call", "typed")]  # fmt: skip
    # 8: Call is deleted while Ben is in it.
    week.next()
    week.journey = changed(week.journey, inquiry, booked, zone, trial, active, renamed(lost, "Cold"))
    with pytest.raises(FunnelError, match=r"'Call' \(1 client, first in E3"):
        week.counts()
    week.journey = changed(week.journey, *week.journey.stages, reassign={"Call": "Booked/Drop-In"})
    week.refresh()
    assert week.counts() == {"Booked/Drop-In": 2, "Active Trial": 1, "Active Clients": 1}
    # 9: a deleted row of the log fires nothing.
    week.next()
    week.delete_last_move("Ana")
    week.refresh()
    assert week.new_actions() == []


def test_gym(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Marks instead of stages: no events, companies or actions; the log says which marks came and went."""
    names = ("Client contacted", "Client meeting had", "First paid session", "One month post-lead")
    headers = ["Client name", "Date of lead", *names, "Reason for discontinue", "When left journey"]
    week = FileWeek(tmp_path, monkeypatch, headers, preset("gym"))

    def marked() -> list[int]:
        steps = week.funnel().steps.dropna(subset="marked")
        return [int(n) for n in steps.loc[steps["column"].notna(), "marked"]]

    def what() -> list[tuple[str, str, str]]:
        week.refresh()
        log = week.funnel().clients.log
        new = log[log["when"] >= str(week.day)]
        return list(new[["client", "what", "why"]].itertuples(index=False, name=None))

    # 1: Ana has paid, Ben was contacted, Cat is new.
    week.add(("Ana", dt.date(2026, 8, 3), 1, 1, 1), ("Ben", CREATED, 1), ("Cat", CREATED))
    what()
    assert marked() == [2, 1, 1, 0]
    # 2: Cat is contacted, Ben had his meeting. 3: a mark too many is taken back; Dan comes.
    week.next()
    week.type("Cat", 1, names[0])
    week.type("Ben", 1, names[1])
    assert what() == [
        ("Ben", "ticked Client meeting had", "typed"),
        ("Cat", "ticked Client contacted", "typed"),
    ]
    assert marked() == [3, 2, 1, 0]
    week.next()
    week.type("Ben", None, names[1])
    week.add(("Dan", week.day, 1, 1))
    assert what() == [("Ben", "un-ticked Client meeting had", "typed"), ("Dan", "", "typed")]
    assert marked() == [4, 2, 1, 0]
    # 4: Ana leaves; 5: she is back.
    for reason, day, said in (("Injury", week.day, "left"), (None, None, "no longer left")):
        week.next()
        week.type("Ana", reason, "Reason for discontinue")
        week.type("Ana", day, "When left journey")
        assert what() == [("Ana", said, "typed")]
    # 6: a column gets another header; 7: two columns change places: nobody moves.
    week.next()
    week.headers[3] = "Had the meeting"
    steps = [
        step.model_copy(update={"aliases": (week.headers[3],)}) if step.name == names[1] else step
        for step in preset("gym").steps
    ]
    week.journey = Journey(name="Gym", columns=preset("gym").columns, steps=tuple(steps))
    week.add()
    assert what() == []
    week.next()
    for row in week.rows:
        row[2:4] = row[3:1:-1]
    week.add()
    assert what() == []
    assert week.funnel().steps.dropna(subset="column")["step"].tolist() == list(names)
    # 8: a new column; Dan has a mark in it. 9: a column with a mark is deleted: nobody is un-ticked by it.
    week.next()
    for row, cell in zip(week.rows, ("Referred to coach", None, None, None, 1), strict=True):
        row.insert(4, cell)
    week.add()
    assert what() == [("Dan", "ticked Referred to coach", "first seen")]
    week.next()
    for row in week.rows:
        del row[5]
    week.add()
    assert what() == []
    # 10: somebody deletes Dan's line from the log: it is written again, and nothing else.
    week.next()
    week.delete_last_move("Dan")
    assert what() == [("Dan", "ticked Referred to coach", "typed")]
    assert week.funnel().leads == 4
