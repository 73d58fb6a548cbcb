"""A notebook server, and its page in Chromium: what a mentor does there, and what goes wrong."""

import os
import re
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from funnel.workflows.samples import sample

FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
"""Chromium headless, and silent towards the network."""
WAIT = 120_000  # milliseconds, of a busy machine
CLIENT = "Cleo Garland-Voss"  # of the sample
DOUBTFUL = Path(__file__).parent / "explorer" / "doubtful.csv"


def mentor_folder(tmp_path: Path) -> Path:
    """Make the folder of a mentor, with a sheet, and one with a question; beside it, a home for a server."""
    folder = tmp_path / "mentor"
    folder.mkdir()
    (tmp_path / "home").mkdir()
    shutil.copyfile(sample(), folder / "clients.xlsx")
    shutil.copyfile(DOUBTFUL, folder / DOUBTFUL.name)
    return folder


def faults(page: Any, inside: str = "html") -> list[str]:
    """The serious faults that axe-core finds in a part of the open page, with the first element of each."""
    import axe_playwright_python

    page.add_script_tag(path=str(Path(axe_playwright_python.__file__).with_name("axe.min.js")))
    found = page.evaluate(
        "async (inside) => (await axe.run(document.querySelector(inside))).violations", inside
    )
    grave = [fault for fault in found if fault["impact"] in ("serious", "critical")]
    return [f"{fault['id']}: {fault['help']}: {fault['nodes'][0]['html'][:200]}" for fault in grave]


@dataclass
class Seen:
    """A page, and what went wrong in it."""

    page: Any
    port: int
    pictures: Path
    errors: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)

    def watch(self) -> None:
        self.page.on("console", lambda m: self.errors.append(m.text) if m.type == "error" else None)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("request", lambda request: self._asked(request.url))

    def _asked(self, url: str) -> None:
        here = rf"(?:https?|wss?)://(?:localhost|127\.0\.0\.1):{self.port}/|data:|blob:|about:"
        if not re.match(here, url):
            self.outside.append(url)

    def picture(self, name: str) -> None:
        self.page.screenshot(path=str(self.pictures / f"{name}.png"))

    def run_all(self) -> None:
        """Run all cells of the open notebook, and wait for the tables of the explorer."""
        from playwright.sync_api import TimeoutError

        started = self.page.locator(".jp-InputPrompt", has_text=re.compile(r"[*\d]")).first
        for _ in range(12):  # a kernel that has only just started ignores what it is asked
            for name in ("Run", "Run All Cells"):
                self.page.get_by_role("menuitem", name=name, exact=True).click()
            with suppress(TimeoutError):
                started.wait_for(timeout=10_000)
                break
        self.page.locator(".funnel-view caption").first.wait_for(timeout=WAIT)

    def choose(self, label: str, option: str) -> None:
        named = self.page.locator("label", has_text=re.compile(rf"^\s*{label}\s*$"))
        self.page.locator(".widget-dropdown").filter(has=named).locator("select").select_option(label=option)

    def open(self, name: str) -> None:
        """Open a page of the explorer, and wait until it is computed."""
        self.page.locator("button.widget-toggle-button", has_text=re.compile(rf"^\s*{name}\s*$")).click()
        self.page.locator(".funnel-stale").first.wait_for(state="detached", timeout=WAIT)

    def text(self, words: str) -> Any:
        found = self.page.locator(".funnel-view", has_text=words).first
        found.wait_for(timeout=WAIT)
        return found

    def explore(self) -> None:
        """Choose a coach, and click a bar and a number."""
        page = self.page
        self.open("Overview")
        page.locator(".funnel-chart svg").first.wait_for(timeout=WAIT)
        self.choose("Coach", "Jonas Lind")
        self.text("28 clients, as of ")
        self.choose("Coach", "all")
        self.text("200 clients, as of ")
        page.locator('[id^="funnel-row-1-"]').first.click()
        assert CLIENT in self.text("195 clients: marked at 'Client contacted'").inner_text()
        self.open("Overview")
        page.locator(".funnel-view button[data-pick]", has_text=re.compile("^89$")).focus()
        page.keyboard.press("Enter")
        assert CLIENT in self.text("89 clients: marked at 'Client meeting had'").inner_text()

    def slide(self) -> None:
        """Ask what a better step would bring, by the keyboard."""
        self.open("Where it leaks")
        slider = self.page.locator(".widget-hslider:visible", has_text="First paid session")
        handle = slider.locator("[role=slider][aria-label]")  # our script has seen it
        before = int(handle.get_attribute("aria-valuetext") or 0)
        handle.focus()
        self.page.keyboard.press("ArrowRight")
        self.text("If First paid session rose from ")
        assert int(handle.get_attribute("aria-valuetext") or 0) == before + 1

    def answer(self, folder: Path) -> None:
        """Open the doubtful sheet of the folder, and answer its question."""
        self.choose("Sheet", "doubtful.csv")
        self.text("Questions to answer before any verdict")
        self.page.locator("button", has_text="Write these answers").click()
        self.text("doubtful.journey.toml. It is used automatically from now on.")
        assert (folder / "doubtful.journey.toml").is_file()

    def write_reviews(self, folder: Path) -> None:
        """Write the review in all four forms."""
        endings = [".html", ".pdf", ".pptx", ".xlsx"]
        for ending in endings:
            self.choose("Review as", ending)
            self.page.locator("button", has_text="Write the review").click()
            wrote = re.compile(rf"Wrote review-\S+{re.escape(ending)}")
            self.page.locator(".funnel-view", has_text=wrote).wait_for(timeout=WAIT)
        assert sorted(path.suffix for path in folder.glob("review-*")) == endings


@contextmanager
def serving(command: Sequence[str], folder: Path, home: Path, url: str, **more: str) -> Iterator[None]:
    """Run a notebook server with settings of its own, until the block ends."""
    named = {
        "JUPYTER_CONFIG_DIR": "config", "JUPYTER_DATA_DIR": "data", "IPYTHONDIR": "ipython",
        "JUPYTER_RUNTIME_DIR": "runtime", "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
    }  # fmt: skip
    environment = os.environ | {name: str(home / place) for name, place in named.items()}
    environment |= {"FUNNEL_SHEET": "clients.xlsx", "PYTHONWARNINGS": "default"} | more
    with (home / "server.log").open("w") as log:
        call = [sys.executable, "-m", *command]
        server = subprocess.Popen(call, env=environment, cwd=folder, stdout=log, stderr=subprocess.STDOUT)
        try:
            _until_it_answers(url, home / "server.log")
            yield
        finally:
            server.terminate()
            server.wait(30)


def _until_it_answers(url: str, log: Path) -> None:
    for _ in range(240):
        try:
            with urllib.request.urlopen(url, timeout=20):
                return
        except OSError:
            time.sleep(0.5)
    pytest.fail(f"The server did not start:\n{log.read_text('utf-8')}")


@contextmanager
def window(browser: str, port: int, folder: Path) -> Iterator[Seen]:
    """Open a page in Chromium."""
    from playwright.sync_api import sync_playwright

    pictures = Path(os.environ.get("FUNNEL_PICTURES") or folder / "pictures")
    with sync_playwright() as driver:
        opened = driver.chromium.launch_persistent_context(
            str(folder / "profile"), executable_path=browser, headless=True, args=list(FLAGS),
            viewport={"width": 1300, "height": 1000}, accept_downloads=True,
        )  # fmt: skip
        seen = Seen(opened.new_page(), port, pictures)
        seen.page.set_default_timeout(WAIT)
        seen.watch()
        yield seen
        opened.close()
