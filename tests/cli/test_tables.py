"""Every result as a plain table."""

import csv
import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from click.testing import Result

from funnel.cli.commands.demo import DAY, sample
from funnel.metrics.results import options, result

Run = Callable[..., Result]
OPTIONS = ("--as-of", DAY.isoformat())


NEEDS_COLUMN = {"segments", "differences"}
NOT_IN_SAMPLE = {
    "stages": "Stages: The journey has no stages.",
    "advance": "From stage to stage: The journey has no stages.",
    "moves": "Moves: The journey has no stages.",
    "stage-clients": "Clients by stage: The journey has no stages.",
    "forecast": "Forecast: There is no forecast: the sheet has no column of values (`columns.value` in the "
    "journey file).",
}


@pytest.mark.parametrize("name", options())
def test_every_table_in_every_form(run: Run, name: str) -> None:
    command = ("show", sample(), "--table", name, *OPTIONS, *(("--by", "coach") * (name in NEEDS_COLUMN)))
    shown = run(*command)
    assert (shown.exit_code, shown.stderr) == (0, "")
    assert result(name.replace("-", "_")).title in shown.stdout
    rows = list(csv.DictReader(StringIO(run(*command, "--format", "csv").stdout)))
    found = json.loads(run(*command, "--format", "json").stdout)
    assert len(found[name.replace("-", "_")]) == len(rows)
    if name in NOT_IN_SAMPLE:
        assert NOT_IN_SAMPLE[name] in " ".join(shown.stdout.split())
    else:
        assert rows


@pytest.mark.parametrize("name", ["leaks", "leavers", "survival"])
def test_a_table_for_each_value_of_a_column(run: Run, name: str) -> None:
    shown = run("show", sample(), "--table", name, "--by", "coach", *OPTIONS)
    assert (shown.exit_code, shown.stderr) == (0, "")


def test_a_table_that_needs_a_column_or_takes_none(run: Run) -> None:
    without = run("show", sample(), "--table", "segments", *OPTIONS)
    assert (without.exit_code, without.stderr) == (
        2,
        "Error: --table segments compares the values of a column: name it, for example --by source.\n",
    )
    needless = run("show", sample(), "--table", "cohorts", "--by", "coach", *OPTIONS)
    assert (needless.exit_code, needless.stderr) == (
        2,
        "Error: --table cohorts does not compare values of a column: leave out --by coach.\n",
    )


def test_the_help_lists_every_table(run: Run) -> None:
    text = " ".join(run("show", "--help").stdout.split()).replace("- ", "-")
    assert f"Only this result: {', '.join(options())}." in text


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
