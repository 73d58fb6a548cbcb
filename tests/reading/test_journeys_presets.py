"""Samples of staged presets are recognised by their stages, without a journey and without a question."""

from pathlib import Path

import pytest

import funnel


@pytest.mark.parametrize(("name", "paid"), [("marketing", "Closed Customers"), ("lifecycle", "Customer")])
def test_a_staged_preset_is_recognised_by_its_stages(root: Path, name: str, paid: str) -> None:
    clients = funnel.load(root / "sample_data" / f"{name}.csv")
    assert clients.reading is not None
    assert clients.reading.confidence != "guess"
    assert clients.journey.staged
    assert clients.journey.paid is not None
    assert clients.journey.paid.name == paid
