"""The HTML review: one file, no script, escaped, nothing from elsewhere."""

import datetime as dt
import os
import re
from html.parser import HTMLParser

import pandas as pd
import pytest

from funnel.errors import UsageError
from funnel.workflows.report import report, write_review

DAY = dt.date(2026, 11, 21)
EVIL = '"><script>alert(1)</script><img src=x onerror=alert(2)> $\\frac{1}{0}$ =cmd|x'


class Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs


@pytest.fixture(scope="module")
def page(root) -> str:
    from funnel.reports.documents.html import html

    return html(report(root / "sample_data" / "gym.xlsx", as_of=DAY))


def test_nothing_runs_and_nothing_is_loaded(page):
    found = Page(page)
    assert not {"script", "link", "iframe", "object", "form"} & set(found.tags)
    assert [name for name, _ in found.attributes if name.startswith("on")] == []
    sources = [value for name, value in found.attributes if name in ("src", "href", "xlink:href")]
    assert [value for value in sources if not value.startswith(("#", "data:"))] == []
    assert "default-src 'none'" in page
    ids = [value for name, value in found.attributes if name == "id"]
    assert len(ids) == len(set(ids))


def test_text_of_charts_is_text(page):
    assert "textLength" in page
    assert "<title id=" in page
    assert "Client meeting had: 47 % (60 of 128)" in page


def hostile() -> pd.DataFrame:
    rows = [
        {"Client name": f"{EVIL}{n}", "Date of lead": f"2026-0{n % 6 + 1}-05",
         "Name of coach": f"{EVIL}coach", "Source of lead": EVIL, "Client contacted": 1,
         "Client meeting booked": n % 2 or None,
         "First paid session": n % 3 or None, "Reason for discontinue": EVIL if n % 4 == 0 else None,
         "When left journey": "2026-06-30" if n % 4 == 0 else None}
        for n in range(1, 41)
    ]  # fmt: skip
    return pd.DataFrame(rows)


def test_text_of_a_sheet_is_never_markup():
    from funnel.reports.documents.html import html, notebook_html

    review = report(hostile(), "gym", as_of=DAY, names=True)
    page = html(review)
    assert "<script" not in page
    assert not re.search(r"<img(?! class=\"logo\")", page)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script" not in notebook_html(review)


def test_the_file(tmp_path, root):
    sheet = root / "sample_data" / "gym.xlsx"
    assert write_review(sheet, tmp_path / "new" / "review.html", as_of=DAY) == [
        tmp_path / "new" / "review.html"
    ]
    with pytest.raises(UsageError, match=r"not as 'review.doc'"):
        write_review(sheet, tmp_path / "review.doc", as_of=DAY)


FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking")


@pytest.mark.browser
@pytest.mark.parametrize(("wide", "scheme"), [(1000, "light"), (360, "light"), (1000, "dark")])
def test_in_a_browser(page, tmp_path, browser, wide, scheme):
    """No sideways scroll, nothing loaded; with AXE_CORE=path/to/axe.min.js also what axe-core finds."""
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    (tmp_path / "review.html").write_text(page, "utf-8")
    asked: list[str] = []
    with api.sync_playwright() as play:
        context = play.chromium.launch_persistent_context(
            str(tmp_path / "profile"), executable_path=browser, args=list(FLAGS), color_scheme=scheme,
            viewport={"width": wide, "height": 900}, bypass_csp=True,
        )  # fmt: skip
        tab = context.new_page()
        tab.on("request", lambda request: asked.append(request.url))
        tab.goto((tmp_path / "review.html").as_uri())
        assert tab.evaluate("document.documentElement.scrollWidth") == wide
        assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
        if axe := os.environ.get("AXE_CORE"):
            tab.add_script_tag(path=axe)
            found = tab.evaluate("axe.run()")["violations"]
            assert [issue["id"] for issue in found if issue["impact"] in ("serious", "critical")] == []
        context.close()
