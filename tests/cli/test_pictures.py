"""The pictures of `funnel charts`: one file for each chart and kind, the same bytes on each run."""

from pathlib import Path

import pytest

import funnel
from funnel.cli import pictures
from funnel.errors import WriteError


@pytest.fixture(scope="module")
def gym(root: Path) -> "funnel.Funnel":
    return funnel.Funnel(funnel.load(root / "sample_data" / "gym.xlsx"), "2026-11-21")


def test_the_same_bytes_on_each_run(gym: "funnel.Funnel", tmp_path: Path) -> None:
    kinds = ("png", "svg", "pdf")
    first = pictures.write(gym, tmp_path / "one", kinds, first=True)
    second = pictures.write(gym, tmp_path / "two", kinds, first=True)
    assert [p.name for p in first] == [
        f"{name}.{kind}" for name in ("drop-off", "retention") for kind in kinds
    ]
    assert [p.read_bytes() for p in first] == [p.read_bytes() for p in second]


def test_a_folder_that_is_a_file(gym: "funnel.Funnel", tmp_path: Path) -> None:
    path = tmp_path / "taken"
    path.write_text("a file", "utf-8")
    with pytest.raises(
        WriteError, match=r"The folder .*taken could not be created: File exists. Name another folder."
    ):
        pictures.write(gym, path, ["png"])


def test_every_chart_that_the_sheet_can_fill(gym: "funnel.Funnel", tmp_path: Path) -> None:
    paths = pictures.write(gym, tmp_path, ["svg"], by="coach")
    charts = (
        "drop-off", "funnel", "funnel-by-coach", "retention", "survival", "leaks", "segments", "cohorts",
        "trends", "time", "leavers",
    )  # fmt: skip
    assert [path.name for path in paths] == [f"{name}.svg" for name in charts]


def test_a_journey_of_stages_has_a_picture_of_them(root: Path, tmp_path: Path) -> None:
    clients = funnel.load(root / "sample_data" / "studio.csv", journey="studio")
    paths = pictures.write(funnel.Funnel(clients, "2026-11-21"), tmp_path, ["svg"])
    assert "stages.svg" in [path.name for path in paths]


def test_no_picture_of_what_the_sheet_cannot_say(tmp_path: Path) -> None:
    import pandas as pd

    table = pd.DataFrame({"Client name": ["Ana", "Ben"], "Client contacted": [1, None]})
    bare = funnel.Funnel(funnel.load(table, journey="gym"), "2026-11-21")
    paths = pictures.write(bare, tmp_path, ["svg"])
    assert [path.name for path in paths] == ["drop-off.svg", "funnel.svg", "leaks.svg"]
    said = dict(sentence.removeprefix("Not drawn: ").split(". ", 1) for sentence in pictures.not_drawn(bare))
    assert said["trends"] == "The sheet has no column with the date of lead."
    assert said["segments"] == "Name a column to compare with --by."
