"""`funnel journey` prints presets that can be used as they are."""

from pathlib import Path

import pytest

from funnel.journey import preset, presets, read_journey


@pytest.mark.parametrize("name", presets())
def test_a_printed_preset_is_a_journey_file(run, tmp_path: Path, name: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(run("journey", name).stdout, "utf-8")
    assert read_journey(path) == preset(name)


def test_without_a_name_all_are_listed(run) -> None:
    assert [line.split()[0] for line in run("journey").stdout.splitlines()] == list(presets())


def test_an_unknown_preset_names_the_nearest(run) -> None:
    result = run("journey", "studoi")
    assert (result.exit_code, result.stderr) == (
        2,
        "Error: There is no preset 'studoi'. Did you mean 'studio'?\n",
    )
