"""Colours of stages: by hand and by rule, live as LibreOffice reads them, and the same as the values say."""

import csv
import datetime as dt
from dataclasses import replace

import pandas as pd
import pytest
from openpyxl.formula.translate import Translator

from funnel.grid import Grid
from funnel.journey import preset
from funnel.journey.company import Company
from funnel.journey.events import Events
from funnel.journey.model import Column, Journey
from funnel.journey.stages import Stage
from funnel.loader.load import load
from funnel.metrics import Funnel
from funnel.plan import PutRules
from funnel.writer.highlights.row_rules import colors_of
from funnel.writer.highlights.stage_rules import StageRules

TODAY = dt.date.today()


def ago(days):
    return TODAY - dt.timedelta(days=days)


def cell(text):
    """A cell of a text file as a workbook has it."""
    if text.count("-") == 2 and text[:2] == "20":
        return dt.date.fromisoformat(text)
    return int(text) if text.isdigit() else text or None


@pytest.fixture
def sample(root, book):
    """``sample("studio")``: the sample of a preset as a workbook."""

    def read(name):
        with (root / "sample_data" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            header, *rows = csv.reader(file)
        return book.Book([[*map(cell, row)] for row in rows], header)

    return read


@pytest.fixture
def coloured(recalculated):
    """``coloured(book)``: the colour of each row by the rules that stand, as LibreOffice sees it."""

    def judge(made):
        rules = {rule.name: rule for rule in made.grid.rules if rule.name}
        height, formulas = made.grid.height + 3, {}
        for at, name in enumerate(("green", "red"), start=30):
            for row in range(2, height + 1) if name in rules else ():
                origin = f"AZ{rules[name].areas[0].top}"
                moved = Translator(rules[name].formula, origin=origin).translate_formula(f"AZ{row}")
                formulas[row, at] = moved
        values = [
            [made.grid[row, column] if column < 30 else 0 for row in range(1, height + 1)]
            for column in range(1, 32)
        ]
        said = recalculated(replace(made.grid, values=values, formulas=formulas))
        assert not any(said[row, 30] and said[row, 31] for row in range(2, height + 1)), "both at once"
        colours = {
            row: "red" if said[row, 31] else "green" if said[row, 30] else None
            for row in range(2, height + 1)
        }
        return {row: colour for row, colour in colours.items() if colour}

    return judge


def wanted(made, journey):
    clients = load(made.grid, journey)
    totals = Funnel(clients, TODAY)
    return colors_of(totals, StageRules(made.grid, clients.layout, totals))


@pytest.mark.office
@pytest.mark.parametrize(
    "name",
    ["studio", *(pytest.param(n, marks=pytest.mark.slow) for n in ("marketing", "sales", "lifecycle"))],
)
def test_the_colours_of_a_preset_are_live_and_those_of_its_values(name, sample, coloured):
    made, journey = sample(name), preset(name)
    made.refresh(TODAY, journey=journey)
    assert coloured(made) == wanted(made, journey) != {}
    layout = load(made.grid, journey).layout
    assert StageRules(made.grid, layout, Funnel(load(made.grid, journey), TODAY)).uncoloured == 0


@pytest.mark.office
def test_what_is_typed_between_two_refreshes_is_coloured_at_once(sample, coloured):
    made, journey = sample("studio"), preset("studio")
    made.refresh(TODAY, journey=journey)
    before = coloured(made)
    green, red = (next(row for row, color in before.items() if color == c) for c in ("green", "red"))
    made.type(
        {(green, 5): "  LOST   clients", (red, 5): "Active Clients", (62, 1): "Mia", (62, 7): "Membership"}
    )
    expected = before | {green: "red", red: "green", 62: "green"}
    assert coloured(made) == expected
    made.refresh(TODAY, journey=journey)
    assert coloured(made) == expected == wanted(made, journey)


COLUMNS = {"client": Column(headers=("Name",)), "lead_date": Column(headers=("Date",)),
           "stage": Column(headers=("Stage",)), "left_date": Column(headers=("Left",))}  # fmt: skip
HEADERS = ("Name", "Date", "Stage", "Left", "Town", "Visits", "Seen")


def journey(*rules, **more):
    stages = (
        Stage(name="Lead", default=True),
        Stage(name="Won", paid=True, was="Sold", rules=rules[:1]),
        Stage(name="Loyal"),
        Stage(name="Cold", lost=True, rules=rules[1:]),
    )
    return Journey(columns=COLUMNS, stages=stages, **more)


@pytest.mark.office
def test_former_names_what_is_sent_there_and_stages_after_the_paid_one(book, coloured):
    rows = [
        ("Ana", ago(50), "sold"), ("Ben", ago(50), "Café, gone"), ("Cat", ago(50), "LOYAL"),
        ("Dan", ago(50), "cold"), ("Eva", ago(50), "Lead"), ("Fay", ago(50), "cold", TODAY + dt.timedelta(3)),
        ("Gil", ago(50), "Won", ago(2)),
    ]  # fmt: skip
    made = book.Book(rows, HEADERS[:4])
    declared = journey(reassign={"Cafe gone": "Cold"})
    made.refresh(TODAY, journey=declared)
    assert coloured(made) == {2: "green", 3: "red", 4: "green", 5: "red", 8: "red"} == wanted(made, declared)


RULES = [
    ({"column": "Town", "is": "bath"}, {2, 3}),
    ({"column": "Town", "is_not": "Bath"}, {4, 5, 6, 7}),
    ({"column": "Town", "one_of": ["York", "bath spa"]}, {4, 5}),
    ({"column": "Town", "contains": "AT"}, {2, 3, 4}),
    ({"column": "Town", "empty": True}, {6, 7}),
    ({"column": "Visits", "at_least": 2.5}, {3, 4}),
    ({"column": "Visits", "at_most": 3}, {2, 3, 6}),
    ({"column": "Seen", "older_than": "30 days"}, {4, 5}),
    ({"column": "Seen", "within_the_last": "30 days"}, {2, 3}),
    ({"column": "Seen", "older_than": "2 months"}, {5}),
    ({"column": "Seen", "before": str(ago(30))}, {4, 5}),
    ({"column": "Seen", "after": str(ago(30))}, {2, 6}),
    ({"all": [{"column": "Town", "contains": "bath"}, {"column": "Visits", "at_least": 1}]}, {3, 4}),
    ({"any": [{"column": "Town", "is": "york"}, {"column": "Visits", "at_least": 9}]}, {4, 5}),
]
ROWS = [
    ("Ana", ago(50), None, None, "Bath", 0, TODAY),
    ("Ben", ago(50), "-", None, " BATH ", 3, ago(30)),
    ("Cat", ago(50), None, None, "Bath Spa", 9, ago(31)),
    ("Dan", ago(50), None, None, "York", None, ago(99)),
    ("Eva", ago(50), None, None, None, 1, TODAY + dt.timedelta(days=9)),
    ("Fay", ago(50), None, None, None, None, None),
]


@pytest.mark.office
def test_each_operator_means_in_a_formula_what_it_means_in_python(book, recalculated):
    """All rules in one sheet: a column of formulas each."""
    formulas = {}
    for at, (rule, _) in enumerate(RULES, start=10):
        made = book.Book(ROWS, HEADERS)
        made.refresh(TODAY, journey=journey(rule))
        green = next(found for found in made.grid.rules if found.name == "green")
        moved = Translator(green.formula, origin="AZ2")
        formulas |= {(row, at): moved.translate_formula(f"AZ{row}") for row in range(2, 11)}
        found = wanted(made, journey(rule))
        assert found == dict.fromkeys(RULES[at - 10][1], "green"), rule
    values = [*book.Book(ROWS, HEADERS).grid.values, *[[0] * 10] * 20]
    said = recalculated(
        Grid("Clients", [[*column, *[None] * 4][:10] for column in values], formulas=formulas)
    )
    for at, (rule, rows) in enumerate(RULES, start=10):
        assert {row for row in range(2, 11) if said[row, at]} == rows, rule


def plan_rules(made, declared):
    plan = made.plan(TODAY, journey=declared)
    rules = next((change.rules for change in plan.changes if isinstance(change, PutRules)), ())
    return {rule.name: rule.formula for rule in rules}


@pytest.mark.parametrize("typed", ["3 visits", "4", True])
def test_numbers_typed_as_text_are_beyond_a_formula_and_the_tab_says_so(book, typed):
    rows = [*ROWS, ("Gil", ago(50), None, None, None, typed, None)]
    made = book.Book(rows, HEADERS)
    declared = journey({"column": "Visits", "at_least": 3})
    assert "$F" not in plan_rules(made, declared)["green"]
    made.refresh(TODAY, journey=declared)
    page = made.grids["Funnel"]
    texts = [page[row, 2] for row in range(1, page.height + 1)]
    said = "in such a stage have no colour: a rule sets it, which a live colour cannot follow."
    assert [text for text in texts if text and said in str(text)]


def test_who_is_lost_by_a_rule_that_no_formula_says_is_not_green(book):
    made = book.Book([*ROWS, ("Gil", ago(50), None, None, None, "4", None)], HEADERS)
    declared = journey({"column": "Town", "is": "bath"}, {"column": "Visits", "at_most": 0})
    assert "$E" not in plan_rules(made, declared)["green"]
    without = journey({"column": "Town", "is": "bath"})
    assert "$E" in plan_rules(made, without)["green"]


def test_a_rule_never_colours_a_blank_row(book):
    made = book.Book(ROWS, HEADERS)
    green = plan_rules(made, journey({"column": "Town", "empty": True}))["green"]
    assert '*(ISNUMBER(1/LEN(TRIM($A2&"")))+ISNUMBER(1/LEN(TRIM($B2&"")))>0)*' in green


def test_what_is_heard_before_a_rule_leaves_it_out_of_the_colours(book):
    """A customer company before every rule; an event that says lost before the rules of the way."""
    made = book.Book(ROWS, HEADERS)
    clients = load(made.grid, journey({"column": "Town", "is": "bath"}, {"column": "Visits", "at_least": 9}))

    def live(clients):
        rules = StageRules(made.grid, clients.layout, Funnel(clients, TODAY))
        return rules.by_rules(rules.paid), rules.by_rules(rules.lost)

    assert live(clients) == (True, True)
    sync = clients.journey.model_copy(update={"company": Company(sync=True)})
    assert live(replace(clients, journey=sync)) == (True, True)  # the sheet has no column of companies
    assert live(replace(clients, journey=sync, table=clients.table.assign(company="Elm"))) == (False, False)
    told = clients.journey.model_copy(update={"events": Events(advance={"Complained": "Cold"})})
    for event, found in (("Complained", (False, True)), ("Called", (True, True))):
        log = pd.DataFrame({"client": [0], "when": pd.to_datetime(["2026-01-01"]), "event": [event]})
        events = log.assign(by=None, amount=float("nan"), row=2)
        assert live(replace(clients, journey=told, events=events)) == found, event


@pytest.mark.office
def test_a_close_date_in_the_future_is_not_red_yet(book, coloured):
    """Live and by value alike: the lost stage alone is red, and with its date once the day has come."""
    declared = Journey(
        columns={"client": "Name", "lead_date": "Lead", "stage": "Stage", "close_date": "Closed"},
        stages=(
            Stage(name="Open", default=True), Stage(name="Won", paid=True), Stage(name="Lost", lost=True),
        ),
    )  # fmt: skip
    rows = [
        ["Ana", ago(90), "Lost", ago(9)], ["Ben", ago(90), "Lost", ago(-9)], ["Cat", ago(90), "Lost", None],
        ["Dan", ago(90), "Won", ago(8)], ["Eva", ago(90), "Open", ago(7)],
    ]  # fmt: skip
    made = book.Book(rows, ["Name", "Lead", "Stage", "Closed"])
    made.refresh(TODAY, journey=declared)
    expected = {2: "red", 4: "red", 5: "green"}
    assert coloured(made) == wanted(made, declared) == expected


@pytest.mark.office
def test_cells_that_are_starts_are_coloured_by_cell_and_rules(book, coloured):
    """A rule colours a client on from the start in its cell; with a company in step, no cell decides."""
    rules = {"column": "Visits", "at_least": 9}, {"column": "Visits", "at_least": 99}
    rows = [
        ("Ana", ago(50), "Lead", None, "Bath", 0), ("Ben", ago(50), "Lead", None, "Bath", 9),
        ("Cat", ago(50), "Won", None, "Bath", 0), ("Dan", ago(50), "Won", None, "Bath", 99),
        ("Eva", ago(50), "Cold", None, "Bath", 9), ("Fay", ago(50), None, None, "Bath", 9),
    ]  # fmt: skip
    made, declared = book.Book(rows, HEADERS[:6]), journey(*rules, stage_cells="start")
    made.refresh(TODAY, journey=declared)
    expected = {3: "green", 4: "green", 5: "red", 6: "red", 7: "green"}
    assert coloured(made) == wanted(made, declared) == expected
    made, synced = book.Book(rows, HEADERS[:6]), Company(column="Town", sync=True)
    made.refresh(TODAY, journey=journey(*rules, stage_cells="start", company=synced))
    assert coloured(made) == {}
