"""Names of stages, steps, lists and businesses are shown as text: lists, drafts, portfolios, summaries."""

import csv
import io
import json
import shutil
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result
from safety.test_injection import TEXTS, live

from funnel.cli import main
from funnel.explorer.exploration import csv_text
from funnel.portfolios import portfolio
from funnel.portfolios.history import changes, read_history
from funnel.reports.drafts import mail_link
from funnel.text import UNSAFE

ALL = list(TEXTS.values())


def toml(text: str) -> str:
    return json.dumps(text)


def stages() -> str:
    """A journey with a stage, a tag, a list and a note for each text."""
    made = ['[columns]\nclient="Client"\nlead_date="Lead date"\nstage="Stage"\ncoach="Coach"\n'
            '[[stage]]\nname="Lead"\ndefault=true\n']  # fmt: skip
    for n, text in enumerate(ALL):
        actions = f"{{tag={toml(text)}}},{{hand_off={toml(text)}}},{{note={toml('Dear {client} ' + text)}}}"
        made.append(f"[[stage]]\nname={toml(f'S{n}{text}')}\nactions=[{actions}]\n")
    return "".join(made)


def steps() -> str:
    """A journey with a step for each text."""
    made = ['[columns]\nclient="Client"\nlead_date="Lead date"\n']
    for n, text in enumerate(ALL):
        paid = "paid=true\n" * (n == 3)
        made.append(f"[[step]]\nname={toml(f'S{n}{text}')}\naliases=[{toml(f'H{n}{text}')}]\n{paid}")
    return "".join(made)


def write(path: Path, rows: list[list[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows(rows)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("lists")
    (made / "stages.toml").write_text(stages(), "utf-8")
    (made / "steps.toml").write_text(steps(), "utf-8")
    rows: list[list[object]] = [["Client", "Lead date", "Stage", "Coach"], ["Ana", "2026-01-05", "", "Zoe"]]
    rows += [[f"{text}{n}", "2026-02-03", f"S{n}{text}", text] for n, text in enumerate(ALL)]
    write(made / "c.csv", rows)
    header = ["Client", "Lead date", *(f"H{n}{text}" for n, text in enumerate(ALL))]
    write(made / "k.csv", [header, *([f"C{n}", "2026-01-05", *[1] * (n % len(ALL))] for n in range(40))])
    businesses = ""
    for n, text in enumerate(ALL):
        shutil.copy(made / "k.csv", made / f"b{n}.csv")
        sheet = f'sheet="b{n}.csv"\njourney="steps.toml"\n'
        businesses += f"[[business]]\nname={toml(f'{text}{n}')}\n{sheet}"
    gone = f"[[business]]\nname={toml('gone' + TEXTS['ESC'])}\nsheet={toml('x' + TEXTS['RLO'] + '.xlsx')}\n"
    (made / "p.toml").write_text(businesses + gone, "utf-8")
    for name, journey in (("c", "stages"), ("k", "steps")):
        for words in (f"copy {name}.csv {name}.xlsx", f"refresh {name}.xlsx --summary {name}.txt --quiet"):
            done = run(made, f"{words} --journey {journey}.toml")
            assert done.exit_code == 0, done.output
    return made


def run(folder: Path, words: str) -> Result:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("COLUMNS", "100")
        result = CliRunner().invoke(main, words.split())
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


@pytest.mark.parametrize("words", [
    "actions c.xlsx --journey stages.toml --all", "actions c.xlsx --journey stages.toml --all --format json",
    "stages c.xlsx --journey stages.toml", "stages c.xlsx --journey stages.toml --format json",
    "log c.xlsx --journey stages.toml", "check c.xlsx --journey stages.toml", "journey stages.toml",
    "new n.xlsx --journey stages.toml", "new m.xlsx --journey steps.toml", "show k.xlsx --journey steps.toml",
    "due k.xlsx --journey steps.toml", "init k.csv --yes --journey steps.toml -o i.toml",
    "portfolio p.toml --no-history", "portfolio p.toml --no-history --format json",
])  # fmt: skip
def test_no_control_character_is_printed(folder: Path, words: str) -> None:
    result = run(folder, words)
    assert result.output
    assert UNSAFE.findall(result.output) == []
    if words.endswith("json"):
        assert TEXTS["RLO"] in json.dumps(json.loads(result.stdout), ensure_ascii=False)


def formulas(text: str) -> list[str]:
    return [field for separator in ",;\t|" for row in csv.reader(io.StringIO(text), delimiter=separator)
            for field in row if live(field)]  # fmt: skip


@pytest.mark.parametrize("words", [
    "actions c.xlsx --journey stages.toml --all --format csv",
    "stages c.xlsx --journey stages.toml --format csv",
    "log c.xlsx --journey stages.toml --format csv", "due k.xlsx --journey steps.toml --format csv",
    "portfolio p.toml --no-history --format csv",
])  # fmt: skip
def test_no_field_of_a_csv_is_a_formula(folder: Path, words: str) -> None:
    text = run(folder, words).stdout
    assert text.count("\n") > len(ALL) - 5
    assert UNSAFE.findall(text) == []
    assert formulas(text) == []


def test_files(folder: Path, tmp_path: Path) -> None:
    """Lists, tags, notes, drafts, tasks, calendar, summary, history of a portfolio."""
    here = tmp_path / "here"
    shutil.copytree(folder, here)
    for words in (
        "actions c.xlsx --journey stages.toml --first -o out",
        "due k.xlsx --journey steps.toml --todoist out/t.csv --calendar out/t.ics -o out/l.csv",
        "portfolio p.toml",
    ):
        assert run(here, words).exit_code == 0
    made = [*(here / "out").iterdir(), here / "p.history.csv", here / "c.txt", here / "k.txt"]
    kinds = {path.suffix for path in made}
    assert kinds == {".csv", ".eml", ".ics", ".txt"}
    assert len([path for path in made if path.name.startswith("hand-off-")]) == len(ALL)
    for path in made:
        text = path.read_text("utf-8").replace("\r\n", "\n")
        assert UNSAFE.findall(text) == [], path
        if path.suffix == ".csv":
            assert formulas(text) == [], path
    assert (here / "p.history.csv").read_text("utf-8").count("'=HYPERLINK") > 1
    with zipfile.ZipFile(here / "c.xlsx") as book:
        xml = "".join(book.read(part).decode() for part in book.namelist() if "worksheets/" in part)
    assert "<f>=" not in xml
    assert "<f>cmd" not in xml


def test_a_history_is_found_again_under_names_like_formulas(folder: Path, tmp_path: Path) -> None:
    here = tmp_path / "here"
    shutil.copytree(folder, here)
    (here / "p.history.csv").unlink(missing_ok=True)
    assert run(here, "portfolio p.toml --as-of 2026-08-01").exit_code == 0
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(here)
        found = portfolio("p.toml", "2026-10-01", history=False)
        told = changes(read_history(Path("p.history.csv")), found.compared, found.as_of)
    assert {f"{TEXTS['at']}11", f"{TEXTS['formula']}8"} <= set(told["business"])


def test_links_of_mails_and_the_csv_of_the_explorer() -> None:
    for text in ALL:
        link = mail_link({"email": f"a@b.c{text}", "text": text})
        assert not any(sign in link for sign in ("%1B", "%07", "%E2%80%AE", "%C2%85", "%E2%80%A8", "%7F"))
    text = csv_text(pd.DataFrame({"client": ALL, TEXTS["DDE"]: 1}))
    assert UNSAFE.findall(text) == []
    assert formulas(text) == []
