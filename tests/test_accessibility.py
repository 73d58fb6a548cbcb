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
    """The review of forty clients, with a comparison, reasons and problems."""
    number = pd.Series(range(40))
    clients = pd.DataFrame({
        "Client name": "Client " + number.astype("str"),
        "Date of lead": pd.Timestamp("2026-01-10") + pd.to_timedelta(number, unit="D"),
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


def test_the_judge_finds_a_fault(page: Any) -> None:
    page.set_content("<html lang=en><title>x</title><main><img src='data:,'></main></html>")
    assert [fault.split(":")[0] for fault in faults(page)] == ["image-alt"]
