import sys

import pytest
from matplotlib.figure import Figure
from PIL import Image

from funnel.charts.drawing.picture import percent_axis, picture
from funnel.charts.drop_off import drop_off


def test_notebook_image_is_sharp_and_has_a_description(steps, tmp_path):
    ax = drop_off(steps, as_of="2026-11-21")
    data, about = ax._repr_png_()
    (tmp_path / "a.png").write_bytes(data)
    with Image.open(tmp_path / "a.png") as image:
        assert image.width == pytest.approx(2 * about["width"], abs=2)
        assert image.height == pytest.approx(2 * about["height"], abs=2)
    assert about["alt"] == ax.get_label()


def test_no_pyplot_is_opened():
    import subprocess

    code = "import sys, funnel.charts; print('matplotlib.pyplot' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_long_titles_are_wrapped_within_the_figure(whole):
    ax = picture(
        None,
        (3, 2),
        "A title that is much too long for three inches",
        ["and a subtitle that is, too"] * 3,
        "x " * 99,
    )
    whole(ax)


def test_titles_are_not_parsed_as_mathematics(whole):
    whole(picture(None, (4, 2), "$x_{$", ["$5 to $10"], "$y^{$", []))
    ax = picture(Figure().add_subplot(), (4, 2), "$x_{$", ["$5 to $10"], "$y^{$")
    ax.figure.canvas.draw()
    assert ax.get_title(loc="left") == "$x_{$\n$5 to $10"


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (0.0, 1.0, ["0 %", "20 %", "40 %", "60 %", "80 %", "100 %"]),
        (0.0, 1.2, ["0 %", "20 %", "40 %", "60 %", "80 %", "100 %"]),
        (0.0, 0.1, ["0 %", "2 %", "4 %", "6 %", "8 %", "10 %"]),
        (-0.3, 0.5, ["-20 %", "0 %", "20 %", "40 %"]),
        (0.0, 0.0001, ["0 %"]),
    ],
)
def test_percentages_of_an_axis(low, high, ticks):
    ax = Figure().add_subplot()
    percent_axis(ax.yaxis, low, high)
    assert [label.get_text() for label in ax.get_yticklabels()] == ticks
