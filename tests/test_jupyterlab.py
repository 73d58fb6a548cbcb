"""The explorer in a real JupyterLab, in Chromium: clicks arrive, names appear, nothing is asked outside."""

import os
import re
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from notebook_browser import FLAGS

from funnel.workflows.samples import copy_notebooks, sample

TOKEN = "testing"
PORT = 18765 + os.getpid() % 1000
HERE = f"127.0.0.1:{PORT}"
DOUBTFUL = Path(__file__).parent / "explorer" / "doubtful.csv"
SETTINGS = Path(".settings", "@jupyterlab", "apputils-extension")
WAIT = 60_000

pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning"),  # of the driver
]


@dataclass
class Seen:
    """A page, and what went wrong in it."""

    page: Any
    pictures: Path
    errors: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)

    def watch(self) -> None:
        self.page.on("console", lambda m: self.errors.append(m.text) if m.type == "error" else None)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("request", lambda request: self._asked(request.url))

    def _asked(self, url: str) -> None:
        if not re.match(rf"(?:https?|wss?)://(?:localhost|127\.0\.0\.1):{PORT}/|data:|blob:|about:", url):
            self.outside.append(url)

    def picture(self, name: str) -> None:
        self.page.screenshot(path=str(self.pictures / f"{name}.png"))

    def run_all(self) -> None:
        """Open the first notebook, and run all its cells."""
        self.page.goto(f"http://{HERE}/lab/tree/01_first_look.ipynb?token={TOKEN}&reset")
        self.page.get_by_text("Python 3 (ipykernel) | Idle").wait_for(timeout=WAIT)
        for name in ("Run", "Run All Cells"):
            self.page.get_by_role("menuitem", name=name, exact=True).click()
        self.page.locator(".funnel-view caption").first.wait_for(timeout=WAIT)

    def choose(self, label: str, option: str) -> None:
        named = self.page.locator("label", has_text=re.compile(rf"^\s*{label}\s*$"))
        self.page.locator(".widget-dropdown").filter(has=named).locator("select").select_option(label=option)

    def open(self, name: str) -> None:
        self.page.locator("button.widget-toggle-button", has_text=re.compile(rf"^\s*{name}\s*$")).click()

    def text(self, words: str) -> Any:
        found = self.page.locator(".funnel-view", has_text=words).first
        found.wait_for(timeout=WAIT)
        return found


@pytest.fixture(scope="module")
def folder(browser: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of a mentor, in which JupyterLab is running."""
    folder, home = tmp_path_factory.mktemp("mentor"), tmp_path_factory.mktemp("home")
    shutil.copyfile(sample(), folder / "clients.xlsx")
    shutil.copyfile(DOUBTFUL, folder / "doubtful.csv")
    copy_notebooks(folder)
    settings = folder / SETTINGS
    settings.mkdir(parents=True)
    (settings / "notification.jupyterlab-settings").write_text('{"fetchNews": "false"}', "utf-8")
    named = {
        "JUPYTER_CONFIG_DIR": "config", "JUPYTER_DATA_DIR": "data",
        "JUPYTER_RUNTIME_DIR": "runtime", "JUPYTERLAB_WORKSPACES_DIR": "workspaces", "IPYTHONDIR": "ipython",
    }  # fmt: skip
    environment = os.environ | {name: str(home / place) for name, place in named.items()}
    environment |= {"FUNNEL_SHEET": "clients.xlsx", "PYTHONWARNINGS": "default"}
    environment["JUPYTERLAB_SETTINGS_DIR"] = str(settings.parents[1])
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", f"--port={PORT}",
               f"--IdentityProvider.token={TOKEN}", f"--ServerApp.root_dir={folder}"]  # fmt: skip
    with (home / "lab.log").open("w") as log:
        server = subprocess.Popen(command, env=environment, cwd=folder, stdout=log, stderr=subprocess.STDOUT)
        try:
            _until_it_answers(f"http://{HERE}/api/status?token={TOKEN}", home / "lab.log")
            yield folder
        finally:
            server.terminate()
            server.wait(30)


def _theme(folder: Path, name: str) -> None:
    """Choose the theme of JupyterLab, from the next time a page is opened."""
    (folder / SETTINGS / "themes.jupyterlab-settings").write_text(f'{{"theme": "{name}"}}', "utf-8")


def _until_it_answers(url: str, log: Path) -> None:
    for _ in range(240):
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            time.sleep(0.5)
    pytest.fail(f"JupyterLab did not start:\n{log.read_text('utf-8')}")


@pytest.fixture
def seen(browser: str, folder: Path, tmp_path: Path) -> Iterator[Seen]:
    """The first notebook, opened and run."""
    from playwright.sync_api import sync_playwright

    pictures = Path(os.environ.get("FUNNEL_PICTURES") or tmp_path / "pictures")
    with sync_playwright() as driver:
        window = driver.chromium.launch_persistent_context(
            str(tmp_path / "profile"), executable_path=browser, headless=True, args=list(FLAGS),
            viewport={"width": 1300, "height": 1000}, accept_downloads=True,
        )  # fmt: skip
        seen = Seen(window.new_page(), pictures)
        seen.watch()
        seen.run_all()
        yield seen
        window.close()


def test_a_mentor_explores_a_sheet_and_leaves_with_a_review(seen: Seen, folder: Path) -> None:
    page = seen.page
    page.locator(".funnel-chart svg").first.wait_for(timeout=WAIT)
    page.keyboard.press("Control+b")  # the side bar
    seen.picture("overview-light")

    seen.choose("Coach", "Jonas Lind")
    seen.text("28 clients, as of ")

    seen.open("Where it leaks")
    slider = page.locator(".widget-hslider:visible [role=slider]").first
    slider.wait_for(timeout=WAIT)
    page.locator(".widget-hslider:visible", has_text="First paid session").locator("[role=slider]").focus()
    page.keyboard.press("ArrowRight")
    seen.text("If First paid session rose from ")
    seen.picture("leaks-light")

    seen.choose("Coach", "all")
    seen.open("Overview")
    seen.text("200 clients, as of ")
    page.locator(".funnel-view button[data-pick]", has_text=re.compile("^89$")).focus()
    page.keyboard.press("Enter")
    people = seen.text("89 clients: marked at 'Client meeting had'")
    assert "Cleo Garland-Voss" in people.inner_text()
    with page.expect_download() as download:
        page.locator("button[data-save]").click()
    assert "Cleo Garland-Voss" in download.value.path().read_text("utf-8-sig")

    _theme(folder, "JupyterLab Dark")
    seen.run_all()  # again: the page and whose clients it lists are kept
    page.locator("body[data-jp-theme-light=false]").wait_for(state="attached", timeout=WAIT)
    seen.text("89 clients: marked at 'Client meeting had'")
    seen.picture("people-dark")
    seen.open("Overview")
    seen.text("200 clients, as of ")
    seen.picture("overview-dark")
    page.keyboard.press("Control+b")
    page.set_viewport_size({"width": 700, "height": 1000})
    seen.picture("overview-700")
    wide = page.locator(".jp-OutputArea-output").first
    assert wide.evaluate("element => element.scrollWidth - element.clientWidth") <= 1

    seen.choose("Sheet", "doubtful.csv")
    seen.text("Questions to answer before any verdict")
    seen.picture("question-700")
    page.locator("button", has_text="Write these answers").click()
    seen.text("doubtful.journey.toml. It is used automatically from now on.")
    assert (folder / "doubtful.journey.toml").is_file()

    page.locator("button", has_text="Write the review").click()
    seen.text("Wrote review-")
    assert [path.suffix for path in folder.glob("review-*")] == [".html"]
    assert seen.errors == []
    assert seen.outside == []
