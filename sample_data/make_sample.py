"""Make ``gym.xlsx``: the client sheet of a gym that never was, with the mess of real hands.

Run ``python sample_data/make_sample.py``. The same seed gives the same bytes (for one version of openpyxl).
All names are drawn from two lists of common first and invented family names; nobody is meant.

What happened is simulated first (`happen`), then kept in the sheet the way a busy owner keeps it (`keep`),
then spoiled cell by cell (`spoil`). The truth that the numbers should bring out: people book a first meeting
and do not come to it. The bare column totals blame the 12-month mark instead, because most clients have not
had 12 months.
"""

from __future__ import annotations

import datetime as dt
import io
import random
import re
import zipfile
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.drawing.image import Image
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Alignment, Border, Color, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

TODAY = dt.date(2026, 11, 21)  # the day on which the owner hands the sheet over
FIRST = dt.date(2025, 5, 22)
LEADS = 200
SEED = 18

STEPS = (
    "Client contacted", "Client meeting booked", "Client meeting had", "Referred to coach",
    "Coach complimentary session done", "First paid session", "One month post-lead", "Two months post-lead",
    "Three months post-lead", "Six months post-lead", "12 months post-lead",
)  # fmt: skip
HEADERS = (
    "Client name", "Date of lead", "How did you hear about us?", "Source of lead", *STEPS[:4],
    "Name of coach", *STEPS[4:], "Reason for discontinue", "When left journey",
)  # fmt: skip

# Of those who reached the step before, how many go on, and how many days later at least and at most.
PATH = {
    "Client contacted": (0.985, 0, 3),
    "Client meeting booked": (0.88, 0, 6),
    "Client meeting had": (0.60, 2, 9),  # the leak
    "Referred to coach": (0.95, 0, 2),
    "Coach complimentary session done": (0.91, 2, 8),
    "First paid session": (0.84, 1, 12),
}
MONTHS = {"One month post-lead": 1, "Two months post-lead": 2, "Three months post-lead": 3,
          "Six months post-lead": 6, "12 months post-lead": 12}  # fmt: skip
STAYING = 0.968  # of paying clients, from one month to the next

FIRST_NAMES = """
Ada Aldo Alma Amir Anouk Aria Bela Bruno Carla Cleo Dario Dora Edda Elio Emre Enzo Fara Felix Gita
Gwen Hana Hugo Ilse Imani Ines Ivo Jana Juno Kofi Lara Leon Lina Luca Mara Milo Mina Nadia Nico Nils
Nora Olga Omar Otto Petra Quin Rafa Rosa Ruben Sana Saul Selma Silas Tara Theo Tilda Uma Vera Viggo
Wanda Yara Zeno
"""
FAMILY_NAMES = """
Abelmoor Almquist Aldergate Barrowby Belvane Birchholt Brandolf Calderwick Castellane Corvino
Dalebrook Darnwell Eastvale Elmsgard Fairbourne Falkmere Farrowdale Garland-Voss Glenhurst Greywater
Hallowell Harrowmont Hazelrigg Ironside Jorvane Kelderby Kestrelle Lakemoor Larkfield Lindqvane
Marlowick Merrowby Northam Oakhollow Orlandez Pellworm Pinewright Quillford Ravensgate Redmere
Rosenwall Sandoval-Reed Silverthorn Stonelake Tamarind Thornbury Umberland Valcourt Vandermoor
Westerby Whitlocke Wolfsgard Yarrowby Zellmere
"""
COACHES = ("Marta Reyes", "Jonas Lind", "Priya Nandan", "Tom Okoro")
HEARD = {"Friend": "Referral", "Instagram": "Ads", "Google": "Website form", "Walked past": "Walk-in",
         "Flyer": "Walk-in", "Facebook": "Ads"}  # fmt: skip
EARLY_REASONS = ("No reply", "Price", "No time", "Joined another gym", "Too far away")
LATE_REASONS = ("Moved away", "Injury", "Price", "No time", "Joined another gym", "Goal reached")

Row = dict[str, Any]


def month_after(day: dt.date, months: int) -> dt.date:
    """The same day some months later, at most the month's last."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return dt.date(year, month + 1, last)
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")


def happen(draw: random.Random, lead: dt.date) -> tuple[dict[str, dt.date], dt.date | None]:
    """What one lead really does: the day of each step, and the day of leaving (None: still there)."""
    days: dict[str, dt.date] = {}
    now = lead
    for step, (chance, least, most) in PATH.items():
        if draw.random() > chance:
            return days, now + dt.timedelta(days=draw.randint(20, 70))
        now += dt.timedelta(days=draw.randint(least, most))
        days[step] = now
    stayed = 0
    while stayed < 24 and draw.random() < STAYING - (0.05 if stayed == 0 else 0):
        stayed += 1
    left = month_after(now, stayed) + dt.timedelta(days=draw.randint(3, 24))
    days |= {
        step: month_after(lead, months) for step, months in MONTHS.items() if month_after(lead, months) < left
    }
    return days, left


def keep(draw: random.Random, name: str, lead: dt.date) -> Row:
    """The same as the owner keeps it: a `1` for most that happened, a reason for most who left."""
    days, left = happen(draw, lead)
    heard = draw.choices(list(HEARD), (30, 26, 18, 10, 6, 10))[0]
    row: Row = {"Client name": name, "Date of lead": lead, "How did you hear about us?": heard,
                "Source of lead": HEARD[heard]}  # fmt: skip
    for step, day in days.items():
        asked = day + dt.timedelta(days=draw.randint(0, 3)) if step in MONTHS else day
        if asked < TODAY and not (step in MONTHS and draw.random() < 0.03):  # now and then nobody asks
            row[step] = 1
    if "Referred to coach" in row:
        row["Name of coach"] = draw.choices(COACHES, (34, 30, 22, 14))[0]
    paid = "First paid session" in days
    if (
        left and left < TODAY and draw.random() < (0.94 if paid else 0.55)
    ):  # half of early losses go unrecorded
        row["Reason for discontinue"] = draw.choice(LATE_REASONS if paid else EARLY_REASONS)
        row["When left journey"] = left
    return row


def leads(draw: random.Random) -> list[dt.date]:
    """Days of leads over 18 months: more in January and September; the last one yesterday."""
    weight = {1: 1.9, 2: 1.3, 7: 0.7, 8: 0.6, 9: 1.6, 12: 0.7}
    days = [FIRST + dt.timedelta(days=n) for n in range((TODAY - FIRST).days - 1)]
    drawn = draw.choices(days, [weight.get(day.month, 1.0) for day in days], k=LEADS - 1)
    return [*sorted(drawn), TODAY - dt.timedelta(days=1)]


def rows() -> list[Row]:
    """Every row of the sheet below its header, before the mess."""
    draw = random.Random(SEED)
    names = draw.sample(
        [f"{first} {family}" for first in FIRST_NAMES.split() for family in FAMILY_NAMES.split()], LEADS
    )
    return [keep(draw, name, day) for name, day in zip(names, leads(draw), strict=True)]


# --- what hands do to a sheet ----------------------------------------------------------------------------


def spoil(table: list[Row]) -> None:
    """Put the slips of a year and a half into the rows, each once or twice; the last row stays as it is."""

    def find(start: int, *, has: tuple[str, ...] = (), lacks: tuple[str, ...] = ()) -> Row:
        """The first row from `start` on that has some cells and lacks others."""
        return next(r for r in table[start:] if all(k in r for k in has) and not any(k in r for k in lacks))

    left = ("Reason for discontinue", "When left journey")
    find(12, has=("Client contacted",))["Client contacted"] = "yes"
    find(23, has=("Client meeting had",))["Client meeting had"] = "x"
    find(37, has=("Referred to coach",))["Referred to coach"] = True
    find(48, has=("First paid session",))["First paid session"] = "1 "  # a number kept as text, with a space
    find(55, has=("Client meeting booked",), lacks=("Client meeting had", *left))["Client meeting had"] = (
        "booked"
    )
    row = find(66, has=("First paid session",))
    row["First paid session"] = row["Date of lead"] + dt.timedelta(days=19)  # the day instead of a mark
    row = find(150, has=("Client meeting booked",))
    row["Client meeting booked"] = row["Date of lead"] + dt.timedelta(days=2)
    del find(71, has=("First paid session", "Two months post-lead"))["Client meeting booked"]  # skipped
    del find(84, has=("Two months post-lead", "Three months post-lead"))["Two months post-lead"]
    del find(92, has=("First paid session", "One month post-lead"))["Client contacted"]
    find(97, has=("Name of coach",))["Name of coach"] = "Marta Reyes "
    find(101, has=("Name of coach",))["Name of coach"] = "jonas lind"
    del find(104, has=("Source of lead",))["Source of lead"]
    del find(109, has=("Client contacted",), lacks=("Client meeting had",))["Client name"]
    for start in (116, 127):  # dates typed as text; both days are over 12, so the order is plain
        row = next(r for r in table[start:] if r["Date of lead"].day > 12)
        row["Date of lead"] = row["Date of lead"].strftime("%d/%m/%Y")
    row = find(133, has=left, lacks=("First paid session",))
    row["When left journey"] = row["When left journey"].replace(year=2025)  # before the lead: a wrong year
    row = find(141, has=("Client contacted",), lacks=("First paid session", *left))
    row["Date of lead"] = row["Date of lead"].replace(year=2062)
    del find(20, has=left)["When left journey"]  # a reason without a date
    del find(60, has=left)["Reason for discontinue"]  # a date without a reason
    del find(158, has=("Client contacted",))["Date of lead"]
    for start, paint in ((30, "red"), (76, "red"), (112, "theme red")):  # gone: painted, and nothing typed
        row = find(start, has=("First paid session", *left))
        del row[left[0]], row[left[1]]
        row["painted"] = paint
    find(88, has=("First paid session",), lacks=left)["painted"] = "green"
    table.insert(125, dict(find(124, has=("Client contacted",), lacks=("Client meeting had",))))  # twice


# --- how it looks ----------------------------------------------------------------------------------------

LINE = Side(style="thin", color="FFD0D5DA")
PAINT = {
    "red": PatternFill("solid", fgColor="FFF4A6A0"),
    "theme red": PatternFill("solid", fgColor=Color(theme=5, tint=0.6)),
    "green": PatternFill("solid", fgColor="FFA9D9A0"),
}
WIDTHS = (25, 12, 16, 14, *[11] * 4, 14, *[13] * 2, *[10] * 5, 21, 12)


def write_clients(sheet: Worksheet, table: list[Row]) -> None:
    """The client tab: header, rows, and one empty line where the owner began a new year."""
    sheet.title = "Clients"
    sheet.append(HEADERS)
    new_year = next(i for i, row in enumerate(table) if _year(row) == 2026)
    for row in [*table[:new_year], {}, *table[new_year:]]:
        sheet.append([row.get(header) for header in HEADERS])
        if "painted" in row:
            for cell in sheet[sheet.max_row]:
                cell.fill = PAINT[row["painted"]]
    for line in sheet.iter_rows(min_row=1, max_row=sheet.max_row, max_col=len(HEADERS)):
        for cell in line:
            _dress(cell)


def _year(row: Row) -> int | None:
    day = row.get("Date of lead")
    return day.year if isinstance(day, dt.date) else None


def _dress(cell: Any) -> None:
    header = HEADERS[cell.column - 1]
    cell.border = Border(bottom=LINE, right=LINE)
    if cell.row == 1:
        cell.font = Font(name="Calibri", size=10, bold=True, color="FFFFFFFF")
        cell.fill = PatternFill("solid", fgColor="FF1F3A4D")
        cell.alignment = Alignment(wrap_text=True, vertical="center", horizontal="center")
        return
    cell.font = Font(name="Calibri", size=10)
    if header in ("Date of lead", "When left journey"):
        cell.number_format = "dd/mm/yyyy"
    if header in STEPS:
        cell.alignment = Alignment(horizontal="center")
        if isinstance(cell.value, dt.date):
            cell.number_format = "dd/mm/yy"


def furnish(sheet: Worksheet) -> None:
    """What the owner added over time: widths, frozen header, a list to choose from, a rule, a comment."""
    for number, width in enumerate(WIDTHS, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.row_dimensions[1].height = 44
    sheet.freeze_panes = "B2"
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sources = DataValidation(type="list", formula1='"Referral,Ads,Website form,Walk-in"', allow_blank=True)
    sources.add("D2:D600")
    sheet.add_data_validation(sources)
    waiting = FormulaRule(
        formula=['AND($B2<>"",$E2="",$Q2="",$R2="")'],
        fill=PatternFill("solid", bgColor="FFFFF2B3"), font=Font(bold=True),
    )  # fmt: skip
    sheet.conditional_formatting.add("A2:A600", waiting)  # the owner's own: call these people
    sheet["H1"].comment = Comment("Only once the coach has said yes!", "Owner", height=60, width=190)


def write_notes(sheet: Worksheet) -> None:
    """A second tab with what an owner jots down, and the gym's badge."""
    lines = (
        "Northgate Barbell Club", "", "How we keep this sheet",
        "A 1 in the cell when the client gets there. Yellow name = nobody has called yet.",
        "Marta: Mon/Wed/Fri. Jonas: mornings. Priya: weekends. Tom: from March.",
        "Autumn offer: three sessions for the price of two, until 31 October.",
        "Ask Tom about the two who wanted evenings.",
    )  # fmt: skip
    for number, text in enumerate(lines, start=2):
        sheet.cell(number, 2, text).font = Font(
            name="Calibri", size=18 if number == 2 else 11, bold=number in (2, 4)
        )
    sheet.column_dimensions["A"].width = 3
    sheet.column_dimensions["B"].width = 78
    sheet.sheet_view.showGridLines = False
    sheet.add_image(Image(badge()), "D2")


def badge() -> io.BytesIO:
    """A small picture: a dumbbell on a disc."""
    from PIL import Image as Picture
    from PIL import ImageDraw

    picture = Picture.new("RGB", (160, 160), "white")
    pen = ImageDraw.Draw(picture)
    pen.ellipse((4, 4, 156, 156), fill="#1f3a4d")
    pen.rectangle((40, 75, 120, 85), fill="white")
    for left in (34, 46, 106, 118):
        pen.rectangle(
            (left, 52 if left in (46, 106) else 60, left + 8, 108 if left in (46, 106) else 100),
            fill="#f2b84b",
        )
    out = io.BytesIO()
    picture.save(out, "PNG")
    out.seek(0)
    return out


def steady(data: bytes) -> bytes:
    """The same package with every date in it fixed, so that the same seed gives the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>2026-11-21T09:00:00Z", old.read(name))
            new.writestr(zipfile.ZipInfo(name, (2026, 11, 21, 0, 0, 0)), part, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def make(path: Path) -> None:
    """Write the workbook."""
    table = rows()
    spoil(table)
    book = Workbook()
    write_clients(book.worksheets[0], table)
    furnish(book.worksheets[0])
    write_notes(book.create_sheet("Notes"))
    book.properties.creator = "Northgate Barbell Club"
    book.properties.created = dt.datetime(2025, 5, 22, 9, 0)
    out = io.BytesIO()
    book.save(out)
    path.write_bytes(steady(out.getvalue()))


if __name__ == "__main__":
    make(Path(__file__).with_name("gym.xlsx"))
