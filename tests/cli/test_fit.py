"""Tables of all results in terminals of 60, 80 and 200 columns: no name and no half interval is lost."""

from functools import cache
from pathlib import Path

import pytest
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table

import funnel
from funnel.cli.fit import fit
from funnel.cli.printing import rich_table
from funnel.metrics import Funnel
from funnel.metrics.core.result import Result
from funnel.metrics.results import MODULES, result, table
from funnel.metrics.views import Shown, show, views_of

SAMPLES = Path(__file__).parents[2] / "sample_data"


@cache
def sample(name: str) -> Funnel:
    return Funnel(funnel.load(SAMPLES / name), "2026-11-21")


def shown(name: str, found: Result) -> list[Shown]:
    """What `--table` prints of a result, without and with `--by coach`."""
    clients = sample(name)
    tables = [(None, table(found, clients))] if found.compute and not found.missing(clients) else []
    if found.compute_by and not found.missing(clients) and "coach" in clients.clients.table:
        tables.append(("coach", found.compute_by(clients, "coach")))
    return [
        show(found, view, clients, rows)
        for by, rows in tables
        if len(rows)
        for view in views_of(found, rows, by)
    ]


def room(drawn: Table) -> int:
    return sum(column.width or 0 for column in drawn.columns) + 2 * (len(drawn.columns) - 1)


@pytest.mark.parametrize("sheet", ["gym.xlsx", "studio.csv"])
@pytest.mark.parametrize("name", MODULES)
def test_nothing_is_lost_in_60_80_and_200_columns(sheet: str, name: str) -> None:
    found = result(name)
    for one in shown(sheet, found):
        whole = [column.name for column in one.columns]
        for width in (60, 80, 200):
            drawn = rich_table(one)
            fit(Console(width=width), drawn, one.drop_first)
            assert room(drawn) <= width
            for column in drawn.columns:
                cells = [str(cell) for cell in (column.header, *column._cells)]
                least = max(cell_len(line) for cell in cells for line in cell.split("\n"))
                assert column.overflow == "fold" if not column.no_wrap else (column.width or 0) >= least
            kept = {" ".join(str(column.header).split()) for column in drawn.columns}
            names = [at for at, column in enumerate(whole) if column in found.index]
            assert kept >= {one.titles[at] for at in names}
