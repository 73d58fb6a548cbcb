"""Reading a client sheet of 100,000 rows and 18 columns: ours beside openpyxl, pandas' usual way in.

Prints seconds of processor time, peak megabytes above the interpreter and ratios, all of one run:

    python benchmarks/reading.py [rows]
"""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

COLUMNS = 18
SPREADSHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"

WAYS = {
    "funnel, values and fills": (
        "from funnel.sheets.excel.package.parts import Package\n"
        "from funnel.sheets.excel.read.reader import Reader",
        "package = Package.open(path); grid = Reader(package).read(package.worksheets[0])",
    ),
    "funnel, first 60 rows": (
        "from funnel.sheets.excel.package.parts import Package\n"
        "from funnel.sheets.excel.read.reader import Reader",
        "package = Package.open(path); grid = Reader(package).read(package.worksheets[0], 60)",
    ),
    "funnel, XML parser only": (
        "from funnel.sheets.excel.package.parts import Package\n"
        "from funnel.sheets.excel.read.reader import Reader",
        "package = Package.open(path); grid = Reader(package, slowly=True).read(package.worksheets[0])",
    ),
    "inflate only": (
        "from funnel.sheets.excel.package.parts import Package",
        "package = Package.open(path); n = sum(map(len, package.stream(package.worksheets[0].part)))",
    ),
    "openpyxl, read-only, values": (
        "import openpyxl",
        "rows = list(openpyxl.load_workbook(path, read_only=True, data_only=True).active.values)",
    ),
}


def make(path: Path, rows: int) -> None:
    """A client sheet as a gym keeps it: names, dates, marks or blanks, some painted rows, shared strings."""
    dice = random.Random(18)
    texts = [f"Header {column}" for column in range(1, COLUMNS + 1)]
    choices = [len(texts) + i for i in range(40)]
    texts += [f"Choice {i}" for i in range(40)]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        _write_frame(archive)
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
            part.write(f'<worksheet xmlns="{SPREADSHEET}"><sheetData>'.encode())
            header = "".join(f'<c r="{chr(64 + c)}1" t="s"><v>{c - 1}</v></c>' for c in range(1, COLUMNS + 1))
            part.write(f'<row r="1" spans="1:18">{header}</row>'.encode())
            for row in range(2, rows + 2):
                texts.append(f"Client {row}")
                part.write(_row(row, len(texts) - 1, choices, dice).encode())
            part.write(b"</sheetData></worksheet>")
        items = "".join(f"<si><t>{text}</t></si>" for text in texts)
        archive.writestr("xl/sharedStrings.xml", f'<sst xmlns="{SPREADSHEET}">{items}</sst>')


def _row(row: int, name: int, choices: list[int], dice: random.Random) -> str:
    """One client: a name, a date, two choices, marks up to where the client got."""
    paint = dice.choice((0, 0, 0, 2, 4))
    plain, date = (f' s="{paint}"' if paint else ""), f' s="{paint + 1}"'
    lead = 45_000 + dice.randrange(900)
    cells = [f'<c r="A{row}"{plain} t="s"><v>{name}</v></c>', f'<c r="B{row}"{date}><v>{lead}</v></c>']
    cells += [f'<c r="{c}{row}"{plain} t="s"><v>{dice.choice(choices)}</v></c>' for c in "CD"]
    reached = dice.randrange(1, 12)
    for at, letter in enumerate("EFGHIJKLMNOP"):
        if at < reached and dice.random() < 0.95:
            cells.append(f'<c r="{letter}{row}"{plain}><v>1</v></c>')
        elif paint:
            cells.append(f'<c r="{letter}{row}"{plain}/>')
    if paint == 4:
        cells.append(f'<c r="Q{row}"{plain} t="s"><v>{dice.choice(choices)}</v></c>')
        cells.append(f'<c r="R{row}"{date}><v>{lead + dice.randrange(300)}</v></c>')
    return f'<row r="{row}" spans="1:18">{"".join(cells)}</row>'


def _write_frame(archive: zipfile.ZipFile) -> None:
    """The small parts of a workbook: types, links, styles."""
    types = [("/xl/workbook.xml", "sheet.main"), ("/xl/worksheets/sheet1.xml", "worksheet")]
    types += [("/xl/styles.xml", "styles"), ("/xl/sharedStrings.xml", "sharedStrings")]
    overrides = "".join(f'<Override PartName="{n}" ContentType="{TYPES}.{t}+xml"/>' for n, t in types)
    rels = "application/vnd.openxmlformats-package.relationships+xml"
    defaults = f'<Default Extension="rels" ContentType="{rels}"/>'
    listed = f'<Types xmlns="{PACKAGE}/content-types">{defaults}{overrides}</Types>'
    archive.writestr("[Content_Types].xml", listed)
    archive.writestr("_rels/.rels", _links([("officeDocument", "xl/workbook.xml")]))
    links = [("worksheet", "worksheets/sheet1.xml"), ("styles", "styles.xml")]
    links.append(("sharedStrings", "sharedStrings.xml"))
    archive.writestr("xl/_rels/workbook.xml.rels", _links(links))
    archive.writestr(
        "xl/workbook.xml",
        f'<workbook xmlns="{SPREADSHEET}" xmlns:r="{OFFICE}">'
        '<sheets><sheet name="Clients" sheetId="1" r:id="rId1"/></sheets></workbook>',
    )
    fills = "".join(
        f'<fill><patternFill patternType="solid"><fgColor rgb="FF{color}"/></patternFill></fill>'
        for color in ("C6EFCE", "FFC7CE")
    )
    looks = [(fill, number) for fill in (0, 2, 3) for number in (0, 14)]
    xfs = "".join(f'<xf numFmtId="{n}" fillId="{f}" fontId="0" borderId="0"/>' for f, n in looks)
    archive.writestr(
        "xl/styles.xml",
        f'<styleSheet xmlns="{SPREADSHEET}"><fonts><font/></fonts><fills><fill><patternFill/></fill><fill>'
        f'<patternFill patternType="gray125"/></fill>{fills}</fills><borders><border/></borders>'
        f"<cellStyleXfs><xf/></cellStyleXfs><cellXfs>{xfs}</cellXfs></styleSheet>",
    )


def _links(links: list[tuple[str, str]]) -> str:
    items = "".join(
        f'<Relationship Id="rId{i}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for i, (kind, target) in enumerate(links, 1)
    )
    return f'<Relationships xmlns="{PACKAGE}/relationships">{items}</Relationships>'


def measure(path: Path, imports: str, action: str, times: int = 3) -> tuple[float, float]:
    """The median processor seconds and peak megabytes above the interpreter, in fresh processes."""
    code = (
        f"import resource, time\n{imports}\npath = {str(path)!r}\n"
        "peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024\n"
        f"before = peak(); start = time.process_time()\n{action}\n"
        "print(time.process_time() - start, peak() - before)"
    )
    runs = []
    for _ in range(times):
        out = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
        seconds, megabytes = map(float, out.split())
        runs.append((seconds, megabytes))
    return sorted(runs)[len(runs) // 2]


def main() -> None:
    rows = next((int(word) for word in sys.argv[1:] if word.isdecimal()), 100_000)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "clients.xlsx"
        start = time.perf_counter()
        make(path, rows)
        made = time.perf_counter() - start
        print(f"{rows:,} x {COLUMNS}, {path.stat().st_size / 1e6:.1f} MB, made in {made:.1f} s")
        found = {name: measure(path, *way, 1 if "openpyxl" in name else 3) for name, way in WAYS.items()}
    slowest = max(seconds for seconds, _ in found.values())
    for name, (seconds, megabytes) in found.items():
        print(f"{name:30} {seconds:7.2f} s {megabytes:7.0f} MB   {slowest / seconds:6.1f} times as fast")


if __name__ == "__main__":
    main()
