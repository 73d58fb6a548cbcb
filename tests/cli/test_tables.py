"""Every result as a plain table."""

import csv
import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from click.testing import Result

from funnel.cli.commands.demo import DAY, sample
from funnel.cli.tables import TABLES

Run = Callable[..., Result]
OPTIONS = ("--as-of", DAY.isoformat())


@pytest.mark.parametrize("name", TABLES)
def test_every_table_in_every_form(run: Run, name: str) -> None:
    shown = run("show", sample(), "--table", name, *OPTIONS)
    assert (shown.exit_code, shown.stderr) == (0, "")
    assert name.capitalize() in shown.stdout
    rows = list(
        csv.DictReader(StringIO(run("show", sample(), "--table", name, "--format", "csv", *OPTIONS).stdout))
    )
    told = json.loads(run("show", sample(), "--table", name, "--format", "json", *OPTIONS).stdout)
    assert len(told[name.replace("-", "_")]) == len(rows) > 0


def test_unripe_cohorts_are_dots_not_zeros(run: Run) -> None:
    lines = run("show", sample(), "--table", "cohorts", *OPTIONS).stdout.splitlines()
    year = next(line for line in lines if line.startswith("12 months"))
    assert year.split()[-6:] == ["…"] * 6


def test_a_table_that_is_not_there(run: Run, clean: Path) -> None:
    result = run("show", clean, "--table", "cohort", *OPTIONS)
    assert result.exit_code == 2
    assert result.stderr.startswith(
        "Error: There is no table 'cohort'; did you mean 'cohorts'? There are 'steps', "
    )
