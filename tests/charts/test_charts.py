import pandas as pd
import pytest
from matplotlib.axes import Axes
from tables import clients_of

from funnel.clients import Clients
from funnel.journey import Journey, Step
from funnel.metrics import Funnel
from funnel.metrics.plots import Plots


@pytest.fixture
def funnel() -> Funnel:
    journey = Journey(
        steps=(
            Step(name="Met"),
            Step(name="Paid", paid=True),
            Step(name="1m", months=1),
            Step(name="3m", months=3),
        )
    )
    dates = pd.date_range("2026-01-01", periods=40, freq="5D").astype("datetime64[s]")
    table = pd.DataFrame({"row": range(2, 42), "client": [f"C{n}" for n in range(40)], "lead_date": dates})
    table["left_date"] = dates + pd.to_timedelta([60] * 40, unit="D").astype("timedelta64[s]")
    table.loc[table.index % 3 > 0, "left_date"] = pd.NaT
    for n, name in enumerate(("Met", "Paid", "1m", "3m")):
        table[name] = [at % (n + 2) > 0 for at in range(40)]
    return Funnel(clients_of(table, journey), as_of="2026-08-01")


@pytest.mark.parametrize("picture", ["drop_off", "retention", "survival", "leaks"])
def test_every_chart_of_a_funnel(funnel, picture, whole):
    ax = getattr(funnel.plot, picture)()
    assert isinstance(ax, Axes)
    assert "as of 2026-08-01" in ax.figure.texts[1].get_text()
    whole(ax)


def test_heights_are_those_of_the_funnel(funnel):
    found = sorted(bar.get_height() for bar in funnel.plot.drop_off().patches)
    wanted = sorted([*funnel.steps["drop_off"], *funnel.steps["settled_drop_off"]])
    assert found == pytest.approx(wanted)


def test_empty_funnel(funnel, whole):
    nobody = Funnel(Clients(funnel.clients.table.iloc[:0], funnel.journey), as_of="2026-08-01")
    for draw in (nobody.plot.drop_off, nobody.plot.retention, nobody.plot.survival, nobody.plot.leaks):
        whole(draw())


def test_plots_belong_to_their_funnel(funnel):
    assert funnel.plot == Plots(funnel)


class WithTables:
    """A funnel with the other tables."""

    def __init__(self, journey):
        self.journey, self.as_of, self.asked = journey, "2026-08-01", []

    def by(self, column):
        self.asked.append(column)
        row = {
            "by": column,
            "value": "Ads",
            "settled_n": 20,
            "settled_drop_off": 0.5,
            "settled_low": 0.3,
            "settled_high": 0.7,
            "p_family": 1.0,
        }
        return pd.DataFrame([row | {"step": name} for name in ("Met", "Paid", "1m")])

    def cohorts(self):
        row = {"cohort": "2026-01", "leads": 20, "n": 20, "reached": 10, "rate": 0.5, "ripe": True}
        return pd.DataFrame([row | {"step": name} for name in ("Met", "Paid", "1m")])

    def trends(self):
        row = {"month": "2026-01", "n": 20, "rate": 0.5, "low": 0.3, "high": 0.7}
        return pd.DataFrame([row | {"step": name} for name in ("Met", "Paid", "1m")])

    def leavers(self):
        return pd.DataFrame({"reason": ["Price"], "n": [3]})


def test_other_charts_show_the_paid_step(funnel, whole):
    tables = WithTables(funnel.journey)
    plots = Plots(tables)
    by_source = plots.segments("source")
    assert by_source.figure.texts[0].get_text() == "Lost at Paid, by source"
    assert tables.asked == ["source"]
    assert plots.segments("source", step="1m").figure.texts[0].get_text() == "Lost at 1m, by source"
    assert plots.trends().get_label().endswith("Paid, 2026-01: 50 % of 20.")
    assert len(plots.trends("Met", "1m").figure.legends[0].get_texts()) == 2
    for ax in (by_source, plots.cohorts(), plots.trends(), plots.leavers()):
        assert "as of 2026-08-01" in ax.figure.texts[1].get_text()
        whole(ax)


def test_survival_shows_its_clients_in_the_subtitle(funnel):
    line = funnel.plot.survival().figure.texts[1].get_text()
    paid = funnel.survival_since("lead").clients
    assert line == f"as of 2026-08-01 · {paid} paid clients · since the lead date"
