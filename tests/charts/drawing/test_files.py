import re
import subprocess
import sys

import pytest
from PIL import Image

from funnel.charts.drawing.files import render, save
from funnel.charts.drop_off import drop_off
from funnel.errors import UsageError


@pytest.mark.parametrize("kind", ["png", "svg", "pdf"])
def test_same_bytes_each_time(steps, kind, tmp_path):
    first = save(drop_off(steps, as_of="2026-11-21").figure, tmp_path / f"a.{kind}")
    second = save(drop_off(steps, as_of="2026-11-21").figure, tmp_path / f"new folder/b.{kind}")
    assert first.read_bytes() == second.read_bytes()
    assert len(first.read_bytes()) > 10_000


@pytest.mark.parametrize("kind", ["png", "svg", "pdf"])
def test_same_bytes_when_saved_twice(steps, kind):
    figure = drop_off(steps).figure
    assert render(figure, kind) == render(figure, kind)


def test_same_bytes_in_another_process():
    """Hash seeds differ between processes and may not change a file."""
    code = (
        "import hashlib; from matplotlib.figure import Figure; "
        "from funnel.charts.drawing.files import render; "
        "from funnel.charts.drawing.picture import picture; ax = picture(None, (4, 2), 'a', note='b'); "
        "ax.plot([1, 2]); "
        "print([hashlib.sha256(render(ax.figure, kind)).hexdigest() for kind in ('png', 'svg', 'pdf')])"
    )
    seen = {
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
        ).stdout
        for seed in ("1", "2")
    }  # fmt: skip
    assert len(seen) == 1


def test_no_date_and_no_version_inside(steps):
    figure = drop_off(steps).figure
    for kind in ("png", "svg", "pdf"):
        found = re.findall(rb"CreationDate|<dc:date>|Matplotlib v|matplotlib\.org", render(figure, kind))
        assert found == [], kind


def test_title_and_description_inside(steps, tmp_path):
    ax = drop_off(steps.iloc[:1], as_of="2026-11-21")
    with Image.open(save(ax.figure, tmp_path / "a.png")) as image:
        assert image.info["Title"] == "Clients lost at each step"
        assert image.info["Description"] == ax.get_label()
    svg = save(ax.figure, tmp_path / "a.svg").read_text("utf-8")
    assert '<title id="title">Clients lost at each step</title>' in svg
    assert b"Clients lost at each step" in save(ax.figure, tmp_path / "a.pdf").read_bytes()


def test_any_names_give_well_formed_files(make_steps, nasty):
    from xml.etree import ElementTree

    ax = drop_off(make_steps([(9, 9, 1, 1)] * len(nasty), names=nasty))
    ElementTree.fromstring(render(ax.figure, "svg"))
    assert render(ax.figure, "pdf").startswith(b"%PDF")
    assert "日本語のステップ" in ax.get_label()


def test_unknown_format_is_an_error(steps, tmp_path):
    with pytest.raises(UsageError) as caught:
        save(drop_off(steps).figure, tmp_path / "picture.jpg")
    assert str(caught.value) == (
        "Pictures are saved as .png, .svg or .pdf, not as 'picture.jpg'. Choose a name such as 'picture.png'."
    )
    assert list(tmp_path.iterdir()) == []
