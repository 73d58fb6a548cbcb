"""The steps that businesses share: renamed, and a reason where nothing can be compared."""

from dataclasses import replace

import pytest
from businesses import DAY, STEPS, business

from funnel.portfolios.declaration import Declaration
from funnel.portfolios.numbers import BusinessNumbers
from funnel.portfolios.shared_steps import share_steps

COUNTS = ((100, 90), (90, 45), (45, 36))


def other(name: str, *steps: str) -> BusinessNumbers:
    """Return a business whose steps have other names."""
    one = business(name, *COUNTS)
    named = zip(one.steps, steps, strict=False)
    return replace(one, steps=tuple(replace(step, step=own) for step, own in named))


def declared(steps: tuple[str, ...] = (), **own: dict[str, str]) -> Declaration:
    listed = [{"name": name, "sheet": f"{name}.xlsx", "steps": names} for name, names in own.items()]
    return Declaration.model_validate({"steps": steps, "business": listed})


def test_names_that_differ_in_case_and_blanks_are_one() -> None:
    found, shared, notes = share_steps(
        [business("A", *COUNTS), other("B", "client  contacted", "Met")], declared(A={})
    )
    assert shared == ("Client contacted",)
    assert [step.step for step in found[1].steps] == ["Client contacted", "Met"]
    assert notes == ()


def test_the_order_is_that_of_the_longest_journey() -> None:
    found = [other("A", "Client contacted", "First paid session"), business("B", *COUNTS)]
    found.append(business("C", *COUNTS))
    assert share_steps(found, declared(A={}))[1] == STEPS


def test_one_business_has_all_its_steps() -> None:
    assert share_steps([business("A", *COUNTS)], declared(A={}))[1] == STEPS


@pytest.mark.parametrize(
    ("own", "problem"),
    [
        ({"Mte": "Client contacted"}, "`steps` names 'Mte', which its sheet does not have; did you mean "
         "'Met'?"),
        ({"x": "Client contacted"}, "`steps` names 'x', which its sheet does not have; its steps: 'Called' "
         "and 'Met'."),
        ({"called": "Seen", "Met": "seen"}, "Two of its steps would be called 'Seen'. Correct its `steps` in "
         "the portfolio file, so that each has its own name."),
        ({}, "It has none of the shared steps ('Client contacted', 'Client meeting had' and 'First paid "
         "session'). Its own: 'Called' and 'Met'. Map them in the portfolio file, such as steps = "
         '{ "OWN" = "SHARED" }.'),
    ],
)  # fmt: skip
def test_a_business_that_cannot_be_compared(own: dict[str, str], problem: str) -> None:
    every = [business("A", *COUNTS), business("B", *COUNTS), other("C", "Called", "Met")]
    found, shared, _ = share_steps(every, declared(A={}, B={}, C=own))
    assert (found[2].problem, shared) == (problem, STEPS)


def test_no_two_have_a_step_in_common() -> None:
    found, shared, _ = share_steps([business("A", (9, 8)), other("B", "Called")], declared(A={}, B={}))
    assert shared == ()
    assert found[0].problem == (
        "It has none of the shared steps (no step is shared). Its own: 'Client contacted'. Map them in the "
        'portfolio file, such as steps = { "OWN" = "SHARED" }.'
    )


def test_without_clients_and_with_the_same_name() -> None:
    every = [
        business("A", *COUNTS),
        business("A", *COUNTS),
        business("Empty", leads=0),
        business("B", *COUNTS),
    ]
    found = share_steps(every, declared(A={}))[0]
    assert [each.problem for each in found] == [
        "", "Two businesses are called 'A'. Rename one.", f"Its sheet has no clients by {DAY}.", "",
    ]  # fmt: skip


def test_a_declared_step_that_nobody_has() -> None:
    steps = ("Client meting had", "First paid session")
    _, shared, notes = share_steps([business("A", *COUNTS)], declared(steps, A={}))
    assert shared == ("First paid session",)
    assert notes == (
        "`steps` names 'Client meting had', which no business has. Did you mean 'Client meeting had'?",
    )
