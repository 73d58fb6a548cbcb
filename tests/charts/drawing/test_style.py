"""The palette, measured in greyscale and for three kinds of colour blindness."""

from itertools import combinations

import matplotlib
import numpy as np
import pytest
from matplotlib.colors import to_rgb

from funnel.charts.drawing.style import INK, MUTED, PAPER, QUIET, SERIES, STRONG, WARM, style_context

# Machado, Oliveira and Fernandes 2009, severity 1.0, on linear RGB.
BLIND = {
    "protan": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deutan": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritan": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
    "usual": np.eye(3).tolist(),
}
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])


def linear(color):
    rgb = np.array(to_rgb(color))
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def lab(light):
    xyz = TO_XYZ @ np.clip(light, 0, 1) / np.array([0.9505, 1.0, 1.089])
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def luminance(color):
    return float(TO_XYZ[1] @ linear(color))


def ratio(one, other):
    dark, bright = sorted((luminance(one), luminance(other)))
    return (bright + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("pair", [(STRONG, QUIET), (STRONG, WARM), SERIES[:2]])
def test_bars_side_by_side_differ_in_grey(pair):
    """30 of 100 steps of lightness differ clearly on a greyscale print."""
    one, other = (lab(linear(color))[0] for color in pair)
    assert abs(one - other) >= 30


@pytest.mark.parametrize("eyes", BLIND)
def test_colours_that_mean_something_differ_to_every_eye(eyes):
    seen = {color: lab(np.array(BLIND[eyes]) @ linear(color)) for color in (STRONG, QUIET, WARM)}
    assert min(np.linalg.norm(seen[a] - seen[b]) for a, b in combinations(seen, 2)) >= 20


@pytest.mark.parametrize("eyes", BLIND)
def test_lines_differ_to_every_eye(eyes):
    seen = [lab(np.array(BLIND[eyes]) @ linear(color)) for color in SERIES]
    assert min(np.linalg.norm(a - b) for a, b in combinations(seen, 2)) >= 20


def test_text_has_enough_contrast():
    assert ratio(INK, PAPER) >= 7
    assert ratio(MUTED, PAPER) >= 4.5
    assert ratio(STRONG, PAPER) >= 3


def test_settings_are_restored_after_an_error():
    before = dict(matplotlib.rcParams)
    with pytest.raises(ZeroDivisionError), style_context():
        1 / 0  # noqa: B018
    assert dict(matplotlib.rcParams) == before
