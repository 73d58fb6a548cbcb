"""The explorer in Voilà and Notebook 7, in Chromium: a mentor answers, explores, and leaves with a review."""

import os
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from notebook_browser import WAIT, Seen, mentor_folder, serving, window

PORT = 19765 + os.getpid() % 1000
TOKEN = "testing"
OTHERS = "@jupyter-notebook/lab-extension"
"""Extensions for Notebook 7, which do not load in Voilà, and say so."""
ICONS = "https://cdn.jsdelivr.net/npm/@fortawesome/"
"""Where Voilà's own page asks for two style sheets of icons; without them it works the same."""
OWN = "Cannot read properties of undefined (reading 'schema')"
"""What Notebook 7 itself reports, before a cell is run."""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning"),  # of the driver
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of a mentor, with a notebook of one cell."""
    folder = mentor_folder(tmp_path)
    code = nbformat.v4.new_code_cell("import funnel\n\nfunnel.explore()")
    notebook = nbformat.v4.new_notebook(cells=[code])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(notebook, folder / "explore.ipynb")
    return folder


@pytest.fixture
def voila(browser: str, folder: Path, tmp_path: Path) -> Iterator[Seen]:
    command = ["voila", "explore.ipynb", "--no-browser", f"--port={PORT}", "--Voila.ip=127.0.0.1"]
    with serving(command, folder, tmp_path / "home", f"http://127.0.0.1:{PORT}/voila/static/voila.js"), \
            window(browser, PORT, tmp_path) as seen:  # fmt: skip
        seen.page.route(f"{ICONS}**", lambda route: route.fulfill(body="", content_type="text/css"))
        seen.page.goto(f"http://127.0.0.1:{PORT}/", timeout=WAIT)
        seen.page.locator(".funnel-view caption").first.wait_for(timeout=WAIT)
        yield seen


def test_a_mentor_leaves_with_a_review(voila: Seen, folder: Path) -> None:
    voila.slide()
    voila.explore()
    voila.picture("voila-people")
    voila.answer(folder)
    voila.picture("voila-answered")
    voila.write_reviews(folder)
    assert [error for error in voila.errors if OTHERS not in error] == []
    assert [url for url in voila.outside if not url.startswith(ICONS)] == []


@pytest.fixture
def notebook(browser: str, folder: Path, tmp_path: Path) -> Iterator[Seen]:
    port = PORT + 1000
    command = ["notebook", "--no-browser", "--allow-root", f"--port={port}", f"--ServerApp.root_dir={folder}",
               f"--IdentityProvider.token={TOKEN}"]  # fmt: skip
    url = f"http://127.0.0.1:{port}/api/status?token={TOKEN}"
    with serving(command, folder, tmp_path / "home", url), window(browser, port, tmp_path) as seen:
        seen.page.goto(f"http://127.0.0.1:{port}/notebooks/explore.ipynb?token={TOKEN}", timeout=WAIT)
        seen.page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]").wait_for(timeout=WAIT)
        seen.run_all()
        yield seen


def test_a_mentor_leaves_notebook_7_with_a_review(notebook: Seen, folder: Path) -> None:
    notebook.explore()
    notebook.picture("notebook-7")
    notebook.slide()
    notebook.page.set_viewport_size({"width": 700, "height": 1000})
    notebook.picture("notebook-7-700")
    notebook.answer(folder)
    notebook.write_reviews(folder)
    assert set(notebook.errors) <= {OWN}
    assert notebook.outside == []
