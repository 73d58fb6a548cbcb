import pandas as pd
import pytest
from matplotlib.axes import Axes

from funnel.charts import Plots
from funnel.journey import Journey, Step
from funnel.loader import Clients
from funnel.metrics import Funnel


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
    return Funnel(Clients(table, journey), as_of="2026-08-01")


@pytest.mark.parametrize("picture", ["drop_off", "retention", "survival", "leaks"])
def test_every_picture_of_a_funnel(funnel, picture, whole):
    ax = getattr(funnel.plot, picture)()
    assert isinstance(ax, Axes)
    assert "as of 2026-08-01" in ax.figure.texts[1].get_text()
    whole(ax)


def test_heights_are_those_of_the_funnel(funnel):
    found = sorted(bar.get_height() for bar in funnel.plot.drop_off().patches)
    wanted = sorted([*funnel.steps["drop_off"], *funnel.steps["settled_drop_off"]])
    assert found == pytest.approx(wanted)


def test_a_funnel_of_nobody(funnel, whole):
    nobody = Funnel(Clients(funnel.clients.table.iloc[:0], funnel.journey), as_of="2026-08-01")
    for draw in (nobody.plot.drop_off, nobody.plot.retention, nobody.plot.survival, nobody.plot.leaks):
        whole(draw())


def test_plots_belong_to_their_funnel(funnel):
    assert funnel.plot == Plots(funnel)
