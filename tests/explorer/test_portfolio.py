"""The controls of a portfolio, without a browser: what is chosen, and what is shown then."""

from pathlib import Path

import pytest
from businesses import DAY, business

import funnel
from funnel.explorer.portfolio import PortfolioExplorer
from funnel.portfolios import Portfolio

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of ipywidgets' own


@pytest.fixture
def gyms(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PortfolioExplorer:
    monkeypatch.chdir(tmp_path)
    counted = [business(name, (100, 90), (90, had), (40, 30)) for name, had in
               (("<b>Porto</b>", 20), *((f"Gym {n}", 65 + n) for n in range(9)))]  # fmt: skip
    return funnel.explore(Portfolio("Gyms", DAY, tuple(counted)))


def test_a_step_is_chosen_and_one_business(gyms: PortfolioExplorer) -> None:
    controls = gyms.controls
    assert "&lt;b&gt;Porto&lt;/b&gt;, Client meeting had: 20 of 90 (22 %), below" in controls.view.html
    controls.part.value = "step-2"
    assert "<caption>Client meeting had</caption>" in controls.view.html
    assert controls.view.html.count("<tr>") == 11
    assert controls.chart.html.startswith('<div class="funnel-chart"><svg')
    controls.business.value = "Gym 3"
    assert controls.view.html.count("<tr>") == 2


def test_the_review_is_written(gyms: PortfolioExplorer, tmp_path: Path) -> None:
    gyms.controls.kind.value = ".xlsx"
    gyms.controls.write.click()
    assert gyms.controls.written.html == "<p>Wrote portfolio-2026-07-01.xlsx (10 businesses).</p>"
    assert (tmp_path / "portfolio-2026-07-01.xlsx").stat().st_size > 1000


def test_it_shows_itself_in_a_notebook(gyms: PortfolioExplorer) -> None:
    bundle = gyms._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert bundle["text/plain"] == "Explorer: Gyms. Run this cell to see the controls."
