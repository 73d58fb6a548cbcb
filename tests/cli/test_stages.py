"""`funnel stages`: the cards in the terminal, as JSON and as CSV."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

Run = Callable[..., Result]
DAY = ("--as-of", "2026-11-21", "--journey", "studio")


@pytest.fixture
def studio(tmp_path: Path) -> Path:
    path = tmp_path / "contacts.csv"
    path.write_text(
        "Name,Inquiry date,Owner,Stage,Sessions attended,Package,Offer ends,Credits left,Lifetime value\n"
        "Ana,2026-11-01,Kit,,0,,,,\n"
        "Ben,2026-11-02,,,2,,,,\n"
        "Cat,2026-11-03,Kit,,4,Introductory offer,2026-12-01,3,30\n"
        "Dan,2026-11-04,Kit,,4,Introductory offer,2026-11-20,3,30\n"
        "Eva,2026-11-05,Kit,Active Trial,4,Membership,,,1500\n"
        "Fay,2026-08-01,Kit,,,,,,\n",
        "utf-8",
    )
    return path


def test_in_the_terminal(run: Run, studio: Path) -> None:
    result = run("stages", studio.name, *DAY)
    assert (result.exit_code, result.stderr) == (0, "")
    assert max(map(len, result.stdout.splitlines())) <= 80
    lines = [" ".join(line.split()) for line in result.stdout.splitlines()]
    for line in (
        "🌱 New Inquiry 1 17 % 0 0 5 % 0 0", "📅 Booked/Drop-In 1 17 % 0 1 20 % 0 1",
        "✨ Active Trial 2 33 % 1 1 40 % 1,530 0", "⏳ Decision Zone 1 17 % 0 1 30 % 30 0",
        "💪 Active Clients 0 0 % 0 0 – 0 0", "🍂 Lost Clients 1 17 % 0 1 Never converted 0",
        "1 client without a coach or other owner.",
    ):  # fmt: skip
        assert line in lines


def test_as_json_and_csv(run: Run, studio: Path) -> None:
    told = json.loads(run("stages", studio.name, *DAY, "--format", "json").stdout)
    assert list(told) == ["version", "source", "tab", "as_of", "stages"]
    assert [(card["stage"], card["clients"], card["by_hand"]) for card in told["stages"]][2] == (
        "Active Trial",
        2,
        1,
    )
    assert told["stages"][5]["value_30_days"] is None
    assert (
        run("stages", studio.name, *DAY, "--format", "csv")
        .stdout.splitlines()[1]
        .startswith("New Inquiry,🌱,False")
    )


def test_stages_are_a_column_to_filter_and_compare_by(run: Run, studio: Path) -> None:
    found = run(
        "people",
        studio.name,
        *DAY,
        "--step",
        "Active Trial",
        "--by",
        "stage=Lost Clients",
        "--format",
        "json",
    )
    assert [(p["client"], p["status"]) for p in json.loads(found.stdout)["people"]] == [("Fay", "unknown")]
    assert run("compare", studio.name, *DAY, "--by", "stage").exit_code == 0


def test_a_journey_without_stages(run: Run, clean: Path) -> None:
    result = run("stages", clean.name)
    assert result.exit_code == 2
    assert " ".join(result.stderr.split()) == (
        "Error: The journey 'clean' has no stages. Name one that has: --journey studio, marketing, sales or "
        "lifecycle; or add a [[stage]] for each to your journey file."
    )
