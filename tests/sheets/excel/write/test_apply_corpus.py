"""508 workbooks from the test data of public projects: nothing of theirs is lost or changed.

Each is changed twice: by a plan on its own first tab (totals, rules, a link, a chart) with a tab of ours
beside; then a client tab is added to the result and refreshed. Part by part, what was there is there after.

The newcomer's command judges every tenth workbook, CI all of them.
"""

import re
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest
from lxml import etree

from funnel.errors import FunnelError
from funnel.grid import Area
from funnel.plan import Cell, Chart, Formula, Link, Plan, PutBlock, PutRules, PutTab, Rule, Series
from funnel.sheets.excel.package.parts import Package
from funnel.sheets.excel.write.apply import apply_plan

Verdicts = dict[str, list[str]]

TOP = 2000  # below every one of these sheets
SERIES = Series("Lost", Area(4, 2, 6, 2), Area(4, 3, 6, 3), "3B6EA8", Area(4, 4, 6, 4), Area(4, 5, 6, 5))
CHART = Chart("drop-off", "column", "Drop-off by step", (SERIES,), Area(2, 7, 18, 14), "Share lost")


def block(tab: str, top: int) -> PutBlock:
    cells = (
        Cell(top, 1, "Totals", "total_label"),
        Cell(top, 3, Formula(f"=SUM(C2:C{top - 1})", 5), "total_count"),
        Cell(top + 1, 3, Formula(f"=C{top}/10", 0.5), "total_rate"),
    )
    return PutBlock(tab, "totals", Area(top, 1, top + 2, 6), cells)


def rules(tab: str, bottom: int) -> PutRules:
    rows = Area(2, 1, bottom, 6)
    red = Rule("red", (rows,), '=AND($A2="x",N("funnel:red")=0)')
    return PutRules(tab, (red, Rule("green", (rows,), '=AND($C2=1,N("funnel:green")=0)')))


def on_the_first_tab(tab: str) -> tuple[PutBlock, PutRules, PutTab, PutTab]:
    link = Cell(TOP + 3, 1, Link("up", tab, "A1"), "link")
    steps = tuple(
        cell
        for row, step in enumerate(("Contacted", "Met", "Paid"), start=4)
        for cell in (Cell(row, 2, step), *(Cell(row, c, 0.1 * c, "rate") for c in (3, 4, 5)))
    )
    ours = PutTab("Our funnel", "summary", (Cell(1, 2, "Funnel", "title"), *steps), (CHART,), create=True)
    return block(tab, TOP), rules(tab, TOP - 2), PutTab(tab, "", (link,), (CHART,)), ours


def a_client_tab() -> tuple[PutTab, PutBlock, PutRules]:
    heads = [Cell(1, c, f"Column {c}", "header") for c in range(1, 19)]
    rows = [Cell(r, c, f"Client {r}" if c == 1 else 1) for r in range(2, 12) for c in range(1, 19, 2)]
    tab = PutTab("Our clients", "", (*heads, *rows), create=True, hidden_columns=(), freeze_row=1)
    return tab, block("Our clients", 15), rules("Our clients", 13)


def canonical(element: etree._Element) -> str:
    return etree.tostring(element, method="c14n", exclusive=True, with_comments=False).decode()


def local(element: etree._Element) -> str:
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def without_ours(sheet: bytes, drawn: bool) -> str:
    """Return a sheet part without our rows, rules, links and drawing, and without their extent."""
    root = etree.fromstring(sheet, etree.XMLParser(huge_tree=True))
    for element in list(root.iter()):
        name, parent = local(element), element.getparent()
        ours = (
            (name == "row" and int(element.get("r", "0")) >= TOP)
            or (name == "cfRule" and 'N("funnel:' in "".join(map(str, element.itertext())))
            or (name == "hyperlink" and element.get("ref") == f"A{TOP + 3}")
            or (name == "drawing" and not drawn)
            or name == "dimension"
        )
        if ours and parent is not None:
            parent.remove(element)
    for element in list(root):
        if local(element) in ("conditionalFormatting", "hyperlinks") and len(element) == 0:
            root.remove(element)
    return re.sub(r"<((?:\w+:)?sheetData)[^>]*></\1>", "<sheetData/>", canonical(root))


def entries(part: bytes) -> Counter[str]:
    """Return the entries of a list without order: types, links, tabs, names; without our own names."""
    leaves = (e for e in etree.fromstring(part).iterdescendants() if len(e) == 0)
    leaves = (e for e in leaves if local(e) != "definedNames")
    return Counter(written for e in leaves if "_funnel_" not in (written := canonical(e)))


def appended_only(before: bytes, after: bytes) -> bool:
    """Return True if the lists of a styles part only grew at their ends, and all else is unchanged."""
    new = {local(e): e for e in etree.fromstring(after)}
    return all(
        [canonical(e) for e in old] == [canonical(e) for e in new[local(old)]][: len(old)]
        for old in etree.fromstring(before)
    )


def lost(before: Package, after: Package, first: str) -> Iterator[str]:
    """Return the parts of a workbook that were lost, or changed in content that is not ours."""
    drawings = before.related(first, "drawing")
    for name in before.names:
        if not after.has(name):
            yield f"{name} is gone"
            continue
        if before.raw(name)[1] == after.raw(name)[1]:
            continue
        old, new = before.read(name), after.read(name)
        if name == first:
            same = without_ours(old, bool(drawings)) == without_ours(new, bool(drawings))
        elif name in before.related(before.workbook, "styles"):
            same = appended_only(old, new)
        elif "sharedStrings" in name:
            same = len(etree.fromstring(old)) == 0
        else:
            same = named(before, name, drawings) and not entries(old) - entries(new) - counts(old)
        if not same:
            yield f"{name} has changed"


def named(before: Package, name: str, drawings: list[str]) -> bool:
    """Return True if a plan may add to a part."""
    links = name.endswith(".rels") or name == "[Content_Types].xml"
    return links or name in (before.workbook, *drawings, *before.related("", "extended-properties"))


def counts(part: bytes) -> Counter[str]:
    """Return the number of tabs in the document properties."""
    return Counter(e for e in entries(part) if re.match(r"<\w+:i4 ", e))


def faults(path: Path) -> Counter[str]:
    """Return the findings of the independent validator, without numbers."""
    from openxml_audit import OpenXmlValidator

    found = OpenXmlValidator(max_errors=100_000).validate(path).errors
    return Counter(re.sub(r"\d+", "#", str(error)) for error in found)


def new_faults(before: Path, after: Path) -> Counter[str]:
    """Return the findings that only the later file has; the earlier one is read only if there are any."""
    found = faults(after)
    return found - faults(before) if found else found


def applied(path: Path, source: Path, make: Callable[[Package], Plan]) -> Package:
    package = Package.open(source)
    apply_plan(source, package, make(package), path)
    return Package.open(path)


def judge(job: tuple[Path, Path]) -> tuple[str, list[str]]:
    """Return the findings for one workbook: none, an error, or the lost parts."""
    path, folder = job
    once, twice = folder / path.name, folder / f"clients-{path.name}"
    try:
        before = Package.open(path)
        first = before.worksheets[0]
        after = applied(once, path, lambda p: Plan(str(path), on_the_first_tab(first.name)))
        found = list(lost(before, after, first.part))
        added = applied(twice, once, lambda p: Plan(str(path), a_client_tab()))
        found += [f"{why}, with a client tab" for why in lost(after, added, "")]
        found += [f"new fault: {fault}" for fault in new_faults(path, twice)]
    except FunnelError as refused:
        return path.name, [f"refused {type(refused).__name__}: {refused}"]
    return path.name, found


@pytest.fixture(scope="module")
def workbooks(shared: Callable[[str], Path]) -> list[Path]:
    return sorted(shared("workbooks").glob("*.xls[xm]"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("corpus")


@pytest.fixture(scope="module")
def some_verdicts(workbooks: list[Path], folder: Path) -> Verdicts:
    return dict(judge((path, folder)) for path in workbooks[::10])


@pytest.fixture(scope="module")
def all_verdicts(workbooks: list[Path], folder: Path, some_verdicts: Verdicts) -> Verdicts:
    jobs = [(path, folder) for path in workbooks if path.name not in some_verdicts]
    with ProcessPoolExecutor() as pool:
        return some_verdicts | dict(pool.map(judge, jobs, chunksize=8))


def losses(verdicts: Verdicts) -> Verdicts:
    """Return what was found in the workbooks that were not refused."""
    return {name: why for name, why in verdicts.items() if why and not why[0].startswith("refused")}


@pytest.mark.corpus
def test_every_tenth_workbook_loses_nothing_and_has_no_new_fault(some_verdicts: Verdicts) -> None:
    assert losses(some_verdicts) == {}
    assert len(some_verdicts) == 51


@pytest.mark.slow
@pytest.mark.corpus
def test_no_workbook_loses_anything_or_has_a_new_fault(all_verdicts: Verdicts) -> None:
    assert losses(all_verdicts) == {}
    assert len(all_verdicts) == 508


@pytest.mark.slow
@pytest.mark.corpus
def test_a_few_workbooks_raise_the_expected_errors(all_verdicts: Verdicts) -> None:
    reasons = Counter(
        next((reason for reason in REASONS if re.search(reason, why[0])), why[0])
        for why in all_verdicts.values()
        if why and why[0].startswith("refused")
    )
    assert reasons == REASONS


REASONS = {
    "ReadError: .* contains a document type": 1,  # an entity bomb
    "ReadError: .* contains the part .* twice": 1,
    "ReadError: .* is damaged": 1,
    "WriteError: .* has a digital signature": 2,
}


def unopened(sample: list[Path], office: str, folder: Path) -> set[str]:
    """Return the names of the workbooks that LibreOffice does not open, all converted by one call."""
    command = [office, "--headless", f"-env:UserInstallation={(folder / 'profile').as_uri()}"]
    command += ["--convert-to", "csv", "--outdir", str(folder / "out"), *map(str, sample)]
    subprocess.run(command, capture_output=True, timeout=600, check=True)
    return {path.stem for path in sample} - {path.stem for path in (folder / "out").iterdir()}


@pytest.mark.corpus
@pytest.mark.office
@pytest.mark.usefixtures("some_verdicts")
def test_libreoffice_opens_ten(folder: Path, office: str, tmp_path: Path) -> None:
    sample = sorted(folder.glob("clients-*"))[::5][:10]
    assert unopened(sample, office, tmp_path) == set()
    assert len(sample) == 10


@pytest.mark.slow
@pytest.mark.corpus
@pytest.mark.office
@pytest.mark.usefixtures("all_verdicts")
def test_libreoffice_opens_sixty(folder: Path, office: str, tmp_path: Path) -> None:
    sample = sorted(folder.glob("clients-*"))[::8][:60]
    assert unopened(sample, office, tmp_path) == set()
    assert len(sample) == 60
