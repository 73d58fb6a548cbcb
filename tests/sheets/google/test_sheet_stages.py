"""A sheet of stages on Google: cards on the tab Funnel, colours by stage that follow rows as they move."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from sheets_server.server import SheetsServer

import funnel
from funnel.plan import OUR_FILLS
from funnel.workflows.load import open_clients
from funnel.writer.highlights.row_rules import colors_of
from funnel.writer.highlights.stage_rules import StageRules


@pytest.fixture
def sample(server: SheetsServer, root: Path, helpers: SimpleNamespace) -> Callable[[str], SimpleNamespace]:
    """``sample("studio")``: a preset's sample in a Google Sheet, numbers as numbers, refreshed."""

    def make(name: str) -> SimpleNamespace:
        text = (root / "sample_data" / f"{name}.csv").read_text("utf-8")
        lines = [line.split(",") for line in text.splitlines()]
        rows = [[int(cell) if cell.isdigit() else cell for cell in line] for line in lines]
        made = helpers.gym_on(server, rows=rows[1:], headers=rows[0])
        made.journey = name
        funnel.refresh(made.url, journey=name)
        return made

    return make


@pytest.fixture
def studio(sample: Callable[[str], SimpleNamespace]) -> SimpleNamespace:
    return sample("studio")


def wanted(made: SimpleNamespace) -> dict[int, str]:
    opened = open_clients(made.url, made.journey)
    assert opened.clients.layout
    totals = funnel.Funnel(opened.clients, dt.date.today())
    colors = colors_of(totals, StageRules(opened.grid, opened.clients.layout, totals))
    return {row: OUR_FILLS[color] for row, color in colors.items()}


def seen(studio: SimpleNamespace, rows: range = range(1, 65)) -> dict[int, str]:
    found = {row: studio.person.color("Clients", f"A{row}") for row in rows}
    return {row: color for row, color in found.items() if color}


@pytest.mark.parametrize("name", ["marketing", "sales", "lifecycle"])
def test_a_truth_value_ranks_above_every_number_and_colours_nobody(
    name: str, sample: Callable[[str], SimpleNamespace]
) -> None:
    """As in Excel, and not in LibreOffice: ``FALSE>0`` is true."""
    made = sample(name)
    assert seen(made) == wanted(made) != {}


def test_manual_and_automatic_row_colours_follow_their_cells(studio: SimpleNamespace) -> None:
    before = wanted(studio)
    assert set(before.values()) == set(OUR_FILLS.values())
    assert seen(studio) == before
    studio.person.insert_rows("Clients", 1, 2)
    assert seen(studio, range(1, 67)) == {row + 2: color for row, color in before.items()}
    green = min(row for row, color in before.items() if color == OUR_FILLS["green"]) + 2
    studio.person.type("Clients", f"E{green}", "lost clients")
    assert seen(studio, range(green, green + 1)) == {green: OUR_FILLS["red"]}


def test_the_cards_are_on_the_tab_and_a_second_refresh_changes_nothing(studio: SimpleNamespace) -> None:
    page = open_clients(studio.url, "studio").sheet.read("Funnel")
    said = [page[row, 2] for row in range(1, page.height + 1)]
    assert "🌱 New Inquiry" in said
    assert "Stages set automatically" in said
    assert [chart.name for chart in page.charts] == ["stages", "drop-off"]
    assert not funnel.refresh(studio.url, journey="studio")
