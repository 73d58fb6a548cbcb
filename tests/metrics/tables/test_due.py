"""Whom to follow up with: the worked example, the workflow's days, and what closes an item."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

import pandas as pd
import pytest
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st
from tables import clients_of

from funnel.clients import Clients, FollowedUp, Layout
from funnel.errors import UsageError
from funnel.journey import FollowUp, Journey, Stage, Step
from funnel.metrics import Funnel
from funnel.metrics.tables.due import ASK, ASK_STAGE, COLUMNS, due_table, follow_ups_table

Make = Callable[..., Clients]
DAY = "2026-07-01"
STEPS = (Step(name="contacted"), Step(name="met"), Step(name="paid", paid=True), Step(name="3m", months=3))
WORKFLOW = Journey(
    steps=STEPS,
    follow_ups=(
        FollowUp(name="First contact", after="1 day", step="contacted", ask="Has anybody called?"),
        FollowUp(name="Meeting", after="7 days", step=("met", "paid"), ask="Did they meet?"),
        FollowUp(name="Touch-base", after="2 weeks", since="paid", ask="How are they?"),
        FollowUp(name="Three months", after="3 months", step="3m"),
    ),
)


def listed(clients: Clients, also: str = "overdue", as_of: str = DAY) -> list[tuple[object, ...]]:
    table = due_table(clients, Funnel(clients, as_of).flagged, also)  # type: ignore[arg-type]
    return [
        (row["client"], row["follow_up"], row["step"], f"{row['since']:%m-%d}", row["state"])
        for row in table.to_dict("records")
    ]


def of(make_clients: Make, **cells: object) -> Clients:
    """One client, lead on 2026-06-01 unless said otherwise."""
    row = {"client": "Ana", "lead_date": "2026-06-01", "contacted": "", "met": "", "paid": "", "3m": ""}
    return make_clients(pd.DataFrame([row | cells], dtype=object), WORKFLOW)


def test_worked_example_gus_once_and_not_ida(clients: Clients) -> None:
    table = due_table(clients, Funnel(clients, DAY).flagged)
    assert len(due_table(clients, Funnel(clients, DAY).flagged, "overdue")) == 1
    assert list(table) == list(COLUMNS)
    assert table.astype({"since": str}).to_dict("records") == [
        {
            "row": 8, "cell": "F8", "client": "Gus", "coach": None, "follow_up": "met", "step": "met",
            "ask": ASK, "since": "2026-05-21", "days_waiting": 41, "state": "overdue",
        }
    ]  # fmt: skip


def test_the_call_list_is_what_the_problems_say(clients: Clients) -> None:
    for day in ("2026-03-01", "2026-05-31", DAY, "2026-08-20", "2027-03-01"):
        funnel = Funnel(clients, day)
        asked = {p.cell for p in funnel.problems if p.kind in ("overdue", "first contact missing")}
        table = due_table(clients, funnel.flagged, "overdue")
        assert set(table["cell"]) == asked
        assert table["row"].is_unique


def test_each_kind_of_follow_up_includes_the_ones_before(clients: Clients) -> None:
    flagged = Funnel(clients, DAY).flagged
    rows = [set(due_table(clients, flagged, also)["row"]) for also in ("overdue", "open", "coming")]
    assert rows[0] <= rows[1] <= rows[2]
    gone = {"Ben", "Cat", "Eva", "Fay"}
    assert not gone & set(due_table(clients, flagged, "coming")["client"])
    with pytest.raises(UsageError) as error:
        due_table(clients, flagged, "comming")  # type: ignore[arg-type]
    assert str(error.value) == (
        "There is no kind of follow-up 'comming'; did you mean 'coming'? There are 'overdue', 'open' and "
        "'coming'."
    )


@pytest.mark.parametrize(
    ("cells", "day", "expected"),
    [
        ({}, "2026-06-01", []),  # the first item comes up tomorrow
        ({}, "2026-06-02", [("Ana", "First contact", "contacted", "06-02", "open")]),
        ({}, "2026-08-29", [("Ana", "First contact", "contacted", "06-02", "open")]),
        ({}, "2026-08-30", [("Ana", "First contact", "contacted", "06-02", "overdue")]),  # 90 days
        ({"contacted": "1"}, "2026-06-07", []),
        ({"contacted": "1"}, "2026-06-08", [("Ana", "Meeting", "met", "06-08", "open")]),
        ({"met": "1"}, "2026-06-08", [("Ana", "Meeting", "paid", "06-08", "open")]),  # a later mark closes
        ({"met": "1", "left_date": "2026-06-05"}, "2026-06-08", []),
        ({"paid": "2026-06-10"}, "2026-06-23", []),
        ({"paid": "2026-06-10"}, "2026-06-24", [("Ana", "Touch-base", None, "06-24", "open")]),
        ({"paid": "2026-06-10"}, "2026-08-31", [("Ana", "Touch-base", None, "06-24", "open")]),
        ({"paid": "2026-06-10"}, "2026-09-01", [("Ana", "Three months", "3m", "09-01", "overdue")]),
        ({"paid": "1"}, "2026-09-12", [("Ana", "Three months", "3m", "09-01", "overdue")]),
        ({"paid": "1", "3m": "1"}, "2026-09-12", []),
        # no date on the mark: two weeks after the day on which paying was due, 2026-08-30
        ({"paid": "1", "3m": "1"}, "2026-09-13", [("Ana", "Touch-base", None, "09-13", "open")]),
        ({"met": "1"}, "2026-09-12", [("Ana", "Meeting", "paid", "06-08", "overdue")]),  # not at 3m: unpaid
        ({"lead_date": None}, "2026-09-12", []),
    ],
)
def test_what_is_asked_on_a_day(
    make_clients: Make, cells: dict[str, str], day: str, expected: list[tuple[str, ...]]
) -> None:
    assert listed(of(make_clients, **cells), "open", day) == expected


def test_a_closed_touch_base_is_not_asked_again(make_clients: Make) -> None:
    paid = of(make_clients, paid="2026-06-10")
    key = ("ana", dt.date(2026, 6, 1))

    def asked(name: str, when: str) -> list[tuple[object, ...]]:
        closed = FollowedUp(key, name, dt.date.fromisoformat(when))
        return listed(replace(paid, followed_up=(closed,)), "open", "2026-06-24")

    touch_base = [("Ana", "Touch-base", None, "06-24", "open")]
    assert asked("Touch-base", "2026-06-24") == []
    assert asked("Touch-base", "2026-06-25") == touch_base  # closed on a later day
    assert asked("Another", "2026-06-24") == touch_base


def test_what_is_still_to_come(make_clients: Make) -> None:
    assert listed(of(make_clients, contacted="1"), "coming", "2026-06-05") == [
        ("Ana", "Meeting", "met", "06-08", "coming"),
        ("Ana", "Three months", "3m", "09-01", "coming"),  # while paying still has time
    ]


def test_a_step_without_a_follow_up_is_asked_about_when_it_is_due(make_clients: Make) -> None:
    journey = Journey(steps=STEPS, follow_ups=(FollowUp(name="Meeting", after="7 days", step="met"),))
    row = {"client": "Ana", "lead_date": "2026-06-01", "contacted": "", "met": "", "paid": ""}
    clients = make_clients(pd.DataFrame([row]), journey)
    items = follow_ups_table(clients, Funnel(clients, "2026-06-10").flagged)
    assert [(i["follow_up"], i["state"], f"{i['since']:%m-%d}") for i in items.to_dict("records")] == [
        ("contacted", "coming", "08-30"), ("Meeting", "open", "06-08"), ("paid", "coming", "08-30"),
    ]  # fmt: skip


def test_by_coach_and_the_longest_wait_first(make_clients: Make) -> None:
    rows = pd.DataFrame({
        "client": ["Ana", "Ben", "Cat", "Dan"], "coach": [None, "Zoe", "Max", "Zoe"], "contacted": [""] * 4,
        "lead_date": ["2026-01-01", "2026-02-02", "2026-03-03", "2026-01-05"],
    })  # fmt: skip
    clients = make_clients(rows, Journey(steps=(Step(name="contacted"),)))
    table = due_table(clients, Funnel(clients, DAY).flagged)
    assert [(who, coach) for who, coach in zip(table["client"], table["coach"].fillna(""), strict=True)] == [
        ("Cat", "Max"), ("Dan", "Zoe"), ("Ben", "Zoe"), ("Ana", ""),
    ]  # fmt: skip


def test_a_sheet_with_nothing_to_ask(make_clients: Make) -> None:
    rows = pd.DataFrame({"client": ["Ana"], "contacted": [""]})  # no lead date in the sheet at all
    clients = make_clients(rows, Journey(steps=(Step(name="contacted"),)))
    assert list(due_table(clients, Funnel(clients, DAY).flagged, "coming")) == list(COLUMNS)
    derived = make_clients(rows[["client"]], Journey(steps=(Step(name="1m", months=1),)))
    assert len(due_table(derived, Funnel(derived, DAY).flagged, "coming")) == 0


ROWS = st.lists(
    st.fixed_dictionaries(
        {"lead_date": st.dates(dt.date(2025, 6, 1), dt.date(2026, 6, 30)).map(str) | st.none()}
        | {step.name: st.sampled_from(["", "1", "2026-05-01"]) for step in STEPS}
        | {"left_date": st.sampled_from([None, None, "2026-05-20"])}
    ),
    min_size=1, max_size=6,
)  # fmt: skip


@settings(max_examples=examples(10))
@given(rows=ROWS)
def test_a_mark_closes_its_item_and_nobody_is_listed_twice(
    make_clients: Make, rows: list[dict[str, object]]
) -> None:
    def table_of(cells: pd.DataFrame) -> pd.DataFrame:
        clients = make_clients(cells, WORKFLOW)
        funnel = Funnel(clients, DAY)
        late = {p.row for p in funnel.problems if p.kind in ("overdue", "first contact missing")}
        assert set(due_table(clients, funnel.flagged, "overdue")["row"]) == late
        return due_table(clients, funnel.flagged, "open")

    cells = pd.DataFrame([{"client": f"Client {i}"} | row for i, row in enumerate(rows)], dtype=object)
    before = table_of(cells)
    assert before["row"].is_unique
    for row in before[before["step"].notna()].to_dict("records"):
        marked = cells.copy()
        marked.loc[row["row"] - 2, row["step"]] = "1"
        after = table_of(marked)
        assert not ((after["row"] == row["row"]) & (after["step"] == row["step"])).any()
        others = [list(table[table["row"] != row["row"]]["row"]) for table in (before, after)]
        assert others[0] == others[1]


def test_of_stages_the_stage_cell_is_asked_about_and_nothing_is_to_be_marked() -> None:
    stages = (Stage(name="Lead", default=True), Stage(name="Met"), Stage(name="Cold", lost=True))
    table = pd.DataFrame({"row": [2, 3], "client": ["Ana", "Ben"], "stage": ["Lead", "Cold"]}).astype(
        {"client": "str", "stage": "str"}
    )
    table["lead_date"] = pd.to_datetime(["2026-01-01"] * 2)
    layout = Layout(1, 2, 3, {"client": 1, "stage": 4})
    clients = clients_of(table, Journey(stages=stages), layout=layout)
    found = Funnel(clients, DAY).due()
    assert found[["client", "cell", "step", "ask"]].values.tolist() == [["Ana", "D2", "Met", ASK_STAGE]]
    ways = {p.way_out for p in Funnel(clients, DAY).problems if p.kind == "overdue"}
    assert ways <= {ASK_STAGE.replace("Ask for news", "Ask")}
