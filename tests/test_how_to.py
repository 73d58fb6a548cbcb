"""The pages for owner, mentor and developer: every example runs, one after the other, on the sample sheet."""

import re
import shlex
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from funnel.cli import main
from funnel.workflows.samples import sample

PAGES = ("owner", "mentor", "developer")


@pytest.mark.parametrize("page", PAGES)
def test_every_example_runs(page: str, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copyfile(sample(), "clients.xlsx")
    text = (root / "docs" / f"{page}.md").read_text("utf-8")
    blocks = re.findall(r"^```(sh|python)\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)
    assert blocks
    names: dict[str, object] = {}
    for kind, block in blocks:
        if kind == "python":
            exec(compile(block, page, "exec"), names)
            continue
        for line in block.splitlines():
            words, expected = shlex.split(line, comments=True), re.search(r"#.*\bexit (\d)", line)
            assert words[0] == "funnel"
            result = CliRunner().invoke(main, words[1:], prog_name="funnel")
            assert result.exit_code == int(expected[1] if expected else 0), f"{line}\n{result.output}"


@pytest.mark.parametrize("page", PAGES)
def test_the_readme_leads_there(page: str, root: Path) -> None:
    assert f"(docs/{page}.md)" in (root / "README.md").read_text("utf-8")
