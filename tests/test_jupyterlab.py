"""The explorer in a real JupyterLab, in Chromium: clicks arrive, names appear, nothing is asked outside."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from notebook_browser import CLIENT, WAIT, Seen, faults, mentor_folder, serving, window

from funnel.workflows.samples import copy_notebooks

TOKEN = "testing"
PORT = 18765 + os.getpid() % 1000
SETTINGS = Path(".settings", "@jupyterlab", "apputils-extension")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning"),  # of the driver
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of a mentor, with the notebooks of `funnel lab`."""
    folder = mentor_folder(tmp_path)
    copy_notebooks(folder)
    settings = folder / SETTINGS
    settings.mkdir(parents=True)
    (settings / "notification.jupyterlab-settings").write_text('{"fetchNews": "false"}', "utf-8")
    return folder


@pytest.fixture
def seen(browser: str, folder: Path, tmp_path: Path) -> Iterator[Seen]:
    """The first notebook, opened and run."""
    command = ["jupyterlab", "--no-browser", "--allow-root", f"--port={PORT}",
               f"--IdentityProvider.token={TOKEN}", f"--ServerApp.root_dir={folder}"]  # fmt: skip
    url = f"http://127.0.0.1:{PORT}/api/status?token={TOKEN}"
    settings = str(folder / SETTINGS.parts[0])
    with serving(command, folder, tmp_path / "home", url, JUPYTERLAB_SETTINGS_DIR=settings), \
            window(browser, PORT, tmp_path) as seen:  # fmt: skip
        _open(seen)
        yield seen


def _open(seen: Seen) -> None:
    seen.page.goto(f"http://127.0.0.1:{PORT}/lab/tree/01_first_look.ipynb?token={TOKEN}&reset")
    seen.page.get_by_text("Python 3 (ipykernel) | Idle").wait_for(timeout=WAIT)
    seen.run_all()


def _theme(folder: Path, name: str) -> None:
    """Choose the theme of JupyterLab, from the next time a page is opened."""
    (folder / SETTINGS / "themes.jupyterlab-settings").write_text(f'{{"theme": "{name}"}}', "utf-8")


def test_a_mentor_explores_a_sheet_and_leaves_with_a_review(seen: Seen, folder: Path) -> None:
    page = seen.page
    page.keyboard.press("Control+b")  # the side bar
    assert page.locator(".jp-CodeCell:visible").count() == 1  # the code for the curious stays folded
    seen.slide()
    seen.explore()
    with page.expect_download() as download:
        page.locator("button[data-save]").click()
    assert CLIENT in download.value.path().read_text("utf-8-sig")

    grave = []
    for name in ("Overview", "Where it leaks", "Cohorts", "Compare", "Stages", "Follow up"):
        seen.open(name)
        seen.picture(f"{name.lower().replace(' ', '-')}-light")
        grave += faults(page, ".jp-OutputArea-output")
    assert grave == []

    _theme(folder, "JupyterLab Dark")
    seen.open("People")
    _open(seen)  # again: the page and whose clients it lists are kept
    page.locator("body[data-jp-theme-light=false]").wait_for(state="attached", timeout=WAIT)
    seen.text("89 clients: marked at 'Client meeting had'")
    seen.picture("people-dark")
    seen.open("Overview")
    seen.picture("overview-dark")
    assert faults(page, ".jp-OutputArea-output") == []
    page.keyboard.press("Control+b")
    page.set_viewport_size({"width": 700, "height": 1000})
    seen.picture("overview-700")
    wide = page.locator(".jp-OutputArea-output").first
    assert wide.evaluate("element => element.scrollWidth - element.clientWidth") <= 1

    seen.answer(folder)
    seen.write_reviews(folder)
    assert seen.errors == []
    assert seen.outside == []
