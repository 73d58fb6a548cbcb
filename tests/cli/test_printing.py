"""What a person sees in the terminal."""

import io
import sys
import time

import pandas as pd
import pytest
from rich.console import Console
from tables import clients_of

from funnel.cli import printing
from funnel.journey import Journey, Step
from funnel.metrics import Funnel
from funnel.metrics.results import result, table

JOURNEY = Journey(
    steps=(
        Step(name="Called"),
        Step(name="Coach complimentary session done"),
        Step(name="Paid", paid=True),
        Step(name="One month", months=1),
    )
)


def funnel_of(n: int) -> Funnel:
    """`n` clients of January, three of four called, one of three of those paid, who stay."""
    called = [i % 4 != 3 for i in range(n)]
    paid = [c and i % 3 == 0 for i, c in enumerate(called)]
    table = pd.DataFrame(
        {
            "row": range(2, n + 2),
            "client": [f"Client {i}" for i in range(n)],
            "lead_date": pd.to_datetime(["2026-01-15"] * n).astype("datetime64[s]"),
            "left_date": pd.to_datetime([None] * n).astype("datetime64[s]"),
            "Called": called,
            "Coach complimentary session done": called,
            "Paid": paid,
            "One month": paid,
        }
    )
    table = table.astype({step.name: bool for step in JOURNEY.steps})
    return Funnel(clients_of(table, JOURNEY, source="our clients.csv", tab="Leads"), as_of="2026-11-21")


def printed(funnel: Funnel, name: str, at: int = 0) -> list[str]:
    """The lines of a result's table in `show`, without its title."""
    out, found = io.StringIO(), result(name)
    console = Console(file=out, width=80, highlight=False)
    printing.show_result(console, funnel, found, found.show[at], table(found, funnel))
    return [line.rstrip() for line in out.getvalue().splitlines()][2:]


@pytest.mark.parametrize(("name", "at"), [("steps", 0), ("steps", 1), ("retention", 0)])
def test_80_columns_are_enough(name: str, at: int) -> None:
    lines = printed(funnel_of(4000), name, at)
    assert max(map(len, lines)) <= 80
    assert not any("…" in line for line in lines)


def test_the_steps_as_counted() -> None:
    assert printed(funnel_of(24), "steps") == [
        "                                                      % of",
        "                                                  previous      Lost, of  of how",
        "Step                        Marked    % of leads      step     those due    many",
        "─" * 80,
        "Called                          18  75 % (55–88)      75 %  25 % (12–45)      24",
        "Coach complimentary             18  75 % (55–88)     100 %    0 % (0–18)      18",
        "session done",
        "Paid                             6  25 % (12–45)      33 %  67 % (44–84)      18",
        "One month                        6  25 % (12–45)     100 %    0 % (0–39)       6",
        "Lost: of the clients who were due and had reached the step before, those who",
        "left or are overdue; in brackets, the 95 % interval. The other shares also",
        "include clients who still have time.",
    ]


def test_where_everyone_stands_adds_up() -> None:
    assert printed(funnel_of(24), "steps", 1)[2:6] == [
        "Called                                 18     0        0        6        0",
        "Coach complimentary session done       18     0        0        6        0",
        "Paid                                    6     0        0       18        0",
        "One month                               6     0        0       18        0",
    ]


def test_a_clock_that_hardly_anybody_is_on_is_left_out() -> None:
    lines = printed(funnel_of(24), "retention")
    assert "All leads" in lines
    assert "Paid clients" in lines
    assert "Paid clients, since paid" not in lines


def test_the_heading_says_what_of_when_and_how_many() -> None:
    assert printing.heading(funnel_of(24)) == "our clients.csv, tab Leads\nAs of 2026-11-21: 24 clients"


def test_what_to_try_next_can_be_typed() -> None:
    *_, (title, text) = printing.closing(funnel_of(0), hints=True)
    assert (title, text.splitlines()[0]) == (
        "Try next",
        'funnel check "our clients.csv"    (nothing to look at)',
    )


def test_a_text_file_is_refreshed_into_a_workbook() -> None:
    *_, (_, text) = printing.closing(funnel_of(0), hints=True)
    assert text.splitlines()[1] == 'funnel refresh "our clients.csv" -o "our clients.xlsx" --dry-run'


def test_who_began_with_uv_run_goes_on_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UV_RUN_RECURSION_DEPTH", "1")
    assert printing.typed("Try `funnel init a.xlsx`; funnel reads it, and changes no funnel-demo.") == (
        "Try `uv run funnel init a.xlsx`; funnel reads it, and changes no funnel-demo."
    )


def test_a_step_without_a_column_has_no_marks() -> None:
    funnel = funnel_of(24)
    vars(funnel)["steps"] = funnel.steps.assign(marked=[18.0, 18.0, 6.0, float("nan")])
    marked = [line[28:34].strip() for line in printed(funnel, "steps")[4:9]]
    assert marked == ["18", "18", "", "6", "–"]


def test_nothing_moves_where_nobody_watches(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: False)
    with printing.busy("Reading"):
        pass
    assert capsys.readouterr() == ("", "")


class Screen(io.StringIO):
    """A terminal that remembers what was shown on it."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("patience", "shown"), [(60.0, False), (0.0, True)])
def test_only_long_work_shows_progress(monkeypatch: pytest.MonkeyPatch, patience: float, shown: bool) -> None:
    screen = Screen()
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setattr(printing, "PATIENCE", patience)
    monkeypatch.setenv("TERM", "xterm")
    with printing.busy("Reading clients.xlsx"):
        end = time.monotonic() + 60
        while shown and "Reading clients.xlsx" not in screen.getvalue() and time.monotonic() < end:
            time.sleep(0.01)
    assert ("Reading clients.xlsx" in screen.getvalue()) == shown
