"""The four presets with stages, each walked through on its sample: rules move, a hand overrules, loss."""

import csv
import runpy
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

import funnel
from funnel.journey import preset

DAY = "2026-11-21"
PRESETS = ("studio", "marketing", "sales", "lifecycle")
Cards = dict[str, int]


@pytest.fixture
def sample(root: Path) -> Callable[[str], pd.DataFrame]:
    """The sample of a preset, all text, as a CSV gives it."""
    return lambda name: pd.read_csv(root / "sample_data" / f"{name}.csv", dtype="str", keep_default_na=False)


def cards(table: pd.DataFrame, name: str, as_of: str = DAY) -> Cards:
    found = funnel.Funnel(funnel.load(table, journey=name), as_of).stages
    return {stage: int(n) for stage, n in zip(found["stage"], found["clients"], strict=True) if n}


def moved(before: Cards, after: Cards) -> Cards:
    """How many each stage gained or lost."""
    gained = {stage: after.get(stage, 0) - before.get(stage, 0) for stage in {*before, *after}}
    return {stage: n for stage, n in gained.items() if n}


def changed(table: pd.DataFrame, client: str, column: str, **cells: str) -> pd.DataFrame:
    """The same with some cells of a client changed."""
    again = table.copy()
    for name, value in cells.items():
        again.loc[again[column] == client, name.replace("_", " ")] = value
    return again


def who(table: pd.DataFrame, name: str, stage: str, how: str) -> str:
    """The first client in a stage, put there by a hand, a rule or by default."""
    found = funnel.Funnel(funnel.load(table, journey=name), DAY).flagged.frame.collect().to_pandas()
    return str(found[(found["stage"] == stage) & (found["flag:set_by"] == how)]["client"].iloc[0])


def test_the_script_makes_the_committed_sheets(root: Path, tmp_path: Path) -> None:
    runpy.run_path(str(root / "sample_data" / "make_stages.py"))["make"](tmp_path)
    for name in (*PRESETS, "marketing-events", "sales-events"):
        assert (tmp_path / f"{name}.csv").read_bytes() == (root / "sample_data" / f"{name}.csv").read_bytes()


@pytest.mark.parametrize("name", PRESETS)
def test_nobody_vanishes_and_nothing_is_a_problem_of_reading(
    name: str, root: Path, sample: Callable[[str], pd.DataFrame]
) -> None:
    clients = funnel.load(root / "sample_data" / f"{name}.csv", journey=name)
    assert clients.problems == ()
    result = funnel.Funnel(clients, DAY)
    assert result.stages["clients"].sum() == 60
    values = ["reached", "left", "not_due", "overdue", "undated", "unknown"]
    assert (result.steps[values].sum(axis=1) == 60).all()


def test_studio(sample: Callable[[str], pd.DataFrame]) -> None:
    """An inquiry books, takes the offer, lets it run out, buys; a hand overrules; others are lost."""
    table = sample("studio")
    start = cards(table, "studio")
    # Counted by hand in the sheet, from the furthest stage back.
    package, hand = table["Package"], table["Stage"] != ""
    member = package.isin(["Package", "Membership"]) & ~hand
    trial = (package == "Introductory offer") & ~hand
    over = trial & ((table["Offer ends"] < DAY) | table["Credits left"].isin(["0", "1"]))
    old = (
        (package == "")
        & ~table["Sessions attended"].isin(list("12"))
        & (table["Inquiry date"] < "2026-08-23")
    )
    assert start["Active Clients"] == member.sum()
    assert start["Decision Zone"] == over.sum()
    assert start["Active Trial"] == (trial & ~over).sum()
    assert start["Lost Clients"] == (hand | old).sum()
    ana = who(table, "studio", "New Inquiry", "default")
    story = [
        ({"Sessions_attended": "1"}, "Booked/Drop-In"),
        ({"Package": "Introductory offer", "Offer_ends": "2026-11-21", "Credits_left": "3"}, "Active Trial"),
        ({"Credits_left": "1"}, "Decision Zone"),
        ({"Package": "Membership"}, "Active Clients"),
        ({"Stage": "Decision Zone"}, "Decision Zone"),  # the hand wins over the rule
        ({"Stage": ""}, "Active Clients"),  # until its cell is emptied
    ]
    before = "New Inquiry"
    for cells, stage in story:
        now = changed(table, ana, "Name", **cells)
        assert moved(cards(table, "studio"), cards(now, "studio")) == {before: -1, stage: 1}
        table, before = now, stage
    later = cards(sample("studio"), "studio", "2027-03-01")  # every inquiry without an answer is lost by then
    assert "New Inquiry" not in later
    assert later["Lost Clients"] == start["Lost Clients"] + start["New Inquiry"]


def test_sales(sample: Callable[[str], pd.DataFrame]) -> None:
    """Criteria qualify a lead; a sale makes a customer; 24 months without one lose them, adjustably.

    Here by the columns of the sheet alone; test_events_story.py has the same of the log.
    """
    table = sample("sales")
    start = cards(table, "sales")
    free = table[table["Status"] == ""]
    # The last sale is a column here, and says what the log would.
    assert start["Lost Customer"] == ((free["Last sale"] != "") & (free["Last sale"] < "2024-11-21")).sum()
    assert start["Customer"] == (free["Last sale"] >= "2024-11-21").sum()
    lee = who(table, "sales", "Lead", "default")
    before = "Lead"
    for cells, stage in (
        ({"Asked_for_a_demo": "Yes"}, "Marketing Qualified Lead"),
        ({"Opportunity_stage": "Qualified"}, "Sales Qualified Lead"),
        ({"Opportunity_stage": "Proposal"}, "Opportunity"),
        ({"Last_sale": "2026-11-20"}, "Customer"),
        ({"Last_sale": "2024-11-20"}, "Lost Customer"),
    ):
        now = changed(table, lee, "Contact", **cells)
        assert moved(cards(table, "sales"), cards(now, "sales")) == {before: -1, stage: 1}
        table, before = now, stage
    assert cards(table, "sales", "2029-01-01").get("Customer", 0) == 0
    leavers = funnel.Funnel(funnel.load(table, journey="sales"), DAY).leavers()
    assert leavers["reason"].tolist() == ["No sale for 24 months"]


def test_lifecycle(sample: Callable[[str], pd.DataFrame]) -> None:
    """All by hand: counts are those of the column; a rename, a stage switched off and its clients sent on."""
    table = sample("lifecycle")
    typed = table["Lifecycle stage"].replace("", "New Lead").value_counts().to_dict()
    assert cards(table, "lifecycle") == typed
    journey = preset("lifecycle")
    renamed = [stage.model_copy(update={"name": "Warm", "was": ("Hot Lead",)}) if stage.name == "Hot Lead"
               else stage.model_copy(update={"active": False}) if stage.name == "No response" else stage
               for stage in journey.stages]  # fmt: skip
    fields = {"columns": journey.columns, "stages": tuple(renamed)}
    with pytest.raises(funnel.FunnelError, match=r"'No response' \(3 clients, first in E37, switched off"):
        funnel.load(table, journey=funnel.Journey(**fields))
    sent = funnel.Journey(**fields, reassign={"No response": "Cold Lead"})
    found = funnel.Funnel(funnel.load(table, journey=sent), DAY).stages.set_index("stage")["clients"]
    assert found["Warm"] == typed["Hot Lead"]
    assert found["Cold Lead"] == typed["Cold Lead"] + typed["No response"]


def test_the_samples_hold_no_sheet_formula(root: Path) -> None:
    for name in PRESETS:
        with (root / "sample_data" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            assert not [cell for row in csv.reader(file) for cell in row if cell.startswith(("=", "+", "@"))]


def test_one_lost_client_does_not_hide_the_drop_off(sample: Callable[[str], pd.DataFrame]) -> None:
    """Lost clients of a preset reached the stage that their loss implies, so every drop-off is known."""
    for name in ("studio", "sales", "lifecycle"):
        result = funnel.Funnel(funnel.load(sample(name), journey=name), DAY)
        assert result.stages["clients"][result.stages["lost"]].sum() > 0, name
        assert result.steps["drop_off"].notna().all(), name


def test_check_lists_the_clients_left_in_unknown(root: Path) -> None:
    clients = funnel.load(root / "sample_data" / "marketing.csv", journey="marketing")
    result = funnel.Funnel(clients, DAY)
    unknown = int(result.stages.set_index("stage")["clients"]["Unknown"])
    found = [problem for problem in result.problems if problem.kind == "stage to avoid"]
    assert len(found) == unknown == 15
    assert found[0].message == "Bea Coldwell: in the stage 'Unknown'."
