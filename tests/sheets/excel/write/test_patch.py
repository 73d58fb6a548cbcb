import pytest
from lxml import etree

from funnel.errors import WriteError
from funnel.sheets.excel.write.cells import encode
from funnel.sheets.excel.write.patch import SheetPatch
from funnel.sheets.excel.write.rows import Edit

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
DECLARED = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def put(value: int, style: int = 0) -> Edit:
    return Edit(encode(value), lambda had, exists: style)


def run(sheet: str | bytes, patch: SheetPatch) -> str:
    data = sheet.encode() if isinstance(sheet, str) else sheet
    pieces = [data[:100], *(data[i : i + 7] for i in range(100, len(data), 7))]  # tags lie across pieces
    return patch.run(lambda: pieces, b"".join).decode()


def patch(*edits: tuple[int, int, Edit]) -> SheetPatch:
    made = SheetPatch("clients.xlsx, tab 'Clients',")
    for edit in edits:
        made.edit(*edit)
    return made


def test_all_other_bytes_are_unchanged() -> None:
    sheet = (
        f"<worksheet xmlns='{MAIN}' xmlns:mc='urn:mc' mc:Ignorable=\"\"><sheetPr /><dimension ref='B2:C3' />"
        "<cols><col min='1' max='2' width='9'/></cols><sheetData >\n<row r='2'><c r='B2'/></row>"
        "\n</sheetData>\n"
        "<mergeCells count='1'><mergeCell ref='B2:C2'/></mergeCells><extLst/>\n</worksheet>\n"
    )
    assert run(DECLARED + sheet, patch()) == DECLARED + sheet
    assert run(DECLARED + sheet, patch((9, 1, put(1)))) == DECLARED + sheet.replace(
        "ref='B2:C3' />", 'ref="A2:C9" />'
    ).replace("</sheetData>", '<row r="9"><c r="A9"><v>1</v></c></row></sheetData>')


@pytest.mark.parametrize("empty", ["<sheetData/>", "<sheetData></sheetData>", "<sheetData />"])
def test_a_sheet_without_rows(empty: str) -> None:
    sheet = f'<worksheet xmlns="{MAIN}">{empty}<pageMargins/></worksheet>'
    tag = "<sheetData >" if " />" in empty else "<sheetData>"
    assert run(sheet, patch((1, 1, put(1)))) == (
        f'{DECLARED}<worksheet xmlns="{MAIN}">{tag}<row r="1"><c r="A1"><v>1</v></c></row></sheetData>'
        "<pageMargins/></worksheet>"
    )


def test_the_elements_after_the_rows_keep_their_prefix() -> None:
    sheet = f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData/><x:pageMargins/></x:worksheet>'
    made = patch((1, 1, put(1)))

    def mark(root: etree._Element) -> None:
        assert [etree.QName(e).localname for e in root] == ["sheetData", "pageMargins"]
        root.append(root.makeelement(f"{{{MAIN}}}extLst"))

    made.tail_edits.append(mark)
    assert run(sheet, made) == (
        f'{DECLARED}<x:worksheet xmlns:x="{MAIN}"><x:sheetData><x:row r="1"><x:c r="A1"><x:v>1</x:v>'
        "</x:c></x:row>"
        "</x:sheetData><x:pageMargins/><x:extLst/></x:worksheet>"
    )


@pytest.mark.parametrize(
    "odd",
    ["<!-- <row r='1'/> --><c r='A1'/>", "<c r='A1'><v><![CDATA[1]]></v></c>", "<?pi <row ?><c r='A1'/>"],
)
def test_comments_and_other_markup_among_the_rows_are_removed(odd: str) -> None:
    sheet = f"<worksheet xmlns='{MAIN}'><sheetData><row r='1'>{odd}</row></sheetData></worksheet>"
    written = etree.fromstring(run(sheet, patch((1, 2, put(2)))).encode())
    assert [(c.get("r"), c.findtext("{*}v")) for c in written.iter("{*}c")] == [
        ("A1", "1" if "CDATA" in odd else None), ("B1", "2"),
    ]  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-16", "iso-8859-1"])
def test_other_encodings_become_utf8(encoding: str) -> None:
    cells = '<row r="1"><c r="A1" t="str"><v>Zoë</v></c></row>'
    declared = f"<?xml version='1.0' encoding='{encoding}'?>"
    sheet = f"{declared}<worksheet xmlns='{MAIN}'><sheetData>{cells}</sheetData></worksheet>"
    written = run(sheet.encode(encoding), patch((1, 2, put(2))))
    assert written.startswith(DECLARED)
    assert etree.fromstring(written.encode()).findtext(".//{*}v") == "Zoë"


def test_a_part_without_rows_element_raises() -> None:
    with pytest.raises(WriteError) as refused:
        run(f"<worksheet xmlns='{MAIN}'><pageMargins/></worksheet>", patch((1, 1, put(1))))
    assert str(refused.value) == (
        "clients.xlsx, tab 'Clients', has no rows element, so it is unchanged. Open the workbook in Excel, "
        "save it, and refresh again."
    )


def test_two_changes_of_a_cell_are_merged() -> None:
    painted = Edit(None, lambda had, exists: had + 10)
    sheet = f"<worksheet xmlns='{MAIN}'><sheetData><row r='1'><c r='A1' s='1'/></row></sheetData></worksheet>"
    assert '<c r="A1" s="15"><v>2</v></c>' in run(sheet, patch((1, 1, put(2, 5)), (1, 1, painted)))
    assert '<c r="A1" s="5"><v>2</v></c>' in run(sheet, patch((1, 1, painted), (1, 1, put(2, 5))))


def test_new_cells_get_the_style_of_their_column() -> None:
    painted = Edit(None, lambda had, exists: had + 10)
    sheet = (
        f"<worksheet xmlns='{MAIN}'><cols><col min='1' max='1' style='2'/><col min='2' max='9' "
        "width='3'/></cols>"
        "<sheetData/></worksheet>"
    )
    written = run(sheet, patch((1, 1, painted), (1, 2, painted)))
    assert '<row r="1"><c r="A1" s="12"/><c r="B1" s="10"/></row>' in written


def test_an_invalid_dimension_is_unchanged() -> None:
    for reference in ("", "A", "A1:"):
        sheet = f"<worksheet xmlns='{MAIN}'><dimension ref='{reference}'/><sheetData/></worksheet>"
        assert f"<dimension ref='{reference}'/>" in run(sheet, patch((1, 1, put(1)))) or reference == "A1:"
