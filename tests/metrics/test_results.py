"""The registry of results: what each entry promises, and that a new one is found everywhere."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

import funnel
from funnel.clients import Clients
from funnel.grid import Value
from funnel.metrics import Funnel, results
from funnel.metrics.core.result import Result
from funnel.metrics.html import result_html
from funnel.metrics.reference import markdown
from funnel.writer.summary.tab import page

MODULE = '''
"""Referral rate: an example of a new result."""

import pandas as pd

from funnel.metrics.core.result import LEAD_DATES, Chart, Column, Result, View


def table(funnel):
    sources = funnel.clients.table["source"]
    n = int((sources == "Referral").sum())
    return pd.DataFrame({"source": ["Referral"], "n": [n], "share": [n / funnel.leads]})


def plot(funnel, ax=None):
    """Draw the referral rate."""
    import matplotlib.pyplot as plt

    ax = ax or plt.figure().add_subplot()
    ax.bar(["Referral"], funnel.referral_rate["share"])
    return ax


VIEW = View("Referred by friends", ("source", "n", "share"), "Share: of all leads.")
RESULT = Result(
    "referral_rate",
    "Referral rate",
    "Share of leads who were referred.",
    (
        Column("source", "Source", "text", "Where the lead is from."),
        Column("n", "Referred leads", "count", "Leads from there."),
        Column("share", "Share, of leads", "rate", "Of all leads."),
    ),
    table,
    needs=(LEAD_DATES,),
    chart=Chart("referral_rate", "referral_rate_for_a_test:plot", first=True),
    show=(VIEW,),
    tab=VIEW,
    review=True,
)
'''
SHEET = (
    "Client name,Date of lead,Source of lead,Client contacted,First paid session\n"
    "Ana,2026-01-20,Referral,1,1\nBen,2026-02-14,Ads,1,\nCat,2026-03-13,Referral,,\nDan,2026-03-14,Ads,,\n"
)
Call = Callable[..., str]


@pytest.fixture
def added(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A result in a module of its own, named in the registry."""
    (tmp_path / "referral_rate_for_a_test.py").write_text(MODULE, "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setitem(results.MODULES, "referral_rate", "referral_rate_for_a_test")


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    """Run a command on a small sheet; return what it printed."""
    path = tmp_path / "clients.csv"
    path.write_text(SHEET, "utf-8")
    monkeypatch.setenv("COLUMNS", "80")

    def run(command: str, *options: str) -> str:
        from funnel.cli import main

        done = CliRunner().invoke(main, [command, str(path), "--as-of", "2026-11-21", *options])
        assert done.exit_code == 0, done.output
        return done.output

    return run


@pytest.fixture
def small(tmp_path: Path) -> Funnel:
    path = tmp_path / "small.csv"
    path.write_text(SHEET, "utf-8")
    return Funnel(funnel.load(path), "2026-11-21")


def cells(funnel: Funnel) -> dict[tuple[int, int], Value]:
    found, _ = page(funnel, "Clients")
    return {(cell.row, cell.column): cell.value for cell in found if not hasattr(cell.value, "text")}


@pytest.mark.usefixtures("added")
class TestANewResultIsFound:
    """In every place, by its module and its entry alone."""

    def test_in_json(self, small: Funnel) -> None:
        assert list(small.to_json())[-1] == "referral_rate"
        assert small.to_json()["referral_rate"] == [{"source": "Referral", "n": 2, "share": 0.5}]

    def test_as_a_table_in_every_form(self, call: Call) -> None:
        shown = call("show", "--table", "referral-rate").splitlines()
        assert [" ".join(line.split()) for line in shown[-6:]] == [
            "Referred by friends",
            "Referred Share,",
            "Source leads of leads",
            "─" * len(shown[-3]),
            "Referral 2 50 %",
            "Share: of all leads.",
        ]
        csv = call("show", "--table", "referral-rate", "--format", "csv")
        assert csv == "source,n,share\nReferral,2,0.5\n"
        told = json.loads(call("show", "--table", "referral-rate", "--format", "json"))
        assert told["referral_rate"] == [{"source": "Referral", "n": 2, "share": 0.5}]

    def test_in_the_terminal(self, call: Call) -> None:
        assert "Referred by friends" in call("show").splitlines()

    def test_in_the_help_and_in_did_you_mean(self, call: Call) -> None:
        from funnel.cli import main

        text = " ".join(CliRunner().invoke(main, ["show", "--help"]).output.split()).replace("- ", "-")
        assert "moves, referral-rate." in text
        done = CliRunner().invoke(main, ["show", "clients.csv", "--table", "referral-rat"])
        assert done.output.startswith(
            "Error: There is no table 'referral-rat'; did you mean 'referral-rate'? There are 'steps', "
        )

    def test_on_the_tab(self, small: Funnel) -> None:
        found = cells(small)
        row = next(row for (row, _), value in found.items() if value == "Referred by friends")
        lines = [[found.get((row + at, column)) for column in (2, 3, 4)] for at in range(1, 5)]
        assert lines == [
            ["Share: of all leads.", None, None],
            [None, "Referred", "Share, of"],
            ["Source", "leads", "leads"],
            ["Referral", 2, 0.5],
        ]

    def test_in_notebooks(self, small: Funnel) -> None:
        assert "<caption>Referred by friends</caption>" in small._repr_html_()
        html = result_html(small, "referral_rate")
        assert '<th scope="row" style="text-align: left">Referral</th>' in html
        assert '<td style="text-align: right">2</td>' in html

    def test_as_an_attribute(self, small: Funnel) -> None:
        assert small.referral_rate["n"].tolist() == [2]
        assert "referral_rate" in dir(small)

    def test_as_a_picture(self, small: Funnel, call: Call, tmp_path: Path) -> None:
        assert "referral_rate" in dir(small.plot)
        assert [bar.get_height() for bar in small.plot.referral_rate().patches] == [0.5]
        call("charts", "-o", str(tmp_path / "pictures"), "--picture", "svg")
        assert (tmp_path / "pictures" / "referral-rate.svg").exists()

    def test_in_the_reference(self) -> None:
        text = markdown()
        assert "## referral_rate\n\nReferral rate. Share of leads who were referred.\n" in text
        assert "- Needs: lead dates\n" in text
        assert "- Chart: `referral-rate`, in Python `funnel.plot.referral_rate()`\n" in text
        assert "| `share` | Share, of leads | rate | Of all leads. |" in text


@pytest.mark.parametrize("name", results.MODULES)
def test_each_entry_has_the_name_it_is_registered_under(name: str) -> None:
    assert results.result(name).name == name


@pytest.mark.parametrize("found", results.results(), ids=list(results.MODULES))
def test_each_table_has_the_columns_it_declares(found: Result, clients: Clients) -> None:
    made = Funnel(clients, "2026-07-01")
    if found.compute:
        assert tuple(found.compute(made).columns) == found.names
    if found.compute_by:
        columns = tuple(column.name for column in found.columns_by) or found.names
        by = {"reason": "source"}
        assert tuple(by.get(name, name) for name in columns) == tuple(
            found.compute_by(made, "source").columns
        )


@pytest.mark.parametrize("found", results.results(), ids=list(results.MODULES))
def test_each_entry_speaks_in_sentences(found: Result) -> None:
    texts = [found.meaning, *(column.meaning for column in (*found.columns, *found.columns_by))]
    texts += [need.missing for need in found.needs if isinstance(need.missing, str)]
    assert [text for text in texts if not re.fullmatch(r"[A-Z0-9`(a-z].*\.", text)] == []
    assert all(column.title for column in (*found.columns, *found.columns_by))


def test_views_name_columns_that_exist() -> None:
    for found in results.results():
        for view in (*found.show, found.tab, found.alone):
            if view and not view.prepare:
                assert set(view.columns) <= {*found.names, *(c.name for c in found.columns_by)}, found.name


def test_the_reference_page_is_current() -> None:
    """Else: python docs/make_results.py."""
    path = Path(__file__).resolve().parents[2] / "docs" / "results.md"
    assert path.read_text("utf-8") == markdown()
