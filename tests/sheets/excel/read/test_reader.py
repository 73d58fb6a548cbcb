"""Read tabs as Grids. Each test compares the fast reader with the XML parser (see `read`)."""

# ruff: noqa: E501  (XML is read more easily uncut)

import datetime as dt

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.cell import MergedCell

from funnel.errors import ReadError
from funnel.grid import Area, CellError, ChartSeen, RuleSeen, Style
from funnel.sheets.excel.package.parts import Package
from funnel.sheets.excel.read.reader import Reader

STYLES = (
    '<numFmts><numFmt numFmtId="164" formatCode="dd/mm/yyyy"/></numFmts>'
    '<fonts><font/><font><b/></font></fonts>'
    '<fills><fill><patternFill/></fill><fill><patternFill patternType="gray125"/></fill>'
    '<fill><patternFill patternType="solid"><fgColor rgb="FFC6EFCE"/></patternFill></fill></fills>'
    '<cellXfs><xf numFmtId="0" fontId="0" fillId="0"/><xf numFmtId="164" fontId="0" fillId="0"/>'
    '<xf numFmtId="0" fontId="1" fillId="2"/><xf numFmtId="20"/></cellXfs>'
)  # fmt: skip


def row(number: int, *cells: str) -> str:
    return f'<row r="{number}">{"".join(cells)}</row>'


def test_values_of_every_type(read):
    grid = read(
        row(1, '<c r="A1" t="s"><v>0</v></c>', '<c r="B1" t="str"><v>a&amp;b</v></c>',
            '<c r="C1" t="inlineStr"><is><t>in &lt;line&gt;</t></is></c>', '<c r="D1" t="b"><v>1</v></c>',
            '<c r="E1" t="e"><v>#N/A</v></c>', '<c r="F1"><v>1.0</v></c>', '<c r="G1"><v>-2.5E-3</v></c>',
            '<c r="H1" t="d"><v>2026-06-01T00:00:00</v></c>', '<c r="I1" t="n"><v> 7 </v></c>',
            '<c r="J1"><v>123456789012345678</v></c>'),
        strings=["<t>Ana</t>"],
    )  # fmt: skip
    assert grid.row(1) == [
        "Ana", "a&b", "in <line>", True, CellError("#N/A"), 1, -0.0025, dt.date(2026, 6, 1), 7,
        123456789012345678,
    ]  # fmt: skip
    assert type(grid[1, 6]) is int


def test_texts_are_those_on_screen(read):
    grid = read(
        row(1, *(f'<c r="{"ABCDEF"[i]}1" t="s"><v>{i}</v></c>' for i in range(6)),
            '<c r="G1" t="inlineStr"><is><r><t>A</t></r><r><t>na</t></r><rPh sb="0" eb="1"><t>x</t></rPh></is></c>'),
        strings=["<r><rPr><b/></rPr><t>A</t></r><r><t xml:space='preserve'> na</t></r>",
                 "<t>kanji</t><rPh sb='0' eb='1'><t>reading</t></rPh><phoneticPr fontId='1'/>",
                 '<t xml:space="preserve"> padded </t>', "<t>a_x000D_\nb_x005F_x000D_</t>", "<t/>",
                 "<t><![CDATA[<raw> & ]]>&#8364;</t>"],
    )  # fmt: skip
    assert grid.row(1) == ["A na", "kanji", " padded ", "a\r\nb_x000D_", None, "<raw> & €", "Ana"]


def test_blank_strings_are_blank_cells(read):
    grid = read(row(1, '<c r="A1"><v>1</v></c>', '<c r="B1" t="str"><v></v></c>', '<c r="C1" t="s"><v/></c>'))
    assert grid.values == [[1]]


def test_a_formula_without_a_value_differs_from_one_with_an_empty_text(read):
    grid = read(
        row(1, '<c r="A1"><v>1</v></c>', '<c r="B1"><f>A1</f></c>', '<c r="C1" t="str"><f>""</f><v></v></c>',
            '<c r="D1"><f>A1</f><v></v></c>', '<c r="E1"><f>A1</f><v/></c>', '<c r="F1"><f>A1</f><v>1</v></c>',
            '<c r="G1"><f t="shared" ref="G1:H1" si="0">A1</f><v></v></c>', '<c r="H1"><f t="shared" si="0"/></c>')
    )  # fmt: skip
    assert grid.uncalculated == {(1, 2), (1, 4), (1, 5), (1, 7), (1, 8)}


def test_dates_in_both_systems(read):
    cells = row(1, '<c r="A1" s="1"><v>45000</v></c>', '<c r="B1" s="1"><v>45000.5</v></c>',
                '<c r="C1" s="3"><v>0.75</v></c>', '<c r="D1" s="1"><v>0</v></c>', '<c r="E1" s="1"><v>-1</v></c>',
                '<c r="F1" s="1" t="str"><v>45000</v></c>')  # fmt: skip
    grid = read(cells, styles=STYLES)
    assert grid.row(1) == [
        dt.date(2023, 3, 15), dt.datetime(2023, 3, 15, 12), dt.time(18), 0, -1, "45000",
    ]  # fmt: skip
    grid = read(cells, styles=STYLES, properties='<workbookPr date1904="true"/>')
    assert grid[1, 1] == dt.date(2027, 3, 16)
    assert grid.notes == ("dates count from 1904",)


def test_formulas_plain_shared_and_array(read):
    grid = read(
        row(1, '<c r="A1"><f>SUM(B1:B3)</f><v>6</v></c>', '<c r="B1"><f t="shared" ref="B1:B3" si="0">C1*2</f><v>2</v></c>',
            '<c r="C1"><v>1</v></c>')
        + row(2, '<c r="A2" t="str"><f>IF(C2&gt;1,"&amp;","")</f><v/></c>',
              '<c r="B2"><f t="shared" si="0"/><v>4</v></c>', '<c r="C2"><v>2</v></c>')
        + row(3, '<c r="A3" t="e"><f t="array" ref="A3:A4">B1/0</f><v>#DIV/0!</v></c>',
              '<c r="B3"><f t="shared" si="0"/></c>', '<c r="C3"><f t="dataTable" ref="C3" r1="A1"/><v>3</v></c>')
        + row(9, '<c r="D9"><f>TODAY()</f></c>'),
    )  # fmt: skip
    assert dict(grid.formulas) == {
        (1, 1): "=SUM(B1:B3)", (1, 2): "=C1*2", (2, 1): '=IF(C2>1,"&","")', (2, 2): "=C2*2",
        (3, 1): "=B1/0", (3, 2): "=C3*2", (9, 4): "=TODAY()",
    }  # fmt: skip
    assert grid.values[0][:3] == [6, None, CellError("#DIV/0!")]
    assert (grid.height, grid.width) == (9, 4)  # a formula counts, even where its value is blank


def test_styles_of_cells_rows_and_columns(read):
    grid = read(
        '<row r="1" s="2" customFormat="1"><c r="A1" s="0"><v>1</v></c><c r="C1" s="1"><v>1</v></c></row>'
        '<row r="2" s="2"><c r="A2"><v>1</v></c></row>'
        '<row r="3"><c r="B3" s="2"/></row><row r="4" s="2" customFormat="1"/>'
        '<row r="5"><c r="A5" s="2"><v>1</v></c><c r="B5"><v>1</v></c></row><row r="6" s="2" customFormat="1"/>',
        before='<cols><col min="2" max="3" style="1"/></cols>',
        styles=STYLES,
    )  # fmt: skip
    green, date, plain = Style("C6EFCE", None, True), Style(None, "dd/mm/yyyy"), Style()
    assert [[grid.style(r, c) for c in (1, 2, 3)] for r in range(1, 6)] == [
        [plain, green, date],  # a cell's own style goes before its row's, that before its column's
        [plain, date, date],
        [plain, green, date],
        [green, green, green],
        [green, plain, date],
    ]
    assert grid.height == 5


def test_fills_of_a_column_whose_first_value_is_late(read):
    rows = "".join(row(n, f'<c r="A{n}"><v>1</v></c>', f'<c r="B{n}" s="2"/>') for n in range(1, 400))
    grid = read(rows + row(400, '<c r="B400"><v>5</v></c>'), styles=STYLES)
    assert grid.values[1] == [None] * 399 + [5]
    assert {grid.style(n, 2).fill for n in range(1, 400)} == {"C6EFCE"}


def test_trailing_formatted_rows_are_dropped(read):
    blank = "".join(row(n, f'<c r="A{n}" s="2"/>') for n in range(3, 2000))
    grid = read(row(1, '<c r="A1"><v>1</v></c>') + blank, styles=STYLES)
    assert (grid.height, grid.width) == (1, 1)
    grid = read(
        row(1, '<c r="A1"><v>1</v></c>') + blank + row(2001, '<c r="A2001"><v>1</v></c>'), styles=STYLES
    )
    assert grid.height == 2001
    assert [grid.style(n, 1).fill for n in (2, 3, 1999, 2000)] == [None, "C6EFCE", "C6EFCE", None]


def test_numbers_that_look_like_row_numbers(read):
    """Blank rows are compared without the row's number: style 26 in row 6 must not become style 2."""
    xfs = "".join(f'<xf fillId="{2 if style == 26 else 0}"/>' for style in range(30))
    styles = STYLES.partition("<cellXfs>")[0] + f"<cellXfs>{xfs}</cellXfs>"
    rows = row(5, '<c r="A5" s="2"/>') + row(6, '<c r="A6" s="26"/>') + row(7, '<c r="A7" s="2"/>')
    grid = read(rows + row(9, '<c r="A9"><v>1</v></c>'), styles=styles)
    assert [grid.style(number, 1).fill for number in (5, 6, 7, 8)] == [None, "C6EFCE", None, None]


@pytest.mark.parametrize(
    "rows",
    [
        '<row><c><v>1</v></c><c t="str"><v>b</v></c></row><row><c r="B2"><v>2</v></c></row>',
        '<row spans="1:2" r="1"><c s="0" r="A1"><v>1</v></c><c t="str" r="B1"><v>b</v></c></row>'
        '<row r="2"><c r="B2"><v>2</v></c></row>',
        "<row r='1'><c r='A1'><v>1</v></c><c r='B1' t='str'><v>b</v></c></row><row r='2'><c r='B2'><v>2</v></c></row>",
        '\n <row r="1">\n  <c r="A1">\n   <v>1</v>\n  </c>\n  <c r="B1" t="str"><v>b</v></c>\n </row>\n'
        ' <row r="2"><!-- a <row r="7"> --><c r="B2"><v>2</v></c></row>\n',
        '<row r="1"><c r="a1"><v>1</v></c><c r="$B$1" t="str"><v><![CDATA[b]]></v></c></row>'
        '<row r="1"><c r="B2"><v>2</v></c></row>',
        '<row r="2"><c r="B2"><v>2</v></c></row><row r="1"><c r="B1" t="str"><v>b</v></c><c r="A1"><v>1</v></c></row>',
        '<row r="1"><c r="A1"><v>1</v><extLst><ext><v>9</v></ext></extLst></c><c r="B1" t="str"><v>b</v></c></row>'
        '<row r="2"><c r="B2"><v>2</v></c></row>',
        '<row r="1" x="&gt;"><c r="A1" vm="1" cm="1"><v >1</v></c ><c r="B1" t="str" ><v>b</v></c></row >'
        '<row r="2"><c r="B2"><v>2</v></c></row>',
    ],
    ids=["no addresses", "order", "quotes", "pretty", "cdata", "unsorted", "extension", "spaces"],
)  # fmt: skip
def test_equivalent_xml_gives_the_same_rows(read, rows):
    assert read(rows).values == [[1, None], ["b", 2]]


def test_prefixes_alternate_content_and_encodings(read):
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    compat = "http://schemas.openxmlformats.org/markup-compatibility/2006"
    sheet = (
        f'<?xml version="1.0" encoding="{{}}"?><x:worksheet xmlns:x="{main}" xmlns:mc="{compat}"><x:sheetData>'
        '<x:row r="1"><x:c r="A1"><x:v>1</x:v></x:c><mc:AlternateContent><mc:Choice Requires="z"><x:c r="B1"><x:v>9'
        '</x:v></x:c></mc:Choice><mc:Fallback><x:c r="B1" t="str"><x:v>é</x:v></x:c></mc:Fallback>'
        "</mc:AlternateContent></x:row></x:sheetData></x:worksheet>"
    )
    for encoding in ("UTF-8", "UTF-16", "ISO-8859-1", "windows-1252"):
        assert read(sheet=sheet.format(encoding).encode(encoding)).values == [[1], ["é"]]
    one = row(1, '<c r="A1"><v>1</v></c>')
    plain = f'<worksheet xmlns="{main}"><sheetData>{one}</sheetData></worksheet>'
    assert read(sheet=b"\xef\xbb\xbf" + plain.encode()).values == [[1]]
    assert read(sheet=f'<worksheet xmlns="{main}"><sheetData/></worksheet>').values == []
    assert read(sheet=f'<worksheet xmlns="{main}"/>').values == []


def test_features_before_and_after_the_rows(read):
    name = "<definedName name="
    link = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    drawing = "<a xmlns:x='urn:x'><x:cNvPr name='funnel:drop-off:1a2b3c4d'/><x:cNvPr name='funnel:retention:ab12 1'/><x:cNvPr name='Chart 2'/></a>"
    grid = read(
        row(1, '<c r="A1"><v>1</v></c>'),
        before='<sheetPr/>',
        after='<sheetProtection sheet="1"/><autoFilter ref="A1:C9"/><mergeCells><mergeCell ref="A1:B2"/></mergeCells>'
        '<conditionalFormatting sqref="A2:C9 E2"><cfRule type="expression" priority="1"><formula>'
        '($A2=1)+N("funnel:red")</formula></cfRule><cfRule type="duplicateValues" priority="2"/>'
        "</conditionalFormatting>",
        names=f'<definedNames>{name}"_funnel_totals" hidden="1">Leads!$A$5:$C$7</definedName>'
        f'{name}"_funnel_log" hidden="1">Elsewhere!$A$1</definedName>{name}"_funnel_history">Leads!#REF!</definedName>'
        f'{name}"_xlnm.Print_Area" localSheetId="0">Leads!$A$1:$B$4,Leads!$D:$D</definedName></definedNames>',
        extra={
            "xl/worksheets/_rels/sheet1.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/'
            f'relationships"><Relationship Id="a" Type="{link}/table" Target="../tables/t.xml"/>'
            f'<Relationship Id="b" Type="{link}/drawing" Target="/xl/drawings/d.xml"/></Relationships>',
            "xl/tables/t.xml": '<table ref="A1:C4"/>',
            "xl/drawings/d.xml": drawing,
        },
    )  # fmt: skip
    assert grid.merges == (Area.parse("A1:B2"),)
    assert grid.filtered == Area.parse("A1:C9")
    assert grid.tables == (Area.parse("A1:C4"),)
    assert grid.protected
    assert grid.print_area == Area(1, 1, 1_048_576, 4)
    assert grid.anchors == {"totals": Area.parse("A5:C7")}
    assert grid.charts == (ChartSeen("drop-off", "1a2b3c4d"), ChartSeen("retention", "ab12"))
    where = (Area.parse("A2:C9"), Area.parse("E2"))
    assert grid.rules == (RuleSeen(where, '=($A2=1)+N("funnel:red")', "red"), RuleSeen(where, "", None))


def test_a_preview_stops_early(read, book):
    rows = "".join(row(n, f'<c r="A{n}"><v>{n}</v></c>') for n in range(1, 20_000))
    grid = read(rows, limit=3)
    assert grid.values == [[1, 2, 3]]
    package = Package(book(rows + "<row r='bad'"), "clients.xlsx")  # not even looked at
    assert Reader(package).read(package.worksheets[0], 3).values == [[1, 2, 3]]


def test_damaged_rows_and_missing_texts(book):
    for rows, told in [
        ('<row r="1"><c r="A1"><v>1</c></row>', "is damaged"),
        (
            '<row r="1"><c r="A1" t="s"><v>3</v></c></row>',
            "refers to a missing text (number 3 of 0)",
        ),
    ]:
        package = Package(book(rows), "clients.xlsx")
        with pytest.raises(ReadError) as caught:
            Reader(package).read(package.worksheets[0])
        assert str(caught.value).startswith(f"clients.xlsx, tab 'Leads', {told}")


CELLS = st.sampled_from([
    "", '<c r="{}" s="2"/>', '<c r="{}"><v>1</v></c>', '<c r="{}" s="1"><v>45000</v></c>', '<c r="{}" t="s"><v>0</v></c>',
    '<c s="2" r="{}"><v>4</v></c>', '<c r="{}" t="b"><v>0</v></c>', '<c r="{}"><f>A1+1</f><v>2</v></c>',
    '<c r="{}" t="inlineStr"><is><r><t>x</t></r></is></c>', '<c r="{}"><!-- --><v>5</v></c>',
])  # fmt: skip


@settings(max_examples=150)
@given(
    st.lists(st.tuples(st.integers(1, 400), st.sampled_from(["", ' s="2" customFormat="1"']), st.lists(CELLS, max_size=5)),
             max_size=12, unique_by=lambda found: found[0]),
)  # fmt: skip
def test_both_ways_agree_on_any_rows(read, rows):
    read("".join(
        f'<row r="{number}"{style}>' + "".join(c.format(f"{'ABCDE'[i]}{number}") for i, c in enumerate(cells)) + "</row>"
        for number, style, cells in sorted(rows)
    ), styles=STYLES, strings=["<t>Ana</t>"])  # fmt: skip


def expected(value: object) -> object:
    """Convert a value of openpyxl to that of the Grid."""
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date()
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dt.timedelta):  # an elapsed time is a number of days
        return pytest.approx(value / dt.timedelta(days=1))
    return None if value == "" else value


def found(value: object) -> object:
    return value.code if isinstance(value, CellError) else value


@pytest.mark.corpus
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("each", "cells"), [(15, 2_000), pytest.param(3, 15_000, marks=pytest.mark.slow)])
def test_real_workbooks_read_as_openpyxl_reads_them(shared, each, cells):
    """Compare each 15th (CI: each third) real workbook: values, formulas, merges, tables, fills, bold."""
    compared = 0
    for path in sorted(shared("workbooks").glob("*.xls[xm]"))[::each]:
        try:
            values, formulas = openpyxl.load_workbook(path, data_only=True), openpyxl.load_workbook(path)
        except Exception:  # noqa: BLE001  (openpyxl cannot read it: nothing to compare)
            continue
        package = Package.open(path)
        for sheet in package.worksheets:
            if sheet.name not in values.sheetnames or values[sheet.name].max_row > 5000:
                continue
            grid = Reader(package).read(sheet)
            slow = Reader(package, slowly=True).read(sheet)
            assert (grid.values, dict(grid.formulas)) == (slow.values, dict(slow.formulas)), path.name
            compared += compare(values[sheet.name], formulas[sheet.name], grid, f"{path.name} {sheet.name}")
    assert compared > cells


def compare(values, formulas, grid, where: str) -> int:
    cells = [cell for cells in values.iter_rows() for cell in cells if not isinstance(cell, MergedCell)]
    for cell in cells:
        theirs, ours = expected(cell.value), found(grid[cell.row, cell.column])
        zero = isinstance(theirs, dt.time) and isinstance(ours, int | float)  # no day: stays a number
        escaped = isinstance(theirs, str) and "_x" in theirs  # which openpyxl leaves as they are
        assert zero or escaped or ours == theirs, (where, cell.coordinate)
        formula = formulas[cell.coordinate]
        if formula.data_type == "f" and isinstance(formula.value, str) and formula.value != "=":
            assert grid.formulas[cell.row, cell.column] == formula.value, (where, cell.coordinate)
        if cell.row <= grid.height and cell.column <= grid.width and cell.has_style:
            style = grid.style(cell.row, cell.column)
            color = cell.fill.fgColor
            assert style.bold == bool(cell.font.b), (where, cell.coordinate)
            if cell.fill.fill_type == "solid" and color.type == "rgb":
                assert style.fill == color.rgb[-6:].upper(), (where, cell.coordinate)
            assert (style.fill is None) <= (cell.fill.fill_type != "solid" or color.type != "rgb")
    assert {area.a1 for area in grid.merges} == {str(area) for area in values.merged_cells.ranges}, where
    assert sorted(area.a1 for area in grid.tables) == sorted(t.ref for t in values.tables.values()), where
    assert (grid.filtered.a1 if grid.filtered else None) == (values.auto_filter.ref or None), where
    assert grid.protected == bool(values.protection.sheet), where
    return len(cells)
