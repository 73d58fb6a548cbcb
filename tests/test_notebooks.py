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


FOLDED = [p for p in NOTEBOOKS if "HeadingCollapsed" in p.read_text("utf-8")]


@pytest.mark.parametrize("path", FOLDED, ids=lambda p: p.stem)
def test_the_code_for_the_curious_stays_folded_after_run_all(path: Path) -> None:
    """JupyterLab opens the folded part that contains the last cell, so a heading of that level follows it."""
    cells = read(path).cells
    [folded] = [n for n, cell in enumerate(cells) if cell.metadata.get("jp-MarkdownHeadingCollapsed")]
    level = cells[folded].source.split(" ")[0]
    assert [cell.source.split("\n")[0] for cell in cells[folded:] if cell.source.startswith(f"{level} ")] == [
        f"{level} For the curious: the same in code",
        f"{level} Next",
    ]
    assert cells[-1].source.startswith(f"{level} Next")
    assert [cell.cell_type for cell in cells[:folded]].count("code") == 1


def test_most_notebooks_have_a_folded_part() -> None:
    assert [path.stem[:2] for path in FOLDED] == ["01", "02", "03", "04"]
