"""The verdict on a portfolio: what is said of one, two or many businesses, in whole sentences."""

import json
from pathlib import Path

from businesses import DAY, business

from funnel.portfolios import Portfolio
from funnel.portfolios.anonymous import to_benchmark


def said(*businesses: tuple[str, int], n: int = 290) -> tuple[str, ...]:
    every = tuple(business(name, (n + 10, n), (n, had)) for name, had in businesses)
    return Portfolio("Gyms", DAY, every).verdict


def test_nothing_to_compare() -> None:
    assert said() == ("No business can be compared yet.",)
    assert said(("Leeds", 200)) == (
        "One business alone cannot be compared: name others, or a benchmark file (--against FILE).",
    )
    few = Portfolio("Gyms", DAY, (business("A", (9, 3)), business("B", (9, 9))))
    assert few.verdict == ("No business has 10 clients who were due at a shared step: too few to compare.",)


def test_two_businesses() -> None:
    assert said(("Leeds", 200), ("York", 210)) == (
        "2 of 2 businesses lose most at the same step: Client meeting had.",
        "No business differs from the others beyond chance at any step (99.8 % limits).",
    )


def test_a_step_that_everybody_reaches_differs_for_nobody() -> None:
    every = tuple(business(name, (100, 100), (100, 60)) for name in "ABC")
    assert set(Portfolio("Gyms", DAY, every).table["outside"]) == {""}


def test_more_than_ten_outside() -> None:
    found = said(*((f"L{i}", 100) for i in range(12)), *((f"H{i}", 250) for i in range(12)))
    assert found[1] == "No business differs from the others beyond chance at any step (99.8 % limits)."
    found = said(*((f"L{i}", 20) for i in range(11)), *((f"G{i}", 200) for i in range(200)))
    assert found[-1] == "1 more pair of business and step outside the limits."
    assert found[1] == "L0, Client meeting had: 20 of 290 (7 %), below what chance explains; overall 66 %."


def benchmark_file(folder: Path) -> Path:
    gyms = [business(f"Gym {i}", (300, 290), (290, 195 + i)) for i in range(40)]
    path = folder / "benchmark.json"
    path.write_text(json.dumps(to_benchmark(gyms, DAY)), "utf-8")
    return path


def test_one_business_against_a_benchmark_file(tmp_path: Path) -> None:
    """It leads with the own business: 100 × 60/130 × (.7397/.5 − 1) = 22.1."""
    own = Portfolio("Mine", DAY, (business("Leeds", (125, 120), (120, 60), leads=130),))
    found = own.against(benchmark_file(tmp_path))
    assert repr(found) == "Portfolio: Mine, 1 business, 130 clients, beside 40 others, as of 2026-07-01"
    assert found.verdict == (
        "Leeds has its biggest gap at Client meeting had: 60 of 120 (50 %), the 40 other businesses 74 %. At "
        "their rate it would gain 22.1 clients per 100 leads.",
        "Leeds, Client meeting had: 60 of 120 (50 %), below what chance explains; overall 74 %.",
    )
    assert set(found.table["business"]) == {"Leeds"}
    assert found.gaps["business"].tolist() == ["Leeds"]
    assert found.to_json()["others"] == 40
    text = str(found.plot().get_label())
    assert text.endswith("Overall 74 %. Outside the 99.8 % limits: Leeds.")


def test_a_business_that_is_not_below_the_others(tmp_path: Path) -> None:
    own = Portfolio("Mine", DAY, (business("Leeds", (125, 125), (120, 95)),))
    assert own.against(benchmark_file(tmp_path)).verdict == (
        "Leeds is not below the 40 other businesses at any step with at least 10 clients.",
        "Leeds does not differ from the others beyond chance at any step (99.8 % limits).",
    )
