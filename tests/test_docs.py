"""The documentation is current: references lead somewhere, the worked example is what the code computes."""

import re
import runpy
from pathlib import Path

import pytest
from worked_example import JOURNEY, STEPS, clients_from, example_rows

from funnel.metrics import Funnel

ROOT = Path(__file__).resolve().parents[1]
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "tests").rglob("*.md")]
SOURCES = [
    path for folder in ("funnel", "tests", "benchmarks", "sample_data", "docs")
    for kind in ("*.py", "*.toml") for path in (ROOT / folder).rglob(kind)
]  # fmt: skip
NOTEBOOKS = list((ROOT / "notebooks").glob("*.ipynb"))


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    outside = re.sub(r"^```.*?^```", "", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    titles = re.findall(r"^#+ (.*)$", outside, flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-") for title in titles}


def leads_somewhere(page: Path, anchor: str) -> bool:
    return page.exists() and (not anchor or anchor in anchors(page))


def test_every_definition_that_is_cited_is_there() -> None:
    """A citation is written from the root, such as docs/definitions.md, then `#` and the heading."""
    cited = re.compile(r"\b(docs/[\w/.-]+\.md)(?:#([\w-]+))?")
    found = {
        (name(p), *link)
        for p in (*SOURCES, *PAGES, *NOTEBOOKS)
        for link in cited.findall(p.read_text("utf-8"))
    }
    assert [link for link in sorted(found) if not leads_somewhere(ROOT / link[1], link[2])] == []
    assert len(found) > 40


def test_every_definition_is_cited_by_the_code_that_computes_it() -> None:
    """So that CONTRIBUTING.md is right: from a number to its heading, and from there to the code."""
    texts = [path.read_text("utf-8") for path in (ROOT / "funnel").rglob("*.py")]
    cited = {anchor for text in texts for anchor in re.findall(r"docs/definitions\.md#([\w-]+)", text)}
    assert anchors(ROOT / "docs" / "definitions.md") - {"definitions"} - cited == set()


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_link_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#:\s]*)(?:#([\w-]+))?\)", page.read_text("utf-8"))
    found = [((page.parent / target) if target else page, anchor) for target, anchor in links]
    there = [leads_somewhere(target, anchor if target.suffix == ".md" else "") for target, anchor in found]
    assert [link for link, ok in zip(links, there, strict=True) if not ok] == []


def test_every_decision_that_is_cited_is_there() -> None:
    """Decisions are also cited by number alone."""
    numbers = {p.name[:4] for p in (ROOT / "docs" / "decisions").iterdir()}
    texts = [path.read_text("utf-8") for path in (*SOURCES, *PAGES, ROOT / "pyproject.toml")]
    assert {n for text in texts for n in re.findall(r"docs/decisions/(\d{4})\b", text)} <= numbers
    assert len(numbers) == len(list((ROOT / "docs" / "decisions").iterdir()))  # no number is used twice


def test_nothing_cites_a_page_that_is_not_here() -> None:
    word = "DES" + "IGN"
    assert [name(p) for p in (*SOURCES, *PAGES, *NOTEBOOKS) if word in p.read_text("utf-8")] == []


def rows_of(title: str) -> dict[str, list[str]]:
    """The first table of a section of the worked example: the first cell of each row -> the others."""
    page = (ROOT / "docs" / "worked-example.md").read_text("utf-8")
    section = page.split(f"\n## {title}\n", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    cells = [[cell.strip(" *") for cell in line.strip("|").split("|")] for line in lines]
    return {" ".join(row[:2]) if title == "Retention" else row[0]: row for row in cells}


def numbers(cells: list[str]) -> list[float]:
    return [float(cell) for cell in cells]


def test_the_steps_of_the_worked_example() -> None:
    page = rows_of("Steps")
    steps = Funnel(clients_from(example_rows(), JOURNEY), "2026-07-01").steps
    assert page[""][1:] == list(STEPS)
    exact = ("marked", "passed", "nested", "reached", "left", "not_due", "overdue", "undated", "settled_n")
    for column in exact:
        assert numbers(page[column][1:]) == steps[column].tolist()
    for column, note in {"of_leads": " (marked/12)", "drop_off": " (marked)", "settled_drop_off": ""}.items():
        assert numbers(page[column + note][1:]) == pytest.approx(steps[column].tolist(), abs=5e-7)


def test_the_retention_of_the_worked_example() -> None:
    page = rows_of("Retention")
    table = Funnel(clients_from(example_rows(), JOURNEY), "2026-07-01").retention
    for row in table[table["clock"] == "lead"].to_dict("records"):
        written = page[f"{row['of']} {row['months']}"]
        assert numbers(written[2:6]) == [row[c] for c in ("eligible", "reached", "left", "overdue")]
        assert numbers([written[6], written[8]]) == pytest.approx(
            [row["rate"], row["rate_if_overdue_stayed"]], abs=5e-7
        )


def test_the_values_of_the_worked_example() -> None:
    page = rows_of("Values")
    funnel = Funnel(clients_from(example_rows(), JOURNEY), "2026-07-01")
    for position, step in enumerate(STEPS, start=1):
        for value in ("reached", "left", "not_due", "overdue", "undated"):
            written = {client for client, row in page.items() if row[position].split(" ")[0] == value}
            assert set(funnel.people(step, value)["client"]) == written, (step, value)


def test_the_picture_of_the_rooms_is_current() -> None:
    """After a change of the layers: describe a new room in docs/make_architecture.py, and run it."""
    script = runpy.run_path(str(ROOT / "docs" / "make_architecture.py"))
    assert script["PICTURE"].read_text("utf-8") == script["picture"]()


def test_the_page_of_the_commands_is_current() -> None:
    """After a change of a help text: python docs/make_commands.py."""
    script = runpy.run_path(str(ROOT / "docs" / "make_commands.py"))
    assert script["PAGE"].read_text("utf-8") == script["markdown"]()


def test_every_room_is_in_the_picture() -> None:
    script = runpy.run_path(str(ROOT / "docs" / "make_architecture.py"))
    rooms = {p.stem for p in (ROOT / "funnel").iterdir() if p.suffix == ".py" or (p / "__init__.py").exists()}
    drawn = re.findall(r'<text [^>]*font-weight="bold" text-anchor="start"[^>]*>(\w+)<', script["picture"]())
    assert set(drawn) == rooms - {"__init__", "__main__"}


def test_each_feature_of_the_five_systems_names_a_command_or_key_and_a_test() -> None:
    """docs/journeys.md: every line says how, with commands and options that exist, and has a test."""
    commands = (ROOT / "docs" / "commands.md").read_text("utf-8")
    lines = [
        line
        for line in (ROOT / "docs" / "journeys.md").read_text("utf-8").splitlines()
        if line.startswith("| ")
    ]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    rows = [row for row in rows if row[0] != "feature"]
    assert len(rows) > 40
    for feature, how, test in rows:
        assert how, f"{feature}: how?"
        assert {*re.findall(r"funnel ([a-z]+)", how)} <= {*re.findall(r"### funnel (\w+)", commands)}, feature
        assert {*re.findall(r"--[a-z-]+", how)} <= {*re.findall(r"--[a-z-]+", commands)}, feature
        files = re.findall(r"\]\(([^)]+)\)", test)
        assert files, f"{feature}: no test"
        assert all((ROOT / "docs" / file).exists() for file in files), feature
