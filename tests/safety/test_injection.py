"""What clients type never controls a terminal, a spreadsheet, a calendar or a scheduler: text x output."""

import csv
import datetime as dt
import io
import json
import re
import shlex
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest
import yaml
from click.testing import CliRunner

from funnel.cli import main
from funnel.errors import UsageError
from funnel.schedule import SYSTEMS, Every, Job, System, texts
from funnel.text import UNSAFE

TEXTS = {
    "ESC": "\x1b]0;pwned\x07\x1b[2J", "BEL": "\x07", "RLO": "\u202egnp.exe", "NEL": "a\x85b",
    "LS": "a\u2028b",
    "CSI": "\x9b31m", "isolate": "\u2067x", "DEL": "\x7f",
    "formula": '=HYPERLINK("http://x","y")', "plus": "+1+1", "minus": "-1+1", "at": "@SUM(1)",
    "wide": "＝1+1", "tab": "\t=1+1", "second": "a;=1+1;b", "third": "a|=1+1",
    "DDE": "=cmd|' /C calc'!A0", "markup": "[red]x[/red]", "HTML": "<script>alert(1)</script>",
}  # fmt: skip
HEADERS = ["Client name", "Date of lead", "Source of lead", "Name of coach", "Client contacted",
           "First paid session", "Reason for discontinue", "When left journey"]  # fmt: skip
OUTPUTS: dict[str, tuple[str, ...]] = {
    "show": ("show", "{sheet}"),
    "check": ("check", "{sheet}", "--all"),
    "due": ("due", "{sheet}"),
    "compare": ("compare", "{sheet}", "--by", "source"),
    "people": ("people", "{sheet}", "--where", "coach={text}", "--step", "Client contacted"),
    "log": ("log", "{sheet}", "--update"),
    "printed log": ("log", "{sheet}"),
    "JSON": ("show", "{sheet}", "--format", "json", "--by", "coach"),
    "CSV": ("show", "{sheet}", "--format", "csv"),
    "calls as CSV": ("due", "{sheet}", "--format", "csv"),
    "dry run": ("refresh", "{sheet}", "-o", "{folder}/b.xlsx", "--dry-run"),
    "error": ("show", "{sheet}", "--tab", "{text}"),
    "wrong option": ("show", "{sheet}", "--where", "{text}"),
    "missing file": ("show", "{folder}/{text}.xlsx"),
    "missing journey": ("show", "{sheet}", "--journey", "{text}.toml"),
}


@pytest.fixture(scope="module")
def sheet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sheet whose clients, sources, coaches, reasons and one header have every text."""
    path = tmp_path_factory.mktemp("injection") / "clients.csv"
    rows = [[f"{text}{n}", f"2026-01-{n:02}", text, text, "1", "", text, "2026-05-01" if n % 2 else "", text]
            for text in TEXTS.values() for n in range(1, 3)]  # fmt: skip
    rows += [
        [f"Client {n}", f"2026-02-{n % 28 + 1:02}", "Web", "Zoe", "1", "1", "", "", ""] for n in range(200)
    ]
    rows = [*rows[len(TEXTS) * 2 :], *rows[: len(TEXTS) * 2]]  # text that begins as text
    with path.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([[*HEADERS, "".join(TEXTS.values())], *rows])
    return path


def printed(sheet: Path, output: str) -> str:
    texts = [TEXTS["ESC"] + TEXTS["RLO"]] if any("{text}" in part for part in OUTPUTS[output]) else [""]
    found = []
    for text in texts:
        arguments = [part.format(sheet=sheet, folder=sheet.parent, text=text) for part in OUTPUTS[output]]
        result = CliRunner().invoke(main, arguments)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        found.append(result.output)
    return "".join(found)


@pytest.fixture(autouse=True)
def narrow(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("output", OUTPUTS)
def test_no_control_character_is_printed(sheet: Path, output: str) -> None:
    text = printed(sheet, output)
    assert text
    assert UNSAFE.findall(text) == []


def live(field: str) -> bool:
    """Return True if a spreadsheet takes a field for a formula."""
    number = re.fullmatch(r"[+-]?[\d.,]+", field)
    return field.startswith(tuple("=+-@\t\r＝＋－＠")) and not number and field != "-"


@pytest.mark.parametrize("output", ["CSV", "calls as CSV"])
def test_no_field_of_a_csv_is_a_formula(sheet: Path, output: str) -> None:
    text = printed(sheet, output)
    for separator in ",;\t|":  # a spreadsheet takes the one of its country
        fields = [field for row in csv.reader(io.StringIO(text), delimiter=separator) for field in row]
        assert [field for field in fields if live(field)] == []


def test_files_beside_a_sheet(sheet: Path) -> None:
    """The log, the calendar, the tasks, the log of the runs, and a workbook."""
    folder = sheet.parent
    for arguments in (
        ["log", str(sheet), "--update"],
        ["due", str(sheet), "--calendar", str(folder / "due.ics")],
        ["due", str(sheet), "--todoist", str(folder / "tasks.csv")],
        ["refresh", str(sheet), "-o", str(folder / "b.xlsx"), "--log", str(folder / "run.log")],
    ):
        result = CliRunner().invoke(main, arguments)
        assert result.exit_code == 0, (arguments, result.output)
    names = {path.name for path in folder.iterdir()}
    assert {"clients.funnel-log.csv", "b.xlsx", "run.log", "due.ics", "tasks.csv"} <= names
    for path in folder.iterdir():
        if path != sheet and path.suffix in (".ics", ".log", ".csv"):
            text = path.read_text("utf-8").replace("\r\n", "\n")
            assert UNSAFE.findall(text) == [], path
            if path.suffix == ".csv":
                fields = [field for row in csv.reader(io.StringIO(text)) for field in row]
                assert [field for field in fields if live(field)] == [], path
    with zipfile.ZipFile(folder / "b.xlsx") as book:
        xml = "".join(book.read(part).decode() for part in book.namelist() if "worksheets/" in part)
    formulas = re.findall(r"<f[^>]*>([^<]*)</f>", xml)
    assert formulas
    assert [f for f in formulas if re.search(r"HYPERLINK|cmd|alert|1\+1;|@SUM", f)] == []


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("system", SYSTEMS)
def test_files_of_schedulers(name: str, system: System) -> None:
    """A path with a control character is refused; another one is one word of the command."""
    text = TEXTS[name]
    local = system != "github"
    source = f"/x/{text}.xlsx" if local else "https://docs.google.com/spreadsheets/d/1AbC/edit"
    every = Every.parse("monday 07:00")
    if UNSAFE.search(text) or "\t" in text:
        with pytest.raises(UsageError, match="which no scheduler accepts"):
            Job("a-1", source, every, ("/bin/funnel",), "/y/log", tab=text)
        return
    job = Job("a-1", source, every, ("/bin/funnel",), "/y/log", tab=text)
    files = texts(job, system, dt.date(2026, 11, 30))
    if system == "cron":
        line = files["crontab"].removesuffix("\n")
        command = line.removeprefix("0 7 * * 1 ").removesuffix(" # funnel-a-1").replace(r"\%", "%")
        assert shlex.split(command) == list(job.command)
    elif system == "windows":
        root = ElementTree.fromstring(files["funnel-a-1.xml"].encode("utf-16"))
        assert [e.text for e in root.iter() if e.tag.endswith("Command")] == ["/bin/funnel"]
    elif system == "github":
        run = yaml.safe_load(files["funnel.yml"])["jobs"]["refresh"]["steps"][-1]["run"]
        last = run.strip().splitlines()[-1]
        assert shlex.split(last)[-3:] == ["--tab", text, "--quiet"]
    else:
        assert len(files["funnel-a-1.service"].splitlines()) == 6


def test_json_keeps_the_texts(sheet: Path) -> None:
    """They are escaped in the JSON, and whole in what a program reads."""
    found = json.loads(printed(sheet, "JSON"))
    values = [segment["value"] for segment in found["segments"]]
    assert TEXTS["RLO"] in values
