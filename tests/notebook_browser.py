"""A notebook server on this computer, and a page of it in Chromium that notes what goes wrong."""

import os
import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
WAIT = 120_000  # of a busy machine


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

    @property
    def timeout(self) -> type[Exception]:
        from playwright.sync_api import TimeoutError

        return TimeoutError

    def picture(self, name: str) -> None:
        self.page.screenshot(path=str(self.pictures / f"{name}.png"))

    def choose(self, label: str, option: str) -> None:
        named = self.page.locator("label", has_text=re.compile(rf"^\s*{label}\s*$"))
        self.page.locator(".widget-dropdown").filter(has=named).locator("select").select_option(label=option)

    def open(self, name: str) -> None:
        self.page.locator("button.widget-toggle-button", has_text=re.compile(rf"^\s*{name}\s*$")).click()

    def text(self, words: str) -> Any:
        found = self.page.locator(".funnel-view", has_text=words).first
        found.wait_for(timeout=WAIT)
        return found


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
        seen.watch()
        yield seen
        opened.close()
