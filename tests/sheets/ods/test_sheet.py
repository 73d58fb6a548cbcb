"""Read OpenDocument spreadsheets: small ones in this file, and one from LibreOffice."""

# ruff: noqa: E501  (sentences and XML are read more easily uncut)

import datetime as dt
import io
import re
import zipfile

import openpyxl
import pytest
from openpyxl.styles import Font, PatternFill
from openpyxl.worksheet.datavalidation import DataValidation

import funnel
from funnel.errors import ReadError, WriteError
from funnel.grid import Area, CellError, Dropdown
from funnel.plan import Plan
from funnel.sheets import open_sheet
from funnel.sheets.ods.sheet import OdsSheet

NAMES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{long}:1.0"'
    for name, long in [("office", "office"), ("table", "table"), ("text", "text"), ("style", "style"),
                       ("fo", "xsl-fo-compatible")]
)  # fmt: skip

ONE = 'office:value-type="float" office:value="1"'
TWICE = ONE + ' table:number-columns-repeated="2"'
SPANNED = ONE + ' table:number-columns-spanned="2"'
RED = ONE + ' table:style-name="red"'


def ods(
    rows: str, styles: str = "", attributes: str = "", extra: dict[str, str] | None = None,
    before: str = "", after: str = "",
) -> bytes:  # fmt: skip
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet", zipfile.ZIP_STORED)
        for name, data in (extra or {}).items():
            archive.writestr(name, data)
        archive.writestr(
            "content.xml",
            f"<office:document-content {NAMES}><office:automatic-styles>{styles}</office:automatic-styles>"
            f'<office:body><office:spreadsheet>{before}<table:table table:name="Leads" {attributes}>{rows}</table:table>'
            f"{after}</office:spreadsheet></office:body></office:document-content>",
        )
    return buffer.getvalue()


def cell(attributes: str, text: str = "") -> str:
    return f"<table:table-cell {attributes}>{text}</table:table-cell>"


def read(rows: str, **options: str):
    return OdsSheet("leads.ods", ods(rows, **options)).read("Leads")


def test_values_of_every_type():
    row = "".join([
        cell('office:value-type="string"', "<text:p>Ana<text:s text:c='2'/>B</text:p>\n <text:p>two</text:p>"),
        cell('office:value-type="float" office:value="1"', "<text:p>1</text:p>"),
        cell('office:value-type="percentage" office:value="0.25"'),
        cell('office:value-type="currency" office:value="99.5"'),
        cell('office:value-type="boolean" office:boolean-value="true"'),
        cell('office:value-type="date" office:date-value="2026-06-01"'),
        cell('office:value-type="date" office:date-value="2026-06-01T12:30:00"'),
        cell('office:value-type="time" office:time-value="PT18H30M00S"'),
        cell('table:formula="of:=NA()" office:value-type="string" office:string-value=""', "<text:p>#N/A</text:p>"),
        cell('office:value-type="string"', "<office:annotation><text:p>a note</text:p></office:annotation>"
                                           "<text:p><text:span>rich</text:span></text:p>"),
    ])  # fmt: skip
    assert read(f"<table:table-row>{row}</table:table-row>").row(1) == [
        "Ana  B\ntwo", 1, 0.25, 99.5, True, dt.date(2026, 6, 1), dt.datetime(2026, 6, 1, 12, 30), dt.time(18, 30),
        CellError("#N/A"), "rich",
    ]  # fmt: skip


def test_repeats_and_covered_cells():
    grid = read(
        f'<table:table-row table:number-rows-repeated="2">{cell(TWICE)}'
        '</table:table-row><table:table-row table:number-rows-repeated="3"><table:table-cell/></table:table-row>'
        f"<table:table-row>{cell('')}{cell(SPANNED)}<table:covered-table-cell/>"
        f"{cell(ONE)}</table:table-row>"
        '<table:table-row table:number-rows-repeated="1048570">'
        '<table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
    )
    assert grid.values == [
        [1, 1, None, None, None, None],
        [1, 1, None, None, None, 1],
        [None] * 6,
        [None] * 5 + [1],
    ]
    assert grid.merges == (Area.parse("B6:C6"),)


def test_fills_of_cells_columns_and_parent_styles():
    styles = (
        '<style:style style:name="red" style:family="table-cell"><style:table-cell-properties '
        'fo:background-color="#ffc7ce"/></style:style><style:style style:name="bold" style:family="table-cell" '
        'style:parent-style-name="red"><style:text-properties fo:font-weight="bold"/></style:style>'
        '<style:style style:name="hide" style:family="table"><style:table-properties table:display="false"/>'
        "</style:style>"
    )
    grid = read(
        '<table:table-column/><table:table-column table:default-cell-style-name="bold"/>'
        f"<table:table-row>{cell(ONE)}{cell(ONE)}{cell(RED)}</table:table-row>",
        styles=styles,
        attributes='table:style-name="hide" table:protected="true"',
    )
    assert [(grid.style(1, c).fill, grid.style(1, c).bold) for c in (1, 2, 3)] == [
        (None, False), ("FFC7CE", True), ("FFC7CE", False),
    ]  # fmt: skip
    assert (grid.hidden, grid.protected) == (True, True)


@pytest.mark.parametrize(
    "rows",
    [
        '<table:table-row table:number-rows-repeated="1000000000"><table:table-cell office:value-type="float" '
        'office:value="1"/></table:table-row>',
        '<table:table-row table:number-rows-repeated="1000000"><table:table-cell office:value-type="float" '
        'office:value="1" table:number-columns-repeated="16384"/></table:table-row>',
        '<table:table-row><table:table-cell office:value-type="float" office:value="1" '
        'table:number-columns-repeated="999999999"/></table:table-row>',
    ],
)
def test_repeats_beyond_the_end_of_a_sheet(rows):
    with pytest.raises(ReadError) as caught:
        read(rows)
    assert re.fullmatch(
        r"leads\.ods, tab 'Leads', has a cell or row near row [\d,]+ that is repeated beyond the end of a "
        r"sheet\. Delete the cells far from the clients, save, and try again\.",
        str(caught.value),
    )


def test_errors():
    with pytest.raises(ReadError, match="contains a document type"):
        OdsSheet("leads.ods", ods("", extra={"styles.xml": "<!DOCTYPE a><a/>"})).tabs()
    with pytest.raises(ReadError) as caught:
        OdsSheet(
            "leads.ods", ods("", extra={"META-INF/manifest.xml": "<m:encryption-data xmlns:m='urn:m'/>"})
        )
    assert str(caught.value) == (
        "leads.ods is protected with a password, so it cannot be read. Open it in LibreOffice, save it without a "
        "password, and try again."
    )
    with pytest.raises(WriteError) as refused:
        OdsSheet("leads.ods", ods("")).apply(Plan("leads.ods"))
    assert str(refused.value) == (
        "leads.ods is an OpenDocument file, which funnel reads but does not write. Write into a workbook: funnel "
        "refresh leads.ods -o leads.xlsx. To keep a log of moves in a file beside it: funnel log leads.ods "
        "--update"
    )


@pytest.mark.office
def test_what_libreoffice_writes(tmp_path, office_convert):
    """A workbook converted to .ods by LibreOffice gives the same Grid."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Leads"
    sheet.append(["Client", "Lead", "Paid", "Months", "Value"])
    for number in range(2, 30):
        sheet.append([f"Ana  {number}\nX", dt.date(2026, 1, number), number % 3 == 0, None, number / 4])
        sheet.cell(number, 4, f'=IF(C{number};1;"a;b")'.replace(";", ",", 2))
    for cell_ in sheet[5]:
        cell_.fill = PatternFill("solid", fgColor="FFC7CE")
        cell_.font = Font(bold=True)
    sheet.merge_cells("A31:C31")
    book.save(tmp_path / "leads.xlsx")
    ours = open_sheet(office_convert(tmp_path / "leads.xlsx", "ods", tmp_path / "out")).read("Leads")
    theirs = open_sheet(office_convert(tmp_path / "leads.xlsx", "xlsx", tmp_path / "out")).read("Leads")
    assert ours.values == theirs.values
    assert dict(ours.formulas) == dict(theirs.formulas)
    assert ours.merges == theirs.merges
    fills = [[grid.style(r, c).fill for r in range(1, 30) for c in range(1, 6)] for grid in (ours, theirs)]
    assert fills[0] == fills[1]
    assert ours.style(5, 2).fill == "FFC7CE"


CHOICE = 'office:value-type="string" office:string-value="Warm" table:content-validation-name="{}"'


def test_dropdowns_of_typed_lists_ranges_and_names():
    """The options or cells of each list; cells without a value have it too, and other checks are none."""
    checks = "".join(
        f'<table:content-validation table:name="{name}" table:condition="{condition}"/>'
        for name, condition in [
            ("val1", "of:cell-content-is-in-list(&quot;Warm&quot;;&quot;A &quot;&quot;B&quot;&quot;&quot;)"),
            ("val2", "of:cell-content-is-in-list([$'My lists'.$A$2:.$A$7])"),
            ("val3", "of:cell-content-is-in-list(Stages)"),
            ("val4", "of:cell-content-is-whole-number() and cell-content()&gt;0"),
        ]
    )
    first = "".join(cell(CHOICE.format(name)) for name in ("val1", "val2", "val3", "val4"))
    rest = '<table:table-cell table:content-validation-name="val1"/>'
    rows = (
        f"<table:table-row>{first}</table:table-row>"
        f'<table:table-row table:number-rows-repeated="90">{rest}</table:table-row>'
    )
    names = (
        '<table:named-expressions><table:named-range table:name="stages" '
        'table:cell-range-address="$Lists.$B$1:.$B$4"/></table:named-expressions>'
    )
    grid = read(rows, before=f"<table:content-validations>{checks}</table:content-validations>", after=names)
    assert grid.dropdowns == (
        Dropdown((Area.parse("A1:A91"),), ("Warm", 'A "B"')),
        Dropdown((Area.parse("B1"),), reference="='My lists'!$A$2:$A$7"),
        Dropdown((Area.parse("C1"),), reference="=Lists!$B$1:$B$4"),
    )


@pytest.mark.office
def test_the_dropdown_of_a_workbook_saved_by_libreoffice_orders_the_stages(tmp_path, office_convert):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Name", "Created", "Status"])
    for number in range(30):
        sheet.append(
            [f"Client {number}", dt.date(2026, 1, number + 1), ("Warm", "Hot", "Signed")[number % 3]]
        )
    lists = book.create_sheet("Lists")
    for text in ("Warm", "Hot", "Proposal sent", "Signed"):
        lists.append([text])
    offered = DataValidation(type="list", formula1="Lists!$A$1:$A$4")
    offered.add("C2:C200")
    sheet.add_data_validation(offered)
    book.save(tmp_path / "deals.xlsx")
    reading = funnel.read(office_convert(tmp_path / "deals.xlsx", "ods", tmp_path / "out"))
    assert [(stage.stage, stage.order_from) for stage in reading.stages] == [
        ("Warm", "dropdown"), ("Hot", "dropdown"), ("Proposal sent", "dropdown"), ("Signed", "dropdown"),
    ]  # fmt: skip
