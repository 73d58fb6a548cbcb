"""Rules against a sheet: columns are found, read as what the rules compare, or refused in a sentence."""

import datetime as dt

import pytest

from funnel.errors import JourneyError
from funnel.journey import Journey, Stage, Step
from funnel.loader import load
from funnel.metrics import Funnel

ROWS = (
    ["Name", "Stage", "Visits", "Offer ends", "Lifetime value"],
    ["Ana", None, "3", "31/07/2026", 100],
    ["Ben", None, "many", dt.date(2026, 8, 1), "1.200,50"],
    ["Cat", None, 0, None, None],
    ["Dan", "Lead", 12, "2026-06-30", 3],
)


def journey(*rules, **more):
    stages = (Stage(name="Lead", default=True), Stage(name="Active", rules=rules))
    columns = {"client": "Name", "stage": "Stage", "lifetime_value": "Lifetime value"}
    return Journey(name="Studio", columns=columns, stages=stages, **more)


def standing(sheet, *rules, **more):
    clients = load(sheet(*ROWS), journey(*rules, **more), source="clients.csv")
    return Funnel(clients, "2026-07-31").flagged.frame.collect().to_pandas()["stage"].str[0].str.cat()


@pytest.mark.parametrize(
    ("rule", "found"),
    [
        ({"column": "VISITS", "at_least": 3}, "ALLL"),  # "many" is blank; Dan's hand wins
        ({"column": "Offer ends", "after": "2026-07-30"}, "AALL"),
        ({"column": "offer ends", "within_the_last": "1 day"}, "ALLL"),
        ({"column": "lifetime_value", "at_least": 1000}, "LALL"),
        ({"column": "Lifetime value", "empty": True}, "LLAL"),
        ({"column": "stage", "is": "Lead"}, "AAAL"),
        ({"column": "Name", "one_of": ["ana", "cat"]}, "ALAL"),
        ("Busy", "ALLL"),
    ],
)
def test_columns_by_role_or_header(sheet, rule, found):
    assert standing(sheet, rule, segments={"Busy": {"column": "Visits", "at_least": 3}}) == found


def test_single_cells_are_problems_and_count_as_blank(sheet):
    clients = load(sheet(*ROWS), journey({"column": "Visits", "at_least": 3}))
    assert [(p.kind, p.cell, p.message) for p in clients.problems] == [
        (
            "not a number",
            "C3",
            "Ben: 'many' is not a number, which the stage 'Active' asks for; it counts as blank.",
        ),
    ]  # fmt: skip
    assert clients.to_frame()["Visits"].tolist() == ["3", "many", "0", "12"]


def test_steps_in_a_rule(sheet):
    stages = (
        Stage(name="Lead", default=True),
        Stage(name="Met one", rules=[{"column": "Met", "empty": False}]),
    )
    both = Journey(columns={"client": "Name"}, steps=(Step(name="Met"),), stages=stages)
    clients = load(sheet(["Name", "Met"], ["Ana", 1], ["Ben", None]), both)
    assert Funnel(clients, "2026-07-31").stages["clients"].tolist() == [1, 1]


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        (
            {"column": "Name", "at_least": 3},
            "clients.csv: the stage 'Active' has the rule `at_least = 3` on the column 'Name', but this "
            "column contains "
            "names. Use `is`, `is_not`, `one_of` or `contains` there.",
        ),
        (
            {"column": "Lifetime value", "is": "much"},
            "clients.csv: the stage 'Active' has the rule `is = \"much\"` on the column 'Lifetime value', "
            "but this "
            "column contains numbers. Use `at_least` or `at_most` there.",
        ),
        (
            {"column": "Visits", "before": "2026-01-01"},
            "clients.csv: the stage 'Active' has the rule `before = 2026-01-01` on the column 'Visits', "
            "which "
            "compares with a date, but 3 of the 4 filled cells of column C are not ('3' in "
            "C2). Use "
            "`is`, `is_not`, `one_of` or `contains` for text, or correct the cells.",
        ),
        (
            {"column": "stage", "older_than": "3 days"},
            "clients.csv: the stage 'Active' has the rule `older_than = \"3 days\"` on the column 'stage', "
            "but this "
            "column contains names of stages. Use `is`, `is_not`, `one_of` or `contains` there.",
        ),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_said(sheet, rule, message):
    with pytest.raises(JourneyError) as raised:
        standing(sheet, rule)
    assert str(raised.value) == message


def test_rules_on_the_company_on_days_and_on_what_events_tell(sheet):
    rules = [
        {"company": "Visits", "at_least": 3},
        {"column": "Days_in_stage", "at_least": 9},
        {"column": "Last order", "older_than": "1 year"},
        {"column": "order_value", "at_least": 9},
    ]
    stages = (Stage(name="Lead", default=True), Stage(name="Active", rules=rules))
    columns = {"client": "Name", "last_sale": ["Last order"]}
    asked = Journey(columns=columns, stages=stages, company={"column": "Town"}, events={"tab": "Log"})
    clients = load(
        sheet(["Name", "Town", "Visits"], ["Ana", "Bath", 3], ["Ben", "bath", 0], ["Cat", "", 1]), asked
    )
    bound = [str(rule) for rule in clients.journey.stages[1].rules]
    assert bound == [
        "`at_least = 3` on the column 'number:column:^visits' of the company",
        "`at_least = 9` on the column 'days in stage'",
        "`older_than = \"1 year\"` on the column 'last_sale'".replace("1 year", "12 months"),
        "`at_least = 9` on the column 'order_value'",
    ]
    assert Funnel(clients, "2026-07-31").stages["clients"].tolist() == [1, 2]


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        (
            {"column": "days in stage", "is": "3"},
            "clients.csv: the stage 'Active' has the rule `is = \"3\"` on the column 'days in stage', but "
            "this column contains numbers of days. Use `at_least` or `at_most` there.",
        ),
        (
            {"column": "last_sale", "is": "long ago"},
            "clients.csv: the stage 'Active' has the rule `is = \"long ago\"` on the column 'last_sale', but "
            "this column contains dates. Use `before`, `after`, `older_than` or `within_the_last` there.",
        ),
    ],
)
def test_what_does_not_fit_a_company_or_a_log_is_said(sheet, rule, message):
    with pytest.raises(JourneyError) as raised:
        standing(sheet, rule, events={"tab": "Log"})
    assert str(raised.value) == message


def test_a_company_that_has_no_column_is_a_problem(sheet):
    clients = load(sheet(*ROWS), journey(company={"sync": True}))
    assert [(p.kind, p.message) for p in clients.problems if p.kind == "missing column"] == [
        (
            "missing column",
            "The journey keeps all clients of a company in the same stage (`sync = true`), but the sheet "
            "has no column for the company. Each client has their own stage.",
        )
    ]


def test_a_rule_on_a_missing_column_is_switched_off_and_a_problem(sheet):
    """As a whole within `all`, alone within `any`, and with every rule that names its segment."""
    on, off = {"column": "Visits", "at_least": 3}, {"column": "Vists", "at_least": 3}
    rules = [{"all": [on, off]}, {"any": [off, {"column": "Visits", "at_least": 12}]}, "Fits", off,
             {"company": "Visits", "at_least": 1}]  # fmt: skip
    clients = load(sheet(*ROWS), journey(*rules, segments={"Fits": {"all": [on, off]}}), source="clients.csv")
    kept = clients.journey.stages[1].rules
    assert [[str(part) for part in rule.rules] for rule in kept] == [
        ["`at_least = 12` on the column 'number:column:^visits'"]
    ]
    assert clients.journey.segments == {}
    missing = [problem for problem in clients.problems if problem.kind == "missing column"]
    assert [(problem.message, problem.way_out) for problem in missing] == [
        (
            "The sheet has no column 'Vists'; the nearest header is 'Visits'. Its rules are switched "
            "off: those of the stage 'Active' and the segment 'Fits'.",
            "Add the column, or correct its name in the journey file.",
        ),
        (
            "The sheet has no column 'company'. Its rules are switched off: those of the stage 'Active'.",
            'Name the column in the journey file: [company] column = "…".',
        ),
    ]  # fmt: skip
    assert Funnel(clients, "2026-07-31").stages["clients"].tolist() == [4, 0]


def test_the_words_of_a_step_may_mean_that_a_client_left(sheet):
    """A result that is itself the step: "Fail" is no typing mistake where a rule looks for it."""
    stages = (
        Stage(name="Active", default=True),
        Stage(name="Out", lost=True, rules=({"column": "Interview", "is": "fail"},)),
    )
    steps = (Step(name="Interview", marks=("pass",)), Step(name="Hired", paid=True))
    rows = [
        ("Name", "Interview", "Hired"),
        ("Ana", "Pass", 1),
        ("Ben", "Fail", None),
        ("Cat", "Later", None),
    ]
    clients = load(sheet(*rows), Journey(columns={"client": "Name"}, steps=steps, stages=stages))
    table = Funnel(clients, "2026-07-31").steps.set_index("step")
    assert table.loc["Interview", ["marked", "left"]].tolist() == [1, 1]
    assert [p.message for p in clients.problems if p.kind == "no mark"] == [
        "Cat: 'Later' is not a mark for 'Interview'; it counts as not reached."
    ]
