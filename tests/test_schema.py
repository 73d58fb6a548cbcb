"""Any text that a cell can hold may be a header, a step, a stage or a coach; no name hides another."""

import csv
import datetime as dt
import json

import pandas as pd
import pytest
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st

from funnel.grid import Grid
from funnel.journey import ROLES, Journey, Stage, Step
from funnel.loader import from_table, load
from funnel.metrics import Funnel
from funnel.metrics.core.column_lookup import find_column
from funnel.metrics.core.flags import FLAGS
from funnel.schema import (
    distinct,
    escape,
    event_count,
    flag,
    header,
    parse,
    read_as,
    shown,
    step_date,
    step_mark,
    unescape,
)
from funnel.text import fold
from funnel.writer.make import make_plan

DAY = dt.date(2026, 7, 1)
OUR_WORDS = (
    *ROLES, "row", "client", "painted", "n", "share", "step", "value", "by", "reason", "month", "(blank)",
    "(lost)",
    *FLAGS, *(flag(name, 0) for name in FLAGS), flag("lead"), flag("left"), "lead·", "left·", "marked·0",
    step_mark("Paid"), step_date("Paid"), header("Paid"), read_as("number", header("Paid")), "Paid · date",
    "Call · number", "Paid · dated", "Paid · mark", "^paid", "%70;aid", "Paid", "paid", "PAID", "päid",
    "row (2)", "Paid (B)", "days in stage", "a.b",
    "`a`", '"a"', "*", "^.*$", "\\1", "{0}", "é", "e\u0301", "ſ", "ß", "SS",
)  # fmt: skip
texts = st.one_of(st.sampled_from(OUR_WORDS), st.text(max_size=12))


# --- names ------------------------------------------------------------------------------------------------


@given(texts)
def test_a_text_comes_back_as_it_was(text):
    assert unescape(escape(text)) == text
    assert [parse(name(text)).text for name in (step_mark, step_date, header)] == [text] * 3
    assert shown(read_as("number", header(text))) == shown(step_mark(text)) == text


@given(texts, texts)
def test_names_meet_only_where_kind_and_text_are_the_same(one, other):
    """Also where an engine ignores case."""
    makers = (step_mark, step_date, header, lambda text: read_as("date", header(text)))
    names = {(maker, text): maker(text).casefold() for maker in makers for text in (one, other)}
    assert len(set(names.values())) == len(names)
    fixed = {"row", "client", "painted", *ROLES, *(flag(name, 3) for name in FLAGS), flag("lead")}
    assert not fixed & set(names.values())


@given(texts)
def test_no_name_holds_what_an_engine_gives_a_meaning(text):
    assert set(step_mark(text)) <= set("abcdefghijklmnopqrstuvwxyz0123456789 _-:^%;")


def test_counts_of_events_are_told_apart():
    assert event_count(["a", "b"], None) == event_count(["B", "a"], None)
    assert event_count(["a", "b"], None) != event_count(["a+b"], None)
    assert event_count(["a:ever"], None) != event_count(["a"], "ever:ever")


@given(st.lists(texts, max_size=6))
def test_distinct_names_keep_the_first_and_number_the_others(names):
    found = distinct(names)
    assert len(set(found)) == len(found) == len(names)
    assert all(name == found[at] for at, name in enumerate(names) if name not in names[:at])


# --- the cases by hand ------------------------------------------------------------------------------------


def read(rows, journey):
    grid = Grid("Clients", [list(column) for column in zip(*rows, strict=True)])
    return grid, load(grid, journey, source="clients.csv")


def plan_of(grid, clients):
    funnel = Funnel(clients, DAY)
    return make_plan(grid, funnel, funnel, {}, ["Clients"], source="clients.csv", version="1")


def test_headers_like_roles_are_steps(shared):
    path = shared("readings") / "28_headers_like_roles.csv"
    with path.open(newline="", encoding="utf-8") as file:
        rows = [[1 if cell == "1" else cell or None for cell in row] for row in csv.reader(file)]
    names = rows[0][2:]
    assert names == ["company", "coach", "source", "stage", "row", "painted"]
    journey = Journey(
        columns={"client": "Client", "lead_date": "Lead date"}, steps=tuple(Step(name=name) for name in names)
    )
    grid, clients = read(rows, journey)
    marked = [sum(row[at] == 1 for row in rows[1:]) for at in range(2, 8)]
    found = Funnel(clients, DAY)
    assert found.steps["marked"].tolist() == marked
    assert found.by("coach")["value"].unique().tolist() == ["False", "True"]
    assert list(found.values) == [
        "row",
        "client",
        "company",
        "coach",
        "source",
        "stage",
        "row (2)",
        "painted",
    ]
    assert found.people("row", "marked")["row"].tolist() == [
        n for n, row in enumerate(rows[1:], start=2) if row[6] == 1
    ]
    assert plan_of(grid, clients).changes


@pytest.mark.parametrize("name", ["quoted", "painted", "row", "heard", "lead_date", "lifetime_value"])
def test_a_step_may_have_any_name_of_ours(name):
    columns = [["Client", "Ana", "Ben"], [name, 1, None], ["paid", 1, None]]
    journey = Journey(columns={"client": "Client"}, steps=(Step(name=name), Step(name="paid", paid=True)))
    clients = load(Grid("Clients", columns), journey)
    assert Funnel(clients, DAY).steps["marked"].tolist() == [1, 1]


def test_a_header_of_ours_tells_clients_apart():
    table = pd.DataFrame({"Client": ["Ana", "Ben"], "Call · number": ["1", "2"], "Paid": [1, None]})
    journey = Journey(columns={"client": "Client"}, steps=(Step(name="Paid"),))
    funnel = Funnel(from_table(table, journey), DAY)
    assert funnel.by("call number")["value"].tolist() == ["1", "2"]
    assert funnel.by("Call · number")["by"].unique().tolist() == ["Call · number"]
    assert funnel.people("Paid", by={"Call · number": "2"})["client"].tolist() == ["Ben"]
    assert funnel.leavers("Call · number").columns[0] == "Call · number"


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("coach", header("coach")),  # the sheet's own header, exactly
        ("Trainer", "coach"),
        ("COACH", header("coach")),
        ("source", "source"),  # no header is called so
        ("Met", step_mark("Met")),
        ("First call", step_mark("Met")),
    ],
)
def test_the_sheets_own_header_wins_over_the_name_of_a_role(name, column):
    journey = Journey(
        columns={"client": "Client", "coach": "Trainer", "source": "From"},
        steps=(Step(name="Met", column="First call"),),
    )
    rows = [("Client", "Trainer", "coach", "From", "First call"), ("Ana", "Zoe", "bus", "Ads", 1)]
    assert find_column(read(rows, journey)[1], name) == column


def test_a_rule_looks_where_its_column_is_called_so():
    rule = {"column": "coach", "is": "bus"}
    stages = (Stage(name="Lead", default=True), Stage(name="Abroad", rules=[rule]))
    journey = Journey(columns={"client": "Client", "coach": "Trainer"}, stages=stages)
    rows = [("Client", "Trainer", "coach"), ("Ana", "bus", "car"), ("Ben", "Zoe", "bus")]
    assert Funnel(read(rows, journey)[1], DAY).stages["clients"].tolist() == [1, 1]


def test_a_public_column_does_not_hide_another():
    """Leavers by a header that is called like a column of that table."""
    journey = Journey(columns={"client": "Client", "left_reason": "Why"}, steps=(Step(name="Met"),))
    rows = [("Client", "Why", "n", "Met"), ("Ana", "Price", "x", 1), ("Ben", "Price", "y", 1)]
    found = Funnel(read(rows, journey)[1], DAY).leavers("n")
    assert (list(found)[:2], found["n"].tolist()) == (["n (2)", "n"], [1, 1])


# --- all of Unicode ---------------------------------------------------------------------------------------


def clean(text):
    return " ".join(text.split())


cells = texts.map(clean).filter(bool)


@settings(max_examples=examples(5))
@given(st.lists(cells, min_size=3, max_size=5, unique=True), st.lists(cells, min_size=3, max_size=3))
def test_any_text_is_a_step_a_header_or_a_coach(names, coaches):
    *steps, free = (name for name in names if fold(name) not in ("our client", "our lead date", "our coach"))
    journey = Journey(
        columns={"client": "Our client", "lead_date": "Our lead date", "coach": "Our coach"},
        steps=tuple(Step(name=name, paid=at == 0) for at, name in enumerate(steps)),
    )
    rows = [("Our client", "Our lead date", "Our coach", *steps, free)]
    for at, coach in enumerate(coaches):
        rows.append((f"Client {at}", dt.date(2026, 1, 5 + at), coach, *(1 for _ in steps), coach))
    grid, clients = read(rows, journey)
    funnel = Funnel(clients, DAY)
    assert funnel.steps["step"].tolist() == steps
    assert funnel.steps["marked"].tolist() == [len(coaches)] * len(steps)
    assert len(set(funnel.values)) == len(steps) + 2
    for by in ("Our coach", free):
        table = funnel.by(by)
        assert table["clients"].sum() == len(coaches) * len(steps)
        for value in table["value"].unique():
            theirs = funnel.people(steps[0], by={by: value})
            assert len(theirs) == table["clients"][table["value"] == value].iloc[0]
    json.dumps(funnel.to_json(by=free))
    assert plan_of(grid, clients).changes
    assert len(clients.to_frame().columns) == len(set(clients.to_frame().columns))


@settings(max_examples=examples(3))
@given(st.lists(cells.filter(fold), min_size=2, max_size=4, unique_by=fold))
def test_any_text_with_a_letter_or_number_is_a_stage(names):
    stages = tuple(
        Stage(name=name, default=at == 0, lost=at == len(names) - 1) for at, name in enumerate(names)
    )
    journey = Journey(columns={"client": "Our client", "stage": "Our stage"}, stages=stages)
    rows = [("Our client", "Our stage"), *((f"Client {at}", name) for at, name in enumerate(names))]
    grid, clients = read(rows, journey)
    funnel = Funnel(clients, DAY)
    assert funnel.stages["stage"].tolist() == names
    assert funnel.stages["clients"].tolist() == [1] * len(names)
    assert [len(funnel.where(stage=name).clients) for name in names] == [1] * len(names)
    json.dumps(funnel.to_json(by="stage"))
    assert plan_of(grid, clients).changes
