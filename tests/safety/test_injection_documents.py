"""What clients type is shown as text in every document: text x output, each a test.

Pages, slides, workbooks, PDFs, pictures, notebooks, Google Sheets; the other outputs are in test_injection.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import re
import zipfile
from functools import cache, cached_property, partial
from html import escape
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree

import pandas as pd
import pytest
from click.testing import CliRunner
from sheets_server.server import SheetsServer

from funnel.charts.drawing.files import render
from funnel.cli import main
from funnel.metrics import Funnel
from funnel.reports.documents.formats import FORMATS
from funnel.sheets.google.client import http
from funnel.workflows.load import load
from funnel.workflows.report import report

pytestmark = pytest.mark.xdist_group("reviews")  # which take seconds to make

TEXTS = {
    "ESC": "\x1b]0;pwned\x07\x1b[2J", "BEL": "\x07b", "NEL": "a\x85b", "LS": "a\u2028b", "CSI": "\x9b31m",
    "DEL": "d\x7f", "formula": '=HYPERLINK("http://x","y")', "plus": "+1+1", "minus": "-1+1", "at": "@SUM(1)",
    "wide": "＝1+1", "tab": "\t=1+1", "second": "a;=1+1;b", "DDE": "=cmd|' /C calc'!A0",
    "markup": "[red]x[/red]", "HTML": "<script>alert(1)</script>", "attribute": "'\" onmouseover=\"alert(2)",
    "image": "<img src=x onerror=alert(3)>", "link": "javascript:alert(4)", "entity": "&lt;b&gt;",
    "mathtext": "$x_{$ costs $5", "hidden label": "_hidden", "typst": "#read(\"/etc/passwd\")",
    "path": "../../etc/passwd",
}  # fmt: skip
SLOW = ("html", "notebook", "pdf", "svg")
OUTPUTS = (
    "pptx",
    "xlsx",
    "google",
    "workbook",
    *(pytest.param(each, marks=pytest.mark.slow) for each in SLOW),
)
CONTROLS = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029]")
NOT_XML = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f]")
LIVE = re.compile(r"HYPERLINK|cmd\||@SUM|^[+-]?1\+1|＝1\+1")


def table() -> pd.DataFrame:
    """Each text is the name of twelve clients, of their source and their coach, and why some of them left."""
    rows: list[list[Any]] = [  # text that begins as text
        [f"Client {n}", dt.date(2026, 2, 1), "Web", "Zoe", 1, 1, None, None] for n in range(200)
    ]
    for text in TEXTS.values():
        for n in range(12):
            left = dt.date(2026, 5, 1) if n % 3 == 0 else None
            lead, paid = dt.date(2026, 1, 1) + dt.timedelta(days=9 * n), 1 if n % 3 else None
            rows.append([f"{text}{n}", lead, text, text, 1, paid, text if left else None, left])
    columns = ["Client name", "Date of lead", "Source of lead", "Name of coach", "Client contacted",
               "First paid session", "Reason for discontinue", "When left journey"]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


class Documents:
    """Each output as it was written, made when it is first asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @cached_property
    def review(self) -> Any:
        return report(table(), "gym", as_of="2026-07-01", names=True, by=("coach", "source"))

    @cache  # noqa: B019 - one for the module
    def __getitem__(self, output: str) -> Any:
        if output == "google":
            return on_google(self.folder)
        if output == "workbook":
            return refreshed(self.folder)
        if output == "svg":
            return pictures()
        if output == "notebook":
            funnel = Funnel(load(table(), "gym"), "2026-07-01")
            tables = (funnel.by("coach"), funnel.people("Client contacted"))
            return self.review._repr_html_() + "".join(each._repr_html_() for each in tables)
        pytest.importorskip({"pdf": "typst", "pptx": "pptx"}.get(output, "pandas"))
        return FORMATS[output](self.review)


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> Documents:
    return Documents(tmp_path_factory.mktemp("documents"))


def refreshed(folder: Path) -> bytes:
    """Return the workbook that a refresh makes of a text file."""
    sheet = folder / "clients.csv"
    table().to_csv(sheet, index=False)
    result = CliRunner().invoke(
        main, ["refresh", str(sheet), "-o", str(folder / "b.xlsx"), "--journey", "gym"]
    )
    assert result.exit_code == 0, result.output
    return (folder / "b.xlsx").read_bytes()


def pictures() -> dict[str, bytes]:
    """Return a picture of six coaches each, because one with more names the largest only."""
    made, texts = {}, list(TEXTS.values())
    for at in range(0, len(texts), 6):
        rows = table()
        rows = rows[rows["Name of coach"].isin(texts[at : at + 6])]
        plot = Funnel(load(rows, "gym"), "2026-07-01").plot.segments("coach")
        made[str(at)] = render(plot.figure, "svg")
    return made


def on_google(folder: Path) -> dict[str, dict[str, Any]]:
    """Return the kind of each cell that a refresh of a Google Sheet leaves: text, or a formula."""
    import funnel

    with SheetsServer() as server, pytest.MonkeyPatch.context() as patch:
        (folder / "key.json").write_text(json.dumps(server.service_account()), "utf-8")
        patch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(folder / "key.json"))
        patch.setattr(http, "on_connect", partial(SheetsServer.connect, server))
        rows = [["" if cell is None or cell != cell else cell for cell in row]
                for row in table().astype(object).itertuples(index=False)]  # fmt: skip
        plain = [[str(cell) if isinstance(cell, dt.date) else f"'{cell}" if isinstance(cell, str) else cell
                  for cell in row] for row in [list(table().columns), *rows]]  # fmt: skip
        book = server.new_sheet("Gym", plain, tab="Clients")
        gym = SimpleNamespace(book=book, person=server.person(book))
        funnel.refresh(f"https://docs.google.com/spreadsheets/d/{book.id}/edit#gid=0", journey="gym")
        found: dict[str, dict[str, Any]] = {"formulas": {}, "texts": {}}
        for tab in gym.book.tabs:
            for row, column, item in tab.filled(tab.box):
                for kind, value in item.get("userEnteredValue", {}).items():
                    where = "formulas" if kind == "formulaValue" else "texts"
                    found[where][f"{tab.title} {row} {column}"] = value
        return found


class Tags(HTMLParser):
    """The tags of a page, with their attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, list[tuple[str, str | None]]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, attrs))


def check_page(page: str, text: str) -> None:
    assert escape(text) in page or CONTROLS.search(text) or text != text.strip(), "it is not shown"
    assert "<" not in text or text not in page
    for tag, attributes in Tags(page).found:
        for name, value in attributes:
            assert not (name.startswith("on") and value and "alert" in value), (tag, name)
            assert not (name in ("href", "src", "action") and value and "alert" in value), (tag, name)
    assert not [tag for tag, attrs in Tags(page).found if tag == "img" and ("src", "x") in attrs]


def parts(data: bytes) -> list[tuple[str, str]]:
    """Return the XML parts of a package, and of the packages in it."""
    found = []
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        for name in book.namelist():
            if name.endswith(".xlsx"):
                found += parts(book.read(name))
            elif name.endswith((".xml", ".rels")):
                found.append((name, book.read(name).decode("utf-8")))
    return found


def check_package(data: bytes, text: str, kept: bool) -> None:
    """`kept`: the sheet itself, in which a character that XML allows stays."""
    shown = False
    for name, xml in parts(data):
        root = ElementTree.fromstring(xml.encode())
        texts = [part or "" for each in root.iter() for part in (each.text, *each.attrib.values())]
        shown = shown or any(text.strip() in part for part in texts)
        assert not any((NOT_XML if kept else CONTROLS).search(part) for part in texts), name
        formulas = [each.text or "" for each in root.iter() if each.tag.rpartition("}")[2] == "f"]
        assert not [formula for formula in formulas if LIVE.search(formula) or text in formula], name
        links = [value for each in root.iter() for key, value in each.attrib.items() if key == "Target"]
        assert not [link for link in links if "alert" in link or "//x" in link or "etc/passwd" in link], name
    assert shown or CONTROLS.search(text), "it is not shown"


def check_pdf(data: bytes, text: str) -> None:
    pypdf = pytest.importorskip("pypdf")
    reader = pypdf.PdfReader(io.BytesIO(data))
    page = "".join(each.extract_text() for each in reader.pages)
    assert not CONTROLS.search(page)
    assert "root:" not in page  # of /etc/passwd
    assert re.sub(r"\s", "", text) in re.sub(r"\s", "", page) or CONTROLS.search(text), "it is not shown"
    for each in reader.pages:
        for link in each.get("/Annots") or ():
            action = link.get_object().get("/A", {})
            assert action.get("/S") in (None, "/GoTo"), action
    assert not {"/OpenAction", "/AA", "/AcroForm"} & set(reader.trailer["/Root"])


def check_pictures(pictures: dict[str, bytes], text: str) -> None:
    texts = ""
    for data in pictures.values():
        root = ElementTree.fromstring(data)
        assert not [each for each in root.iter() if each.tag.rpartition("}")[2] in ("script", "a", "image")]
        texts += "\n".join("".join(each.itertext()) for each in root.iter())
        assert not [key for each in root.iter() for key in each.attrib if key.startswith("on")]
    assert not CONTROLS.search(texts)
    visible = CONTROLS.search(text) or text != text.strip()
    assert re.sub(r"\s", "", text) in re.sub(r"\s", "", texts) or visible, "it is not shown"


def check_google(cells: dict[str, dict[str, Any]], text: str) -> None:
    assert cells["formulas"]
    assert not [f for f in cells["formulas"].values() if LIVE.search(f.lstrip("=")) or text in f]
    shown = [value for at, value in cells["texts"].items() if at.startswith("Funnel") and text in str(value)]
    assert shown or CONTROLS.search(text) or text != text.strip(), "it is not shown"


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("output", OUTPUTS)
def test_it_is_shown_as_text(documents: Documents, output: str, name: str) -> None:
    made, text = documents[output], TEXTS[name]
    if output in ("html", "notebook"):
        page = made.decode() if isinstance(made, bytes) else made
        assert not CONTROLS.search(page)
        check_page(page, text)
    elif output == "pdf":
        check_pdf(made, text)
    elif output == "svg":
        check_pictures(made, text)
    elif output == "google":
        check_google(made, text)
    else:
        check_package(made, text, output == "workbook")
