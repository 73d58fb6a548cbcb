"""The review, judged by axe-core in Chromium: nothing serious for screen readers and the keyboard."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from notebook_browser import FLAGS, faults

import funnel

pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning"),  # of the driver
]


@pytest.fixture(scope="module")
def page(browser: str) -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=browser, headless=True, args=list(FLAGS))
        yield opened.new_page(bypass_csp=True)  # the review forbids scripts; the judge is one
        opened.close()


@pytest.fixture(scope="module")
def review(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The review of forty clients over seventeen months, with a comparison, reasons and problems."""
    number = pd.Series(range(40))
    clients = pd.DataFrame({
        "Client name": "Client " + number.astype("str"),
        "Date of lead": pd.Timestamp("2025-05-10") + pd.to_timedelta(13 * number, unit="D"),
        "Name of coach": ["Zoe", "Max"] * 20,
        "Client contacted": 1,
        "Client meeting booked": [1, 1, "maybe", 1] * 10,
        "First paid session": [1, None] * 20,
        "Reason for discontinue": ["Price", None, None, None, None] * 8,
    })  # fmt: skip
    path = tmp_path_factory.mktemp("review") / "review.html"
    funnel.report(clients, journey="gym", as_of="2026-11-21", names=True).save(path)
    return path


@pytest.mark.parametrize("width", [1200, 360])
def test_the_review(page: Any, review: Path, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(review.as_uri())
    assert faults(page) == []


def test_no_column_is_cut_on_paper(page: Any, review: Path) -> None:
    inches = 8.27 - 2 * 0.63  # A4, less its margins
    page.set_viewport_size({"width": round(inches * 96), "height": 900})
    page.emulate_media(media="print")
    page.goto(review.as_uri())
    wide = page.evaluate("Array.from(document.querySelectorAll('table, figure'), (part) => part.scrollWidth)")
    assert len(wide) >= 15
    assert max(wide) <= round(inches * 96) + 2  # borders
    assert page.locator("section#cohorts thead th").count() == 17
    page.emulate_media(media="screen")


def test_the_judge_finds_a_fault(page: Any) -> None:
    page.set_content("<html lang=en><title>x</title><main><img src='data:,'></main></html>")
    assert [fault.split(":")[0] for fault in faults(page)] == ["image-alt"]
