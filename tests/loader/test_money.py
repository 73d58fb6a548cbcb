"""Amounts of money: their currency, their separators, and sums that never mix currencies."""

import pandas as pd
import pytest

from funnel.grid import Grid, Style
from funnel.journey import Journey, Step
from funnel.loader.load import load
from funnel.metrics import Funnel
from funnel.metrics.results import result, table

JOURNEY = Journey(
    columns={"client": "Client", "lead_date": "Lead", "value": "Value", "coach": "Coach"},
    steps=(Step(name="Met", win_probability=0.5), Step(name="Paid", paid=True)),
)
VALUES = ["1.200,50 €", "$300", "€ 100", "$40", "€ 50"]  # Ana and Ben paid; Cat to Eva are in the journey


def funnel(values: list[object], journey: Journey = JOURNEY, **more: object) -> Funnel:
    clients = load(
        Grid(
            "Clients",
            [
                ["Client", "Ana", "Ben", "Cat", "Dan", "Eva"], ["Lead", *["2026-06-01"] * 5],
                ["Coach", "Zoe", "Zoe", "Kit", "Kit", "Zoe"], ["Value", *values],
                ["Met", 1, 1, 1, 1, 1], ["Paid", 1, 1, None, None, None],
            ],
            **more,  # type: ignore[arg-type]
        ),
        journey,
    )  # fmt: skip
    return Funnel(clients, "2026-07-01")


def problems(found: Funnel, kind: str) -> list[str]:
    return [problem.message for problem in found.clients.problems if problem.kind == kind]


def test_a_sum_for_each_currency() -> None:
    """EUR: paid 1200.5; Cat 100 and Eva 50 at 0.5 = 75. USD: paid 300; Dan 40 at 0.5 = 20."""
    found = funnel(VALUES)
    euros, dollars = found.forecast(), found.forecast(currency="$")
    assert (euros.currency, euros.won, euros.expected, euros.without_value) == ("EUR", 1200.5, 75, 0)
    assert (dollars.currency, dollars.won, dollars.expected, dollars.without_value) == ("$", 300, 20, 0)
    assert euros.spread == pytest.approx((100**2 / 4 + 50**2 / 4) ** 0.5)
    assert problems(found, "another currency") == []
    rows = table(result("forecast"), found)
    assert rows[rows["step"] == "Met"][["currency", "clients", "value", "expected"]].values.tolist() == [
        ["EUR", 3, 150, 75], ["$", 3, 40, 20],
    ]  # fmt: skip
    json = found.to_json()["forecast"]
    assert (json["won"], json["currency"]) == (1200.5, "EUR")
    assert [(one["currency"], one["won"]) for one in json["other_currencies"]] == [("$", 300)]


def test_values_of_a_column_and_revenue_per_client() -> None:
    found = funnel(VALUES)
    by = found.forecast_by("coach").set_index(["value", "currency"])
    assert by["won"].to_dict() == {
        ("Zoe", "EUR"): 1200.5,
        ("Kit", "EUR"): 0,
        ("Zoe", "$"): 300,
        ("Kit", "$"): 0,
    }
    assert by["expected"].to_dict() == {
        ("Zoe", "EUR"): 25,
        ("Kit", "EUR"): 50,
        ("Zoe", "$"): 0,
        ("Kit", "$"): 20,
    }
    gym = found.gym.set_index("measure")
    assert gym.loc["revenue per paid client, EUR", ["value", "n"]].tolist() == [1200.5, 1]
    assert gym.loc["revenue per paid client, $", ["value", "n"]].tolist() == [300, 1]
    assert gym.loc["revenue per lead, $", ["value", "part", "n"]].tolist() == [60, 300, 5]


def test_the_currency_of_the_journey_alone_counts() -> None:
    found = funnel(VALUES, JOURNEY.model_copy(update={"currency": "EUR"}))
    assert (found.forecast().won, found.forecast().expected) == (1200.5, 75)
    assert problems(found, "another currency") == [
        "Ben: the amount '$300' is in $, and the others are in EUR; it is not added.",
        "Dan: the amount '$40' is in $, and the others are in EUR; it is not added.",
    ]
    assert [one.column for one in found.clients.problems] == [4, 4]


def test_one_currency_is_that_of_amounts_without_any() -> None:
    found = funnel(["€ 100", 200, 300, None, "50"])
    assert (found.forecast().won, found.forecast().currency) == (300, "EUR")
    assert found.assumed[0] == "3 values without a currency taken as EUR"


def test_an_amount_without_a_currency_among_several_is_not_added() -> None:
    found = funnel(["€ 100", "$50", 30, None, None])
    assert problems(found, "another currency") == []
    assert problems(found, "no currency") == [
        "Cat: the amount 30 has no currency, and the others are in $ and EUR; it is not added."
    ]
    assert found.forecast().clients == 3
    assert found.forecast().without_value == 3


@pytest.mark.parametrize(
    ("values", "won", "ambiguous"),
    [
        (["$1.200", "$300"], 1500, ["Column D: '$1.200' can be"]),
        (["1,200", "2,300"], 3500, ["Column D: '1,200' (and 1 more) can be"]),
        (["$1.200", "$300.50"], 301.7, []),  # the column writes decimals with a point
        (["$1.200", "$300,50"], 1500.5, []),  # … with a comma
        (["1.200.000", "1.200"], 1_201_200, []),
        (["1 200,50", "0.125"], 1200.625, []),
    ],
)  # fmt: skip
def test_the_columns_own_separators(values: list[object], won: float, ambiguous: list[str]) -> None:
    found = funnel([*values, None, None, None])
    assert found.forecast().won == pytest.approx(won)
    said = [f"{start} thousands or a decimal; it is read as 1,200." for start in ambiguous]
    assert problems(found, "ambiguous amount") == said


def test_the_currency_of_a_cells_format() -> None:
    palette = (Style(), Style(number_format="[$€-407] #,##0.00"), Style(number_format='"$"#,##0'))
    plain = [0] * 6
    styles = [plain, plain, plain, [0, 1, 2, 1, 2, 1], plain, plain]
    found = funnel([1000, 300, 100, 40, 50], styles=styles, palette=palette)
    assert (found.forecast().won, found.forecast(currency="$").won) == (1000, 300)


def test_the_sheets_own_column_of_currencies() -> None:
    grid = Grid("Clients", [["Client", "Ana", "Ben"], ["Lead", *["2026-06-01"] * 2], ["Value", 100, 300],
                            ["Currency", "EUR", "USD"], ["Met", 1, 1], ["Paid", 1, 1]])  # fmt: skip
    found = Funnel(load(grid, JOURNEY), "2026-07-01")
    assert (found.forecast(currency="EUR").won, found.forecast(currency="USD").won) == (100, 300)


def test_a_test_of_past_forecasts_mixes_no_currencies() -> None:
    """All are due by 2026-09-01; Cat paid on 2026-07-20, in dollars: no euros came."""
    clients = funnel(["€ 10", "€ 20", "$100", "€ 40", "€ 50"]).clients
    paid = pd.to_datetime(["2026-06-02", "2026-06-03", "2026-07-20", None, None])
    rows = clients.table.assign(**{"step:^paid": [True, True, True, False, False], "when:^paid": paid})
    later = Funnel(type(clients)(rows, JOURNEY), "2026-09-10")
    found = later.back_test("2026-07-01")
    assert found["currency"].tolist() == ["EUR", "$"]
    euros, dollars = (row for _, row in found.iterrows())
    assert (euros["clients"], euros["paid"], euros["came"], euros["expected"]) == (3, 1, 0, 45)
    assert (dollars["came"], dollars["expected"]) == (100, 50)
