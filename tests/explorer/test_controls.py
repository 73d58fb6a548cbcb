"""The controls, without a browser: what a click sets, and what is shown then."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from funnel.explorer import pages
from funnel.explorer.exploration import Exploration
from funnel.explorer.explorer import Explorer, explore
from funnel.explorer.files import sample_sheet

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of ipywidgets' own
DOUBTFUL = Path(__file__).parent / "doubtful.csv"


@pytest.fixture
def e(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Explorer:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(pages, "chart", lambda _exploration: "")
    return explore(sample_sheet(), as_of="2026-11-21")


def test_choosing_a_coach(e: Explorer) -> None:
    e.controls.fields["coach"].value = "Jonas Lind"
    assert e.funnel.leads == 28
    assert "28 clients, as of 2026-11-21." in e.controls.view.html


def test_code_and_controls_follow_each_other(e: Explorer) -> None:
    controls = e.controls
    e.set(page="Compare", compare="source")
    assert controls.page.value == "Compare"
    assert controls.fields["compare"].value == "source"
    controls.fields["as_of"].value = dt.date(2026, 7, 1)
    assert e.settings.as_of == dt.date(2026, 7, 1)


def test_a_slider_says_what_a_better_step_would_bring(e: Explorer) -> None:
    e.controls.page.value = "Where it leaks"
    e.controls.what_if.sliders["Client meeting had"].value = 63
    assert e.controls.what_if.said.html.startswith("<p>If Client meeting had rose from 53 % to 63 %: ")


def test_a_click_on_a_number_lists_the_clients(e: Explorer) -> None:
    controls = e.controls
    pick = '{"step": "Client meeting had", "statuses": ["overdue"], "by": []}'
    controls._picked(pick)
    assert e.settings.page == "People"
    overdue = int(e.funnel.steps.loc["Client meeting had", "overdue"])
    assert f"<caption>{overdue} clients: overdue at" in controls.view.html
    first = e.exploration.people()["client"].iloc[0]
    assert first in controls.actions.saved
    controls.search.value = first
    assert "<caption>1 client: overdue" in controls.view.html


def test_clients_to_contact_are_filtered_and_saved(e: Explorer) -> None:
    controls = e.controls
    controls.page.value = "Follow up"
    first = str(e.funnel.due()["client"].iloc[0])
    controls.search.value = first
    assert first in controls.view.html
    assert controls.actions.saved.splitlines()[0].startswith("row,client,coach,")
    assert all(first in line for line in controls.actions.saved.splitlines()[1:])


def test_a_page_is_faded_until_it_is_shown(e: Explorer) -> None:
    controls = e.controls
    controls.page.value = "Compare"
    assert controls.view.shown == controls.chart.shown == list(pages.PAGES).index("Compare")


def test_only_the_open_page_is_computed(e: Explorer, monkeypatch: pytest.MonkeyPatch) -> None:
    computed: list[str] = []
    spied: dict[str, Any] = {
        name: lambda _e, name=name: computed.append(name) or name for name in pages.PAGES
    }
    monkeypatch.setattr(pages, "PAGES", spied)
    controls = e.controls
    controls.page.value = "Problems"
    controls.fields["coach"].value = "Jonas Lind"
    assert computed == ["Overview", "Problems", "Problems"]


def test_questions_are_answered_by_a_click(e: Explorer, tmp_path: Path) -> None:
    sheet = tmp_path / "doubtful.csv"
    sheet.write_bytes(DOUBTFUL.read_bytes())
    e.set(sheet=str(sheet))
    questions = e.controls.questions
    assert questions.answers
    assert "No verdict yet" in e.funnel.verdict
    questions.write.click()
    assert questions.said.html.startswith("<p>Wrote ")
    assert (tmp_path / "doubtful.journey.toml").exists()
    assert "No verdict yet" not in e.funnel.verdict
    assert len(questions.root.children) == 1  # nothing is asked any more


def test_an_error_is_a_sentence(e: Explorer) -> None:
    e.controls.fields["sheet"].options = [("x", "nothing.xlsx"), *e.controls.fields["sheet"].options]
    e.controls.fields["sheet"].value = "nothing.xlsx"
    assert "nothing.xlsx" in e.controls.view.html


def test_the_review_is_written(e: Explorer, tmp_path: Path) -> None:
    e.controls.kind.value = ".html"
    e.controls.write.click()
    assert e.controls.written.html == "<p>Wrote review-2026-11-21.html (200 clients).</p>"
    assert (tmp_path / "review-2026-11-21.html").stat().st_size > 1000


def test_the_notebook_shows_controls_and_text(e: Explorer) -> None:
    bundle = e._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert bundle["text/plain"].startswith("Explorer: ")


def test_an_exploration_of_its_own() -> None:
    assert isinstance(Explorer(Exploration(sample_sheet())).exploration, Exploration)


def test_an_output_is_text_too_and_needs_no_scripts_but_those_of_ipywidgets_and_anywidget(
    e: Explorer,
) -> None:
    """What a notebook needs that is not JupyterLab, such as VS Code's."""
    bundle = e._repr_mimebundle_()
    assert bundle["text/plain"] == "Explorer: gym.xlsx. Run this cell to see the controls."
    assert "application/vnd.jupyter.widget-view+json" in bundle
    waiting, modules = [e.controls.root], set()
    while waiting:
        widget = waiting.pop()
        modules |= {widget._model_module, widget._view_module}
        waiting += getattr(widget, "children", ())
    assert modules == {"@jupyter-widgets/controls", "anywidget"}
