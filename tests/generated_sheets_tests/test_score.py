"""Readings made by hand, each with the verdict that is due."""

from typing import Any

import pytest
from generated_sheets.score import Score, judge, table
from generated_sheets.truth import Truth

TRUTH = Truth(
    tab=None,
    shape="both",
    client=("Name", "ID"),
    lead_date=("Enquired",),
    left_date=("Gone",),
    left_reason=(None,),
    steps=[("Called",), ("Hired", "Hire date"), ("Month 1",)],
    paid=("Hired", "Hire date"),
    never_steps=("Gone", "Phone"),
)


def column(role: str, header: str) -> dict[str, str]:
    return {"role": role, "column": "A", "header": header, "confidence": "likely", "because": "..."}


def step(*headers: str, paid: bool = False) -> dict[str, Any]:
    return {"step": headers[0], "columns": ["B"] * len(headers), "headers": list(headers), "paid": paid}


def reading(**changes: Any) -> dict[str, Any]:
    told: dict[str, Any] = {
        "tab": "Leads",
        "shape": "marks",
        "confidence": "likely",
        "columns": [column("client", "Name"), column("lead_date", "Enquired"), column("left_date", "Gone")],
        "steps": [step("Called"), step("Hired", "Hire date", paid=True), step("Month 1")],
        "stages": [],
        "questions": [],
    }
    return {**told, **changes}


GUESS = {"confidence": "guess", "questions": [{"about": "C", "question": "Which step shows who paid?"}]}


def test_an_equal_reading_is_right() -> None:
    assert judge(reading(), TRUTH) == ("right", "")


def test_letter_case_and_punctuation_are_no_difference() -> None:
    assert (
        judge(reading(steps=[step("CALLED?"), step("Hired:", paid=True), step("month  1")]), TRUTH)[0]
        == "right"
    )


def test_either_key_of_a_client_is_right() -> None:
    columns = [column("client", "ID"), column("lead_date", "Enquired"), column("left_date", "Gone")]
    assert judge(reading(columns=columns), TRUTH)[0] == "right"


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"steps": [step("Called"), step("Hired")]}, "misses the step 'Month 1' (and 0 more)"),
        (
            {"steps": [step("Called"), step("Hired"), step("Month 1"), step("Gone")]},
            "takes as a step what is none: gone",
        ),
        (
            {"steps": [step("Called"), step("Hired"), step("Hire date"), step("Month 1")]},
            "counts one milestone twice",
        ),
        (
            {"steps": [step("Hired"), step("Called"), step("Month 1")]},
            "has the steps in another order: hired, called, month 1",
        ),
        (
            {"steps": [step("Called", "Hired"), step("Month 1")]},
            "takes two steps as one: called, hired, called",
        ),
        (
            {"steps": [step("Called"), step("Hired"), step("Month 1"), step("Extra")]},
            "has a step of its own: 'extra'",
        ),
        ({"columns": [column("client", "Phone")]}, "takes 'Phone' as the client"),
        ({"columns": [column("client", "Name"), column("lead_date", "Enquired")]}, "finds no left_date"),
        (
            {"steps": [step("Called", paid=True), step("Hired"), step("Month 1")]},
            "takes 'Called' as the paid step",
        ),
        ({"stages": [{"stage": "Cold", "lost": True}]}, "takes as lost: cold"),
    ],
)
def test_a_sure_reading_that_differs_is_wrong(changes: dict[str, Any], why: str) -> None:
    assert judge(reading(**changes), TRUTH) == ("wrong", why)
    assert judge(reading(**{**GUESS, **changes}), TRUTH) == ("asked", why)


def test_a_missing_paid_step_has_to_be_asked_for() -> None:
    steps = [step("Called"), step("Hired"), step("Month 1")]
    assert judge(reading(steps=steps), TRUTH) == ("unasked", "equal, but finds no paid step ('Hired')")
    no_place = [{**s, "paid": None} for s in steps]
    for told in no_place:
        del told["paid"]
    assert judge(reading(steps=no_place), TRUTH) == ("right", "")


def test_retention_steps_without_a_column_are_no_steps_of_the_sheet() -> None:
    derived = {"step": "6 months", "columns": [], "headers": []}
    assert judge(reading(steps=[*reading()["steps"], derived]), TRUTH)[0] == "right"


def test_asking_is_right_where_it_is_due() -> None:
    truth = Truth(**{**vars(TRUTH), "answer": "ask", "paid": ()})
    assert judge(reading(), truth) == ("unasked", "")
    assert judge(reading(**GUESS), truth) == ("right", "")
    other = {**GUESS, "questions": [{"question": "Is Gone when they left?"}]}
    assert judge(reading(**other), truth)[1] == "equal, but does not ask who paid: Is Gone when they left?"
    assert judge(reading(**GUESS), TRUTH)[1] == "equal, but unsure: Which step shows who paid?"
    either = Truth(**{**vars(TRUTH), "answer": "either"})
    assert judge(reading(), either)[0] == judge(reading(**GUESS), either)[0] == "right"


def test_a_guess_without_a_question_is_no_question() -> None:
    assert judge(reading(confidence="guess", steps=[step("Gone")]), TRUTH)[0] == "wrong"


def test_refusals() -> None:
    nothing = Truth(tab=None, shape="price list", answer="refuse")
    assert judge(None, nothing) == judge({"shape": "none"}, nothing) == ("right", "")
    assert judge(None, TRUTH) == ("refused", "")
    assert judge(reading(), nothing)[0] == "wrong"
    assert judge(reading(**GUESS), nothing)[0] == "asked"


def test_lost_stages() -> None:
    truth = Truth(
        tab="Leads",
        shape="stages",
        client=("Name",),
        lead_date=("Enquired",),
        steps=[("New",), ("Won",)],
        lost=("Lost", "Dead"),
    )
    stages = [
        {"stage": "Lost", "lost": True},
        {"stage": "Dead", "lost": True},
        {"stage": "Won", "lost": False},
    ]
    base = reading(
        shape="stages",
        columns=[column("client", "Name"), column("lead_date", "Enquired"), column("stage", "Stage")],
        steps=[step("New"), step("Won", paid=True)],
    )
    assert judge({**base, "stages": stages}, truth)[0] == "right"
    assert judge({**base, "stages": stages[:1]}, truth)[1] == "does not see that these are lost: dead"
    assert judge(base, truth)[1] == "does not see who was lost"
    assert judge({**base, "tab": "Lists", "stages": stages}, truth)[1] == "reads the tab 'Lists'"


def test_a_table_counts_verdicts() -> None:
    scores = [Score(1, "right", "", {"shape": "marks"}), Score(2, "wrong", "", {"shape": "marks"})]
    assert table(scores, "shape").splitlines()[1].split() == ["marks", "2", "1", "0", "0", "0", "1", "50.0%"]
