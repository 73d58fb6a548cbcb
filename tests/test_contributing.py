"""The five changes that CONTRIBUTING.md shows as diffs: they apply to the code as it is, and work."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SHEET = """Client name,Date of lead,Source of lead,Name of coach,Client contacted,First paid session
Ana,2026-01-20,Referral,Zoe,ja,ja
Ben,2026-02-14,Ads,,waar,waar
Cy,2026-02-14,Ads,,nee,onwaar
"""


def diffs() -> dict[str, str]:
    """Each heading of the tour -> the lines of its diff."""
    page = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    return dict(re.findall(r"^### (.+?)\n.*?^```diff\n(.*?)^```", page, re.MULTILINE | re.DOTALL))


def apply(diff: str, folder: Path) -> None:
    """Apply a diff; what a hunk shows must be in the file exactly once."""
    for part in re.split(r"^--- ", diff, flags=re.MULTILINE)[1:]:
        old, new, *lines = part.splitlines()
        path = folder / new.removeprefix("+++ b/")
        if old == "/dev/null":
            assert not path.exists()
            path.parent.mkdir(exist_ok=True)
            path.write_text("".join(f"{line[1:]}\n" for line in lines), "utf-8")
            continue
        for hunk in "\n".join(lines).split("@@\n")[1:]:
            shown = hunk.rstrip("\n").split("\n")
            before, after = ("".join(f"{x[1:]}\n" for x in shown if not x.startswith(sign)) for sign in "+-")
            text = path.read_text("utf-8")
            assert text.count(before) == 1, f"{path.name} does not contain this once:\n{before}"
            path.write_text(text.replace(before, after), "utf-8")


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the package with all changes but the adapter's."""
    folder = tmp_path_factory.mktemp("tour")
    shutil.copytree(ROOT / "funnel", folder / "funnel", ignore=shutil.ignore_patterns("__pycache__"))
    for title, diff in diffs().items():
        if title != "An adapter":
            apply(diff, folder)
    (folder / "clients.csv").write_text(SHEET, "utf-8")
    return folder


def run(folder: Path, *words: str) -> str:
    environment = os.environ | {
        "PYTHONPATH": str(folder),
        "NO_COLOR": "1",
        "COLUMNS": "120",
        "PYTHONUTF8": "1",
    }
    command = [sys.executable, "-m", "funnel", *words]
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == (1 if "check" in words else 0), done.stderr
    return done.stdout


def test_there_are_five() -> None:
    assert list(diffs()) == ["A result", "A chart", "An adapter", "A check", "A language"]


def test_the_result_and_its_chart(changed: Path) -> None:
    shown = run(changed, "show", "clients.csv", "--table", "referral-rate", "--as-of", "2026-07-01")
    assert "Referred  Leads  Share" in shown
    assert re.search(r"^1 +3 +33 %", shown, re.MULTILINE)
    run(changed, "charts", "clients.csv", "-o", "pictures", "--as-of", "2026-07-01")
    assert (changed / "pictures" / "referral-rate.png").exists()


def test_the_check_and_the_language(changed: Path) -> None:
    found = run(changed, "check", "clients.csv", "--as-of", "2026-07-01")
    assert "Ben: has paid, but has no coach." in found
    assert "Cy: has paid" not in found


def test_the_adapter_is_the_one_that_is_tested() -> None:
    """tests/sheets/test_adapters.py runs it."""
    tested = (ROOT / "tests" / "sheets" / "test_adapters.py").read_text("utf-8")
    code = "\n".join(line[1:] for line in diffs()["An adapter"].splitlines()[2:])
    assert code.strip() in tested.replace("\\\\0", "\\0")
