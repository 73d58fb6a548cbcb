"""A benchmark file: counts without names, and sentences where it is none."""

import json
from pathlib import Path

import pytest
from businesses import DAY, business

from funnel.errors import ReadError
from funnel.portfolios.anonymous import others_of, read_benchmark, to_benchmark

FIVE = [business(f"Gym {i}", (100 - i, 90), (90, 40 + i)) for i in range(5)]


def test_it_holds_rates_of_rounded_sizes_and_no_name(tmp_path: Path) -> None:
    data = to_benchmark(FIVE, DAY)
    assert "Gym" not in json.dumps(data)
    assert data["steps"][1] == {
        "step": "Client meeting had", "counts": [[50, 22], [50, 23], [50, 23], [50, 24], [50, 24]],
    }  # fmt: skip
    path = tmp_path / "benchmark.json"
    path.write_text(json.dumps(data), "utf-8")
    assert read_benchmark(path)[0] == 5
    others = others_of(path, DAY, ["client MEETING had ", "First paid session"])
    assert [each.name for each in others] == [""] * 5
    assert [(s.step, s.settled_n, s.settled_reached) for s in others[0].steps] == [
        ("client MEETING had ", 50, 22)
    ]


def test_a_file_without_a_step_in_common(tmp_path: Path) -> None:
    path = tmp_path / "benchmark.json"
    path.write_text(json.dumps(to_benchmark(FIVE, DAY)), "utf-8")
    with pytest.raises(ReadError) as error:
        others_of(path, DAY, ["Called"])
    assert str(error.value) == (
        f"{path} has none of the steps of this portfolio: it has 'Client contacted' and 'Client meeting "
        """had', not 'Called'. Map them in the portfolio file, such as steps = { "OWN" = "SHARED" }."""
    )


def test_a_business_without_clients_is_not_counted() -> None:
    assert to_benchmark([*FIVE, business("New", leads=0)], DAY)["businesses"] == 5


def test_with_few_businesses_each_could_be_recognised() -> None:
    with pytest.raises(ReadError) as error:
        to_benchmark(FIVE[:4], DAY)
    assert str(error.value) == (
        "A benchmark without names needs at least 5 businesses that can be compared; this portfolio has 4. "
        "With fewer, each could be recognised."
    )


@pytest.mark.parametrize("text", ["[]", "{}", '{"kind": "funnel benchmark", "version": 9}', "[" * 9999])
def test_another_file_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "b.json"
    path.write_text(text, "utf-8")
    with pytest.raises(ReadError, match="is not a benchmark file"):
        read_benchmark(path)


@pytest.mark.parametrize(
    ("businesses", "pair"), [(10**30, [10, 5]), (5, [10, 11]), (5, [10, -1]), (5, [1e300, 1]), (5, [None, 1])]
)
def test_counts_that_no_portfolio_has(businesses: int, pair: list[float], tmp_path: Path) -> None:
    path = tmp_path / "b.json"
    steps = [{"step": "Client contacted", "counts": [pair]}]
    data = {"kind": "funnel benchmark", "version": 1, "businesses": businesses, "steps": steps}
    path.write_text(json.dumps(data), "utf-8")
    with pytest.raises(ReadError) as refused:
        read_benchmark(path)
    assert str(refused.value) == f"{path} is a damaged benchmark file. Ask for it again."
