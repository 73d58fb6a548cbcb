"""Where a client stands: rules on every kind of column, the furthest first, and a hand before all of them."""

import datetime as dt

import pandas as pd

from funnel.clients import Clients
from funnel.journey import Journey, Stage
from funnel.journey.events import Events
from funnel.journey.rules import read_rule
from funnel.metrics.core import flags as values_
from funnel.metrics.core.as_of import table_as_of
from funnel.metrics.core.assign_stages import assign_stages
from funnel.metrics.core.flags import flag
from funnel.metrics.core.frames import count_flags, lazy

DAY = dt.date(2026, 7, 31)


def journey() -> Journey:
    return Journey(
        stages=(
            Stage(name="Lead", default=True),
            Stage(
                name="Trial", rules=[{"column": "visits", "at_least": 1}, {"column": "stage", "is": "Won"}]
            ),
            Stage(name="Won", rules=[{"column": "visits", "at_least": 5}]),
            Stage(name="Cold", lost=True, rules=[{"column": "visits", "at_least": 99}]),
            Stage(name="Gone", lost=True, reason="Moved", rules=[{"column": "visits", "at_least": 98}]),
        )
    )


def stood(table: pd.DataFrame) -> list[tuple[str, ...]]:
    found = assign_stages(lazy(table), frozenset(table), journey(), DAY).collect().to_pandas()
    return list(zip(found["stage"], found["flag:set_by"], found["left_reason"].fillna(""), strict=True))


def test_the_furthest_rule_wins_and_lost_stages_lie_beyond_in_their_order() -> None:
    assert stood(pd.DataFrame({"visits": [0, 1, 5, 98, 99]})) == [
        ("Lead", "default", ""), ("Trial", "rule", ""), ("Won", "rule", ""), ("Gone", "rule", "Moved"),
        ("Cold", "rule", "Cold"),
    ]  # fmt: skip


def test_a_hand_wins_until_its_cell_is_emptied() -> None:
    table = pd.DataFrame({"visits": [99, 99, 0], "stage": ["Trial", None, "Gone"]}).astype({"stage": "str"})
    table["left_reason"] = pd.Series([None, "Price", None], dtype="str")
    assert stood(table) == [("Trial", "hand", ""), ("Cold", "rule", "Price"), ("Gone", "hand", "Moved")]


def test_how_far_who_is_lost_had_come() -> None:
    """The stage's own word, unless an event or the history tells that a client had come further."""
    stages = (
        Stage(name="Lead", default=True), Stage(name="Met"), Stage(name="Won", paid=True),
        Stage(name="No-show", lost=True, reached="Met"), Stage(name="Cold", lost=True),
    )  # fmt: skip
    table = pd.DataFrame({
        "stage": ["No-show", "Cold", "No-show", "Cold", "Met"],
        "flag:event_furthest": [None, None, "Won", "Lead", None],
    }).astype("str")  # fmt: skip
    found = assign_stages(lazy(table), frozenset(table), Journey(stages=stages), DAY).collect().to_pandas()
    assert found["flag:furthest"].fillna("").tolist() == [
        "Met", "", "Won", "Lead", "Met",
    ]  # fmt: skip
    assert found["flag:furthest_unknown"].tolist() == [False, True, False, False, False]


# --- hand, company, rule, event, default (docs/decisions/0009) ----------------------------------------------

WAY = (Stage(name="Lead", default=True), Stage(name="Met"), Stage(name="Won", paid=True), Stage(name="VIP"))
LOST = (Stage(name="Cold", lost=True), Stage(name="Gone", lost=True, reason="Moved"))


def placed(rules=None, company=None, lost=LOST, **columns):
    """The stage of each client and what set it; `rules` by stage."""
    stages = [stage.model_copy(update={"rules": tuple(map(read_rule, (rules or {}).get(stage.name, ())))})
              for stage in (*WAY, *lost)]  # fmt: skip
    journey = Journey(stages=tuple(stages), company=company or {})
    text = (
        "stage",
        "flag:event_stage",
        "flag:event_furthest",
        "flag:log_stage",
        "flag:log_furthest",
        "flag:company",
    )
    table = pd.DataFrame({name: pd.array(values, dtype="str") if name in text else values
                          for name, values in columns.items()})  # fmt: skip
    return assign_stages(lazy(table), frozenset(table), journey, DAY).collect().to_pandas()


def shown(found, *names):
    return [tuple(None if pd.isna(v) else v for v in row) for row in found[list(names)].to_numpy().tolist()]


IS = {"column": "says", "is": "x"}


def test_of_rule_and_event_the_further_one_and_lost_lies_beyond():
    says = {"met": ["x", "x", "x", "", "", "x"], "gone": ["", "", "", "x", "", ""]}
    rules = {"Met": [{"column": "met", "is": "x"}], "Gone": [{"column": "gone", "is": "x"}]}
    events = [None, "Lead", "Won", "Won", "Cold", "Cold"]
    found = placed(rules, **says, **{"flag:event_stage": events})
    assert shown(found, "stage", "flag:set_by", "left_reason") == [
        ("Met", "rule", None), ("Met", "rule", None), ("Won", "event", None), ("Gone", "rule", "Moved"),
        ("Cold", "event", "Cold"), ("Cold", "event", "Cold"),
    ]  # fmt: skip


def test_what_a_hand_overrules_is_kept():
    events = [None, "Won", "Won", None]
    found = placed(
        {"Met": [IS]}, says=["x"] * 4, stage=["Lead", "Met", None, "Met"], **{"flag:event_stage": events}
    )
    assert shown(found, "stage", "flag:set_by", "flag:automatic_stage") == [
        ("Lead", "hand", "Met"), ("Met", "hand", "Won"), ("Won", "event", None), ("Met", "hand", "Met"),
    ]  # fmt: skip


def test_a_company_becomes_a_customer_with_one_of_its_contacts():
    columns = {
        "flag:company": ["a", "a", "a", "a", "b", "b", "c", "c", None, None],
        "stage": ["Won", None, "Lead", None, None, None, None, None, "Won", None],
        "flag:event_stage": [None, None, None, "VIP", "Met", "Won", "Cold", "Met", None, "Met"],
    }
    found = placed(company={"sync": True}, **columns)
    assert shown(found, "stage", "flag:set_by", "flag:automatic_stage") == [
        ("Won", "hand", "Won"), ("Won", "company", None), ("Lead", "hand", "Won"), ("VIP", "event", None),
        ("Won", "company", None), ("Won", "event", None), ("Cold", "event", None), ("Met", "event", None),
        ("Won", "hand", None), ("Met", "event", None),  # without a company each stands alone
    ]  # fmt: skip
    off = placed(**columns)
    assert shown(off, "stage")[1] == ("Lead",)
    lost = placed(
        company={"sync": True}, **{"flag:company": ["a", "a"]}, **{"flag:event_stage": ["Won", "Cold"]}
    )
    assert shown(lost, "stage", "flag:set_by") == [("Won", "event"), ("Won", "company")]


def test_a_rule_on_the_company_holds_for_all_of_it():
    rule = {"company": "deals", "at_least": 1}
    found = placed({"Met": [rule]}, deals=[0, 1.0, 0, 1, 0], **{"flag:company": ["a", "a", "b", None, None]})
    assert shown(found, "stage") == [("Met",), ("Met",), ("Lead",), ("Met",), ("Lead",)]


def test_days_in_the_stage_before_rules():
    day = pd.to_datetime
    columns = {
        "lead_date": day(["2026-07-01"] * 6),
        "stage": [None, None, "Won", "Won", None, "Lead"],
        "flag:event_stage": [None, "Met", None, None, None, None],
        "flag:event_since": day([None, "2026-07-21 15:00", None, None, None, None]),
        "flag:log_stage": [None, None, "Won", "Lead", "Lead", None],
        "flag:log_since": day([None, None, "2026-07-10", None, "2026-07-15", None]),
        "flag:log_until": day([None, None, "2026-07-24", None, "2026-07-21", None]),
    }

    def who(**asked):
        found = placed({"VIP": [{"column": "days in stage", **asked}], "Met": [IS]}, says=[""] * 6, **columns)
        ruled = found["flag:automatic_stage"].fillna(found["stage"]) == "VIP"
        return "".join("x" if said else "-" for said in ruled)

    assert who(at_least=10) == "xx--x-"  # since 1 July, 21 July; the third may have come on the 24th
    assert who(at_least=7) == "xxx-x-"
    assert who(at_least=11) == "x-----"
    assert who(at_most=10) == "-x----"  # the third may have come on the 10th, 21 days ago
    assert who(at_most=21) == "-xx-x-"


def test_the_way_of_who_is_lost_is_known_one_by_one():
    columns = {
        "stage": ["Cold", "Cold", "Gone", "Gone", "Won"],
        "flag:event_furthest": ["Met", None, None, "VIP", None],
        "flag:log_furthest": ["Won", None, "Lead", None, None],
    }
    found = placed(**columns)
    assert shown(found, "flag:furthest", "flag:furthest_unknown") == [
        ("Won", False), (None, True), ("Lead", False), ("VIP", False), ("Won", False),
    ]  # fmt: skip
    journey = Journey(stages=(*WAY, *LOST))
    table = pd.DataFrame({name: pd.array(values, dtype="str") for name, values in columns.items()})
    steps = [values_.flagged(part, journey, DAY) for part in (table, table.drop(index=1))]
    assert [sorted(found.chain.unknown) for found in steps] == [[1, 2, 3], []]
    counts = (
        count_flags(steps[0].frame, [flag(what, 2) for what in ("reached", "left", "unknown")])
        .iloc[0]
        .tolist()
    )
    assert counts == [
        5,
        3,
        1,
        1,
    ]  # of 5: two lost after paying and one who has; one left earlier; one unknown


def test_who_is_lost_by_an_event_left_on_its_day():
    columns = {
        "flag:event_stage": ["Cold", "Cold", "Met"],
        "flag:event_since": pd.to_datetime(["2026-07-02 10:00", "2026-07-03 09:00", "2026-07-04 09:00"]),
        "left_date": pd.to_datetime([None, "2026-07-01", None]),
    }
    left = placed(**columns)["left_date"]
    assert left.astype(str).tolist()[:2] == ["2026-07-02 10:00:00", "2026-07-01 00:00:00"]
    assert pd.isna(left[2])


# --- cells that say where clients began -------------------------------------------------------------------


def started(start: list[str | None], events: list[tuple[int, str, str]]) -> pd.DataFrame:
    """The clients of an export with visits 0, after events of (client, day, name)."""
    stages = (
        Stage(name="Lead", default=True), Stage(name="Trial"),
        Stage(name="Won", paid=True, rules=[{"column": "number:column:^visits", "at_least": 5}]),
        Stage(name="Loyal"),
        Stage(name="Cold", lost=True, rules=[{"column": "number:column:^visits", "at_least": 99}]),
    )  # fmt: skip
    known = {"Tried": "Trial", "Bought": "Won", "Stayed": "Loyal", "Lapsed": "Cold"}
    back = {"Reopened": {"stage": "Lead", "back": True}}
    made = Journey(stages=stages, events=Events(file="e.csv", advance=known | back), stage_cells="start")
    n = len(start)
    table = pd.DataFrame({"row": range(2, n + 2), "client": list("ABCDEFGHIJ")[:n]})
    table["stage"] = pd.array(start, dtype="str")
    table["number:column:^visits"] = [
        5.0 if who == "H" else 99.0 if who == "I" else 0 for who in table["client"]
    ]
    log = pd.DataFrame({
        "client": [who for who, _, _ in events], "when": pd.to_datetime([day for _, day, _ in events]),
        "amount": float("nan"), "event": pd.Categorical([name for _, _, name in events]),
    })  # fmt: skip
    frame = table_as_of(Clients(table, made, events=log), DAY)
    return assign_stages(lazy(frame), frozenset(frame), made, DAY).collect().to_pandas()


def test_events_and_rules_move_a_client_on_from_the_stage_in_its_cell() -> None:
    found = started(
        ["Trial", "Trial", "Won", "Cold", "Cold", "Won", None, "Trial", "Won", "Loyal"],
        [
            (1, "2026-03-01", "Bought"),  # further
            (2, "2026-03-01", "Tried"),  # behind where the client began: no move
            (3, "2026-03-01", "Bought"),  # a lost client needs an event with `back`
            (4, "2026-03-01", "Reopened"), (4, "2026-04-01", "Tried"),  # from there on, in order
            (5, "2026-03-01", "Lapsed"),
        ],
    )  # fmt: skip
    assert list(zip(found["stage"], found["flag:set_by"], strict=True)) == [
        ("Trial", "start"), ("Won", "event"), ("Won", "start"), ("Cold", "start"), ("Trial", "event"),
        ("Cold", "event"), ("Lead", "default"), ("Won", "rule"), ("Cold", "rule"), ("Loyal", "start"),
    ]  # fmt: skip
    assert found["flag:furthest"].fillna("").tolist() == [
        "Trial", "Won", "Won", "", "Trial", "Won", "Lead", "Won", "Won", "Loyal",
    ]  # fmt: skip
    assert found["flag:furthest_unknown"].tolist() == [False] * 3 + [True] + [False] * 6
    assert found["flag:automatic_stage"].isna().all()


def test_the_day_of_a_stage_where_the_client_began_is_unknown() -> None:
    found = started(["Trial", "Lead"], [(0, "2026-03-01", "Bought"), (1, "2026-03-02", "Bought")])
    days = found[["when:^trial", "when:^won"]].apply(lambda column: column.dt.strftime("%m-%d").fillna(""))
    assert days.values.tolist() == [["", "03-01"], ["03-02", "03-02"]]
