"""Every notebook runs from top to bottom, and is committed as it ran."""

import re
from pathlib import Path
from typing import Any

import pytest

NEEDS = {"06_head_office": "duckdb"}
"""Notebooks that need an extra which is in no dependency group, because it is large."""
NOTEBOOKS = sorted((Path(__file__).resolve().parents[1] / "notebooks").glob("*.ipynb"))


# The others are run in CI: each needs a kernel, and 5 to 10 seconds.
FIRST = "01_first_look"
RUN = [pytest.param(p, id=p.stem, marks=() if p.stem == FIRST else pytest.mark.slow) for p in NOTEBOOKS]


def read(path: Path) -> Any:
    import nbformat  # takes seconds, and most processes run no notebook

    return nbformat.read(path, as_version=4)


def texts(notebook: Any) -> list[str]:
    """What each code cell printed, however its lines are broken; pictures and counts of cells apart."""
    return [
        re.sub(r"[\d,]+ cells", "some cells", " ".join(_text(output).split()))
        for cell in notebook.cells
        if cell.cell_type == "code"
        for output in cell.outputs
    ]


def _text(output: Any) -> str:
    return "".join(output.get("text", "") or output.get("data", {}).get("text/plain", ""))


@pytest.mark.notebooks
@pytest.mark.parametrize("path", RUN)
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")  # of the kernel's own
def test_it_runs_from_top_to_bottom_and_says_what_is_committed(path: Path) -> None:
    if needed := NEEDS.get(path.stem):  # run beside the engines' tests, as `.ci/run` does
        pytest.importorskip(needed, reason=f"{path.name} needs the extra {needed!r}")
    from nbclient import NotebookClient

    committed = read(path)
    fresh = read(path)
    NotebookClient(fresh, timeout=180, resources={"metadata": {"path": str(path.parent)}}).execute()
    assert texts(fresh) == texts(committed)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_its_pictures_are_committed_and_no_path_of_a_machine(path: Path) -> None:
    text = path.read_text("utf-8")
    assert "image/png" in text
    assert not re.search(r"/(?:home|Users|root|tmp)/\w", text)
    assert len(text) < 1_000_000
