"""The rules of the house, as checks: what a reader may count on in every file."""

import ast
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from benchmarks.house import circles, imports, rooms

ROOT = Path(__file__).resolve().parents[1]
HEAVY = ("pandas", "matplotlib", "gspread", "scipy", "openpyxl", "lxml", "narwhals", "pydantic", "numpy")


def _source(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


PACKAGE = _source("funnel")
OURS = [*PACKAGE, *_source("tests", "benchmarks", "sample_data")]
TEXTS = [
    *OURS, *ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "pyproject.toml", ROOT / ".ci" / "run",
    *(ROOT / "notebooks").glob("*.ipynb"), *(ROOT / "funnel").rglob("*.toml"),
]  # fmt: skip


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def lines_without_docstring(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    total = (function.end_lineno or function.lineno) - function.lineno + 1
    if ast.get_docstring(function) is None:
        return total
    docstring = function.body[0]
    return total - ((docstring.end_lineno or docstring.lineno) - docstring.lineno + 1)


def test_no_file_is_over_400_lines() -> None:
    long = {name(p): n for p in OURS if (n := len(p.read_text("utf-8").splitlines())) > 400}
    assert long == {}


def test_no_function_needs_a_scroll_bar() -> None:
    long = {
        f"{name(path)}:{node.name}": n
        for path in PACKAGE
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        if (n := lines_without_docstring(node)) > 50
    }
    assert long == {}


def test_no_test_folder_is_a_package() -> None:
    """Tests are imported by path; an __init__.py would put two files of one name in each other's way."""
    assert [name(p) for p in (ROOT / "tests").rglob("__init__.py")] == []


def test_tests_mirror_the_folders() -> None:
    """Each folder of the package has a folder of tests, and each test file there names its source file."""
    strays = []
    for test in (ROOT / "tests").rglob("test_*.py"):
        room = test.relative_to(ROOT / "tests").parent
        source = ROOT / "funnel" / room
        if room.parts and source.is_dir() and not _names_a_source(test, source):
            strays.append(name(test))
    assert strays == []


def _names_a_source(test: Path, source: Path) -> bool:
    """test_steps.py stands for steps.py; test_steps_worked_example.py too, by its beginning."""
    stem = test.stem.removeprefix("test_")
    stems = {p.stem.strip("_") for p in source.iterdir() if p.stem != "__init__"} | {source.name}
    return any(stem == s or stem.startswith(f"{s}_") for s in stems)


def test_no_example_has_a_deadline() -> None:
    """A test that depends on speed fails on a busy machine, and says nothing about the code."""
    assert settings.default.deadline is None
    assert HealthCheck.too_slow in settings.default.suppress_health_check
    word = "dead" + "line="
    named = [
        name(p) for p in _source("tests") if p.name != "conftest.py" and "@settings" in p.read_text("utf-8")
    ]
    assert [n for n in named if word in (ROOT / n).read_text("utf-8")] == []


@pytest.mark.parametrize(
    "statement", ["import funnel", "import funnel.cli", "from funnel import FunnelError"]
)
def test_importing_is_light(statement: str) -> None:
    code = f"import sys; {statement}; print(*sorted(set({HEAVY!r}) & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_a_refresh_loads_nothing_that_it_does_not_need(tmp_path: Path) -> None:
    """Each of these takes as long as measuring a small sheet."""
    sheet = shutil.copyfile(ROOT / "sample_data/gym.xlsx", tmp_path / "gym.xlsx")
    code = (
        "import sys, funnel; funnel.refresh(sys.argv[1], as_of='2026-11-21');"
        "print(*sorted({'scipy', 'openpyxl', 'PIL', 'matplotlib', 'gspread', 'ssl'} & set(sys.modules)))"
    )
    command = [sys.executable, "-c", code, str(sheet)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
    with zipfile.ZipFile(sheet) as package:  # openpyxl would have declared the usual prefixes
        parts = [package.read(name) for name in package.namelist() if name.endswith(".xml")]
    assert not any(re.search(rb"\bns\d+[:=]", part) for part in parts)


def test_the_way_the_data_flows() -> None:
    """The layers and walls that pyproject.toml declares."""
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    if not Path(command[0]).exists():
        pytest.skip("import-linter is not installed (it is in the dependency group `lint`)")
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stdout


def test_only_the_command_line_and_the_flow_read_the_clock() -> None:
    clock = re.compile(r"\b(?:date\.today|datetime\.now|datetime\.utcnow|time\.time)\(")
    allowed = {
        "funnel/workflows/load.py",
        "funnel/workflows/refresh.py",
        "funnel/workflows/unchanged.py",  # a record of today
        "funnel/workflows/new_sheet.py",
        "funnel/workflows/report.py",
        "funnel/workflows/move.py",
        "funnel/workflows/add.py",
        "funnel/workflows/act.py",  # given out and done today
        "funnel/metrics/funnel.py",  # `Funnel(clients)` is as of today
        "funnel/portfolios/businesses.py",  # a portfolio is as of today
        "funnel/explorer/exploration.py",  # a notebook is as of today
        "funnel/sheets/files.py",  # names backups by their day
        "funnel/sheets/google/client/http.py",  # waits until the time of day that a server names
    }
    readers = {name(p) for p in PACKAGE if clock.search(p.read_text("utf-8"))}
    assert {r for r in readers if not r.startswith("funnel/cli")} <= allowed


def test_nothing_names_a_machine() -> None:
    """No absolute path of somebody's machine in any file, so that it reads and runs the same everywhere."""
    machine = re.compile(r"(?<![\w.])/(?:home|Users|root)/\w|[A-Z]:\\\\?Users\\")
    named = {
        name(p): found[0] for p in TEXTS if p.exists() and (found := machine.search(p.read_text("utf-8")))
    }
    assert named == {}


def test_nothing_is_left_for_later() -> None:
    later = re.compile(r"\b(?:TODO|FIXME|XXX)\b")
    left = [name(p) for p in PACKAGE if later.search(p.read_text("utf-8"))]
    assert left == []


FLAT = {
    "funnel/metrics/tables",
    "funnel/cli/commands",
    "funnel/charts",
}  # one kind each: results, commands, charts


def test_no_folder_is_crowded() -> None:
    sizes = Counter(name(p.parent) for p in PACKAGE if p.stem != "__init__")
    assert {folder: n for folder, n in sizes.items() if n > (30 if folder in FLAT else 15)} == {}


def test_every_room_has_its_layer() -> None:
    """What no layer names could import anything, and nobody would notice."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    layers = {room.strip() for layer in contracts[0]["layers"] for room in layer.split("|")}
    rooms = {f"funnel.{p.relative_to(ROOT / 'funnel').parts[0].removesuffix('.py')}" for p in PACKAGE}
    assert rooms - {"funnel.__init__", "funnel.__main__"} == layers


def test_no_import_circle() -> None:
    """No module, and no room, can be reached from itself by imports."""
    graph = imports(ROOT / "funnel")
    assert circles(graph) == []
    assert circles(rooms(graph)) == []
