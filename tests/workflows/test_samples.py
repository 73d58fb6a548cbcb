"""The files installed with funnel."""

from pathlib import Path

import pytest

from funnel.errors import ReadError
from funnel.workflows import samples


def test_the_sample_and_the_notebooks() -> None:
    assert samples.sample().name == "gym.xlsx"
    assert {path.suffix for path in samples.notebooks()} == {".ipynb"}


def test_an_installation_without_them(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(samples, "_PACKAGE", tmp_path / "site" / "funnel")
    with pytest.raises(ReadError, match=r"sample_data/gym\.xlsx is missing from this installation"):
        samples.sample()
