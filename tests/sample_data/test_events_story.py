"""The presets that read an event log, walked through: events, rules, hands; sales, companies, loss."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

import funnel
from funnel.journey import Journey, preset
from funnel.journey.company import Company
from funnel.schema import step_date

DAY = "2026-11-21"
Table = Callable[[str], pd.DataFrame]


@pytest.fixture
def sample(root: Path) -> Table:
    """A sheet or a log of the samples, all text, as a CSV gives it."""
    return lambda name: pd.read_csv(root / "sample_data" / f"{name}.csv", dtype="str", keep_default_na=False)


def measured(
    table: pd.DataFrame, events: pd.DataFrame, journey: str | Journey, as_of: str = DAY
) -> funnel.Funnel:
    return funnel.Funnel(funnel.load(table, journey=journey, events=events), as_of)


def standing(result: funnel.Funnel) -> pd.DataFrame:
    """Each client's stage, and what set it."""
    frame = result.flagged.frame.collect().to_pandas()
    return frame.set_index("client")


def happened(events: pd.DataFrame, *more: tuple[str, str, str, str]) -> pd.DataFrame:
    """The log with some events more: who, what, when, amount."""
    rows = pd.DataFrame(more, columns=["who", "Event", "When", "Amount"])
    return pd.concat([events, rows.rename(columns={"who": events.columns[0]})], ignore_index=True).fillna("")


def typed(table: pd.DataFrame, client: str, column: str, value: str) -> pd.DataFrame:
    """The sheet with one cell changed."""
    again = table.copy()
    again.loc[again.iloc[:, 0] == client, column] = value
    return again


def test_the_log_beside_a_sheet_is_read(root: Path) -> None:
    for name in ("marketing", "sales"):
        clients = funnel.load(root / "sample_data" / f"{name}.csv", journey=name)
        assert clients.problems == ()
        assert clients.events is not None
        rows = len((root / "sample_data" / f"{name}-events.csv").read_text("utf-8").splitlines()) - 1
        assert len(clients.events) == rows > 20
        assert f"{rows} events read from {name}-events.csv" in clients.assumed


def test_marketing(sample: Table) -> None:
    """A lead does more and more; its activity counts; a hand says more, then less; a purchase closes."""
    table, events = sample("marketing"), sample("marketing-events")
    ana = next(name for name in table["Name"] if name not in set(events["Name"])
               and (table.loc[table["Name"] == name, "Customer stage"] == "").all())  # fmt: skip

    def where(as_of: str = DAY) -> tuple[str, str, str | None]:
        row = standing(measured(table, events, "marketing", as_of)).loc[ana]
        return (
            row["stage"],
            row["flag:set_by"],
            None if pd.isna(row["flag:automatic_stage"]) else row["flag:automatic_stage"],
        )

    assert where() == ("Unknown", "default", None)
    events = happened(events, (ana, "Scanned a code", "2026-11-02 10:00", ""))
    assert where() == ("Initial Contact", "event", None)
    events = happened(events, *[(ana, "Opened a mail", f"2026-11-{day:02d} 09:00", "") for day in (3, 4, 5)])
    assert where() == ("Initial Contact", "event", None)
    events = happened(events, (ana, "Smiled", "2026-11-06 09:00", ""))  # the fifth in 30 days, whatever it is
    assert where() == ("Primary Leads", "rule", None)
    assert where("2026-12-31") == ("Initial Contact", "event", None)  # by then it was long ago
    events = happened(events, (ana, "submitted a form", "2026-11-07 09:00", ""))
    assert where() == ("Intentional Leads", "event", None)
    events = happened(events, (ana, "Opened a mail", "2026-11-08 09:00", ""))
    assert where() == ("Intentional Leads", "event", None)  # an event never leads back
    table = typed(table, ana, "Customer stage", "Confirmed Leads")
    assert where() == ("Confirmed Leads", "hand", "Intentional Leads")
    events = happened(events, (ana, "Purchased", "2026-11-20 18:00", "90"))
    assert where() == ("Confirmed Leads", "hand", "Closed Customers")  # shown, and not obeyed
    table = typed(table, ana, "Customer stage", "")
    assert where() == ("Closed Customers", "event", None)
    assert where("2026-11-19") == ("Intentional Leads", "event", None)  # as of an earlier day
    row = standing(measured(table, events, "marketing")).loc[ana]
    assert (row["lifetime_value"], row["value_30_days"], row["order_value"]) == (90, 90, 90)
    assert str(row[step_date("Closed Customers")]) == str(row["last_sale"]) == "2026-11-20 18:00:00"


def test_marketing_counted_by_hand(sample: Table) -> None:
    table, events = sample("marketing"), sample("marketing-events")
    result = measured(table, events, "marketing")
    mapped = {name: target.stage for name, target in preset("marketing").events.advance.items()}
    way = [stage.name for stage in preset("marketing").ordered_stages]
    expected = dict.fromkeys(way, 0)
    for name, hand in zip(table["Name"], table["Customer stage"], strict=True):
        mine = events[events["Name"] == name]
        reached = [way.index(mapped[event]) for event in mine["Event"]]
        if (mine["When"] >= "2026-10-22").sum() >= 5:
            reached.append(way.index("Primary Leads"))
        expected[hand or way[max(reached, default=0)]] += 1
    assert dict(zip(result.stages["stage"], result.stages["clients"], strict=True)) == expected
    spent = events["Amount"].replace("", "0").astype(int).sum()
    assert result.stages["lifetime_value"].sum() == spent
    speeds = result.time().set_index(["from", "to"])  # how fast they advance: the log has the times
    assert speeds.loc[("Lead", "Primary Leads"), "reached"] > 5


def test_sales_by_the_log_alone(sample: Table) -> None:
    """Without a column for the last sale the log tells it: the same customers, and the same lost ones."""
    table, events = sample("sales"), sample("sales-events")
    with_column = measured(table, events, "sales").stages
    bare = measured(table.drop(columns="Last sale"), events, "sales")
    pd.testing.assert_frame_equal(bare.stages, with_column)
    deals = events[events["Event"] == "Closed a deal"].assign(Amount=lambda t: t["Amount"].astype(float))
    frame = standing(bare)
    sums = deals.groupby("Contact")["Amount"].agg(["sum", "mean"])
    assert frame.loc[sums.index, "lifetime_value"].tolist() == sums["sum"].tolist()
    assert frame.loc[sums.index, "order_value"].tolist() == sums["mean"].tolist()
    assert frame["lifetime_value"].sum() == deals["Amount"].sum()


def test_lost_after_24_months_without_a_sale_or_any_other_time(sample: Table) -> None:
    table, events = sample("sales").drop(columns="Last sale"), sample("sales-events")
    deals = events[events["Event"] == "Closed a deal"].groupby("Contact")["When"].max()
    free = set(table["Contact"][table["Status"] == ""])

    def lost(journey: str | Journey, as_of: str = DAY) -> set[str]:
        frame = standing(measured(table, events, journey, as_of))
        return set(frame.index[frame["stage"] == "Lost Customer"])

    assert lost("sales") == {who for who, when in deals.items() if when < "2024-11-21"} & free != set()
    assert lost("sales", "2029-01-01") == set(deals.index) & free
    text = (Path(funnel.__file__).parent / "journey" / "presets" / "sales.toml").read_text("utf-8")
    half = funnel.journey.parse_journey(text.replace('older_than = "24 months"', 'older_than = "12 months"'))
    assert lost(half) == {who for who, when in deals.items() if when < "2025-11-21"} & free > lost("sales")
    # They bought once, so that it is known how far they came, though they are lost.
    result = measured(table, events, half)
    assert result.steps["unknown"].sum() == 0
    assert result.steps["drop_off"].notna().all()
    back = happened(events, (next(iter(lost(half))), "Closed a deal", "2026-11-20 10:00", "500"))
    assert (
        measured(table, back, half).stages.set_index("stage").loc["Lost Customer", "clients"]
        == len(lost(half)) - 1
    )


def test_a_company_becomes_a_customer_as_a_whole(sample: Table) -> None:
    """Off: each contact for themselves. On: with the first deal all contacts, but for those a hand placed."""
    table, events = sample("sales").drop(columns="Last sale"), sample("sales-events")
    off = preset("sales")
    on = off.model_copy(update={"company": Company(sync=True)})
    before = standing(measured(table, events, off))
    assert "company" not in set(before["flag:set_by"])
    customers = before["stage"] == "Customer"
    theirs = set(before["company"][customers])
    after = standing(measured(table, events, on))
    joined = before["company"].isin(theirs) & ~customers & (before["flag:set_by"] != "hand")
    assert joined.sum() > 3
    assert set(after.index[after["flag:set_by"] == "company"]) == set(after.index[joined])
    assert (after["stage"][joined] == "Customer").all()
    assert after["stage"][~joined].equals(before["stage"][~joined])
    overruled = after[(after["flag:set_by"] == "hand") & after["company"].isin(theirs)]
    assert (overruled["flag:automatic_stage"] == "Customer").all()
    assert len(overruled)


def test_the_back_test_looks_at_the_log_of_then(sample: Table) -> None:
    """With events a past day is known as it was: what was forecast then, and what came."""
    table, events = sample("sales").drop(columns="Last sale"), sample("sales-events")
    lead = next(name for name in table["Contact"] if name not in set(events["Contact"]))
    table = typed(typed(table, lead, "Order value", "1000"), lead, "Created", "2026-10-01")
    events = happened(events, (lead, "Sent a proposal", "2026-10-05 09:00", ""),
                      (lead, "Closed a deal", "2026-11-10 09:00", "1000"))  # fmt: skip
    result = measured(table, events, "sales")
    then = result.back_test("2026-11-01")
    assert then["paid"][0] >= 1
    assert then["came"][0] >= 1000


def test_the_forecast_is_the_sum_by_hand(sample: Table) -> None:
    """Order value × the stage's probability, of who has neither bought nor left and still has time."""
    table, events = sample("sales").drop(columns="Last sale"), sample("sales-events")
    result = measured(table, events, "sales")
    odds = {stage.name: stage.win_probability for stage in preset("sales").ordered_stages}
    stages, expected = standing(result)["stage"], 0.0
    for who, created, value in table[["Contact", "Created", "Order value"]].itertuples(index=False):
        due = pd.Timestamp(created) + pd.Timedelta(days=90)
        if stages[who] not in ("Customer", "Lost Customer") and due > pd.Timestamp(DAY):
            expected += float(value) * odds[stages[who]]
    assert result.forecast().expected == pytest.approx(expected)
    assert expected > 1000
