"""Sheets in a few lines: `sheet(row, row, …)` makes a Grid of them."""

import csv
import re

import pytest

from funnel.grid import Grid


def make(*rows, tab="Clients", **more):
    width = max(map(len, rows), default=0)
    filled = [[*row, *[None] * (width - len(row))] for row in rows]
    return Grid(tab, [list(column) for column in zip(*filled, strict=True)], **more)


@pytest.fixture
def sheet():
    return make


@pytest.fixture
def worked(shared):
    """The twelve clients of the worked example, as a CSV file gives them: all text."""
    text = shared("WORKED_EXAMPLE.md").read_text(encoding="utf-8")
    rows = csv.reader(re.search(r"```csv\n(.*?)```", text, re.DOTALL)[1].splitlines())
    return make(*([cell or None for cell in row] for row in rows))
