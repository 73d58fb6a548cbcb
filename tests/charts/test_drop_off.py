import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.legend import Legend
from pandas.testing import assert_frame_equal

from funnel.charts.drawing.picture import framed
from funnel.charts.drawing.style import PAPER, QUIET, STRONG
from funnel.charts.drop_off import drop_off


def bars(ax, color):
    """Bars of one colour, filled or hatched, from left to right."""
    ours = [
        bar
        for bar in ax.patches
        if color.lower() in (to_hex(bar.get_facecolor()), to_hex(bar.get_edgecolor()))
    ]
    return sorted(ours, key=lambda bar: bar.get_x())


def texts(ax):
    return [text.get_text() for text in ax.texts]


def key(ax):
    return [text.get_text() for text in ax.figure.findobj(Legend)[0].get_texts()]


def test_heights_are_the_tables_rates(steps):
    ax = drop_off(steps)
    assert [bar.get_height() for bar in bars(ax, STRONG)] == pytest.approx(list(steps["settled_drop_off"]))
    assert [bar.get_height() for bar in bars(ax, QUIET)] == pytest.approx(list(steps["drop_off"]))


def test_settled_bar_is_left_of_literal_bar_above_the_name(steps):
    ax = drop_off(steps)
    for place, (ours, theirs) in enumerate(zip(bars(ax, STRONG), bars(ax, QUIET), strict=True)):
        assert ours.get_x() + ours.get_width() < theirs.get_x()
        assert (ours.get_x() + theirs.get_x() + theirs.get_width()) / 2 == pytest.approx(place)


def test_intervals_are_the_tables_bounds(steps):
    ax = drop_off(steps)
    ends = [tuple(line.get_segments()[0][:, 1]) for line in ax.collections]
    assert ends == [
        pytest.approx(pair) for pair in zip(steps["settled_low"], steps["settled_high"], strict=True)
    ]


def test_number_texts(steps):
    ax = drop_off(steps)
    assert texts(ax) == [
        "1 %", "1 of\n80", "13 %", "10 of\n78", "26 %", "16 of\n62", "0 %", "0 of\n45", "19 %", "8 of\n42",
        "33 %", "2 of\n6",
        "3 %", "3 of\n100", "18 %", "17 of\n97", "25 %", "20 of\n80", "-2 %", "-1 of\n60",
        "34 %", "21 of\n61",
        "73 %", "29 of\n40",
    ]  # fmt: skip


def test_title_subtitle_note_and_key(steps):
    ax = drop_off(steps, as_of="2026-11-21")
    assert [text.get_text() for text in ax.figure.texts] == [
        "Clients lost at each step",
        "as of 2026-11-21 · 100 clients",
        "Below each bar: clients lost, of clients who had reached the previous step and were due. Lost: "
        "left, or overdue.",
    ]
    assert key(ax) == [
        "of clients who were due", "by the column totals", "95 % interval",
        "too few to call (under 10)",
    ]  # fmt: skip


def test_other_counts_are_not_called_column_totals(steps):
    assert key(drop_off(steps, counts="passed"))[1] == "of all clients who passed the previous step"
    assert key(drop_off(steps, counts="nested"))[1] == "of all clients who reached every earlier step"


def test_names_are_wrapped_and_complete(steps):
    ax = drop_off(steps)
    labels = [label.get_text() for label in ax.get_xticklabels()]
    assert [label.replace("\n", " ") for label in labels] == list(steps["step"])


def test_bars_with_a_small_n_are_hatched(steps):
    ax = drop_off(steps)
    hatched = [bar.get_hatch() for bar in bars(ax, STRONG)]
    assert hatched == [None] * 5 + ["////"]
    assert to_hex(bars(ax, STRONG)[-1].get_facecolor()) == PAPER.lower()


def test_undefined_is_a_dash_not_a_zero(make_steps):
    ax = drop_off(make_steps([(0, 0, 0, 0)], leads=0))
    assert texts(ax) == ["–"] * 4
    assert key(ax) == ["of clients who were due", "by the column totals", "95 % interval"]


def test_undefined_counts_of_an_optional_step(steps):
    steps["lost"] = steps["lost"].astype(float)
    steps.loc[2, ["lost", "drop_off"]] = None
    assert texts(drop_off(steps))[16:18] == ["–", "–"]


def test_long_negative_bar_is_cut_but_labelled(make_steps, whole):
    ax = drop_off(make_steps([(2, 60, 3, 0), (90, 60, 3, 0)]))
    assert min(bar.get_height() for bar in ax.patches) == -0.3
    assert "-4400 %" in texts(ax)
    whole(ax)


@pytest.mark.parametrize("n", [1, 2, 6, 11, 25])
def test_no_text_is_cut_off(make_steps, whole, n):
    whole(drop_off(make_steps([(90 - at, 80, 10, at) for at in range(n)]), as_of="2026-11-21"))


def test_large_numbers_are_rotated_and_complete(make_steps, whole):
    table = make_steps([(987_654 - at, 876_543, 76_543, 0) for at in range(25)], leads=1_000_000)
    ax = drop_off(table)
    assert "76,543 of 876,543" in texts(ax)
    whole(ax)


def test_nasty_names(make_steps, whole, nasty):
    ax = drop_off(make_steps([(90, 80, 10, 1)] * len(nasty), names=nasty), as_of="2026-11-21")
    labels = [label.get_text().replace("\n", " ") for label in ax.get_xticklabels()]
    assert labels[0] == "$x_{$ of $5 to $10"
    assert labels[1] == "_x"
    assert labels[6] == "<b>bold</b> & more"
    whole(ax)


def test_no_steps(steps, whole):
    ax = drop_off(steps.iloc[:0])
    assert texts(ax) == ["There are no steps."]
    whole(ax)


def test_the_table_is_not_changed(steps):
    before = steps.copy(deep=True)
    drop_off(steps)
    assert_frame_equal(steps, before)


def test_axes_of_the_caller(steps):
    figure = Figure(figsize=(12, 6), layout="constrained")
    mine = figure.add_subplot(1, 2, 1)
    ax = drop_off(steps, mine, as_of="2026-11-21")
    figure.canvas.draw()
    assert ax is mine
    assert (
        ax.get_title(loc="left").replace("\n", " ")
        == "Clients lost at each step as of 2026-11-21 · 100 clients"
    )
    assert ax.get_xticklabels()[0].get_rotation() == 90
    assert figure.axes == [mine]


def test_settings_of_the_caller_have_no_effect(steps):
    import matplotlib

    with matplotlib.rc_context({"text.parse_math": True, "font.size": 30, "axes.facecolor": "black"}):
        ax = drop_off(steps)
        assert to_hex(ax.get_facecolor()) == PAPER.lower()
        assert matplotlib.rcParams["font.size"] == 30


def test_description(steps):
    assert drop_off(steps.iloc[:1], as_of="2026-11-21").get_label() == (
        "Clients lost at each step. as of 2026-11-21 · 100 clients. Client contacted: 1 % (1 of 80) of "
        "clients who were due, 3 % (3 of 100) by the column totals."
    )


def test_pandas_integers_and_missing_values_of_any_kind(steps):
    ax = drop_off(steps.astype({"settled_n": "Int64", "marked": "Int64"}).assign(settled_low=pd.NA))
    assert len(ax.collections) == 0


def test_stages_have_no_column_totals(root):
    import funnel

    clients = funnel.load(root / "sample_data" / "marketing.csv", journey="marketing")
    plot = funnel.Funnel(clients, "2026-11-21").plot
    for ax in (plot.drop_off(), plot.leaks()):
        key = [text.get_text() for legend in ax.figure.legends for text in legend.get_texts()]
        assert "of all clients, including those not yet due" in key
        assert "column totals" not in f"{key} {ax.get_label()}"


def test_a_value_stands_at_the_end_of_its_bar_not_of_a_long_interval(make_steps):
    ax = drop_off(make_steps([(9, 12, 1, 0), (97, 800, 100, 100)]))
    ax.figure.canvas.draw()
    heights = {text.get_text(): ax.transData.inverted().transform(text.get_window_extent())[0][1]
               for text in ax.texts}  # fmt: skip
    assert ax.patches[0].get_height() == pytest.approx(1 / 12)
    assert 1 / 12 < heights["8 %"] < 1 / 12 + 0.05  # the interval ends at 35 %
    assert heights["25 %"] > 0.25


LONG = tuple(f"{what} arranged with the responsible coach in the {n}th week" for what in ("Call", "Visit")
             for n in range(1, 14))  # fmt: skip


@pytest.mark.parametrize("size", [None, "slide", "page", "phone"])
def test_many_long_names_in_every_size(make_steps, whole, size):
    steps = make_steps([(1000 - 20 * n, 900 - 20 * n, 10 + n, 0) for n in range(26)], LONG, 1020)
    ax = framed(drop_off, steps, size=size)
    whole(ax)
    labels = [label.get_text().replace("\n", " ") for label in ax.get_xticklabels()]
    assert len(set(labels)) == len(labels) == (10 if size == "phone" else 21 if size == "page" else 26)
    note = " ".join(text.get_text() for text in ax.figure.texts).replace("\n", " ")
    left_out = {"phone": "16 steps", "page": "5 steps"}
    assert (f"Not drawn, for lack of room: {left_out.get(size)}, with the smallest losses." in note) == (
        size in left_out
    )
