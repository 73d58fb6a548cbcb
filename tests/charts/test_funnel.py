"""The funnel chart: every number is one of the table; few clients are drawn as few."""

import pandas as pd
import pytest

from funnel.charts.funnel import funnel, funnels, plot
from funnel.errors import UsageError
from funnel.metrics import Funnel
from funnel.workflows.load import load


def steps(*marked: int, leads: int) -> pd.DataFrame:
    rows = [
        {"step": f"Step {n}", "marked": m, "reached": m, "left": leads - m, "not_due": 0, "overdue": 0,
         "undated": 0} for n, m in enumerate(marked)
    ]  # fmt: skip
    return pd.DataFrame(rows)


def texts(ax) -> list[str]:
    return [text.get_text() for text in ax.texts]


def test_numbers_are_those_of_the_table(whole):
    ax = funnel(steps(30, 33, 12, leads=40), as_of="2026-11-21")
    for text in ("40", "30", "33", "12", "75 %", "110 %", "36 %", "−10", "+3", "−21"):
        assert text in texts(ax), text
    assert "Step 2: 12, 30 % of leads, −21 since the step before." in ax.get_label()
    assert whole(ax) is None


def test_few_clients_are_a_block_each_and_no_percentage(whole):
    ax = funnel(steps(4, 2, leads=5))
    assert sum(bar.get_hatch() is not None for bar in ax.patches) == 5 + 4 + 2
    assert not any("%" in text for text in texts(ax))
    assert "2 of 5" in texts(ax)
    whole(ax)


def test_a_value_for_each_column_and_what_is_left_out(whole):
    table = pd.concat([
        steps(n + 10, 5, leads=n + 20).assign(by="coach", value=f"Coach {n}", clients=n + 20)
        for n in range(20)
    ])  # fmt: skip
    ax = funnels(table)
    heads = [text for text in texts(ax) if text.startswith("Coach")]
    assert heads == [f"Coach {n}" for n in range(12, 20)]
    note = " ".join(text.get_text() for text in ax.figure.texts).replace("\n", " ")
    assert "Not drawn, for lack of room: Coach 0, Coach 1, Coach 2, Coach 3 and 8 more." in note
    whole(ax)


def test_of_a_funnel(root, whole):
    found = Funnel(load(root / "sample_data" / "gym.xlsx", as_of="2026-11-21"), "2026-11-21")
    for size in ("slide", "page", "phone"):
        ax = found.plot.funnel(size=size, title="Our way")
        assert ax.figure.texts[0].get_text() == "Our way"
        whole(ax)
    assert ax.figure.get_size_inches()[0] == 3.9
    assert tuple(found.plot.funnel(figsize=(8, 5)).figure.get_size_inches()) == (8, 5)
    whole(plot(found, "coach"))
    with pytest.raises(UsageError, match="There is no size 'poster'; there are slide, page and phone"):
        found.plot.funnel(size="poster")


def test_without_steps_or_values(whole):
    whole(funnel(steps(leads=0)))
    whole(funnels(pd.DataFrame(columns=["by", "value", "clients", "step", "marked"])))
