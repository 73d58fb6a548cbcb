"""Hostile workbooks that are so by their sheets, strings, styles, names, links and zip entries."""

# ruff: noqa: E501  (XML is read more easily uncut)

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Final

from benchmarks.safety.hostile_parts import MAIN, Entry, Part, Swollen, links, pack, sheet, workbook

MB: Final = 1 << 20
DIGITS: Final = "9" * 5000
_ROW: Final = '<row r="9"><c r="A9"><v>1</v></c></row>'
SHEETS: Final[dict[str, Callable[[], Part]]] = {
    "row number of 5,000 digits": lambda: sheet(f'<row r="{DIGITS}"><c><v>1</v></c></row>'),
    "row number, slow reader": lambda: sheet(f"<row r='{DIGITS}'><c><v>1</v></c></row>"),
    "row number not ASCII": lambda: sheet('<row r="²"><c r="A²"><v>1</v></c></row>'),
    "row number negative": lambda: sheet('<row r="-1"><c r="A-1"><v>1</v></c></row>'),
    "cell row of 5,000 digits": lambda: sheet(f'<row r="9"><c r="A{DIGITS}"><v>1</v></c></row>'),
    "column of 5,000 letters": lambda: sheet(f'<row r="9"><c r="{"Z" * 5000}9"><v>1</v></c></row>'),
    "value of 5,000 digits": lambda: sheet(f'<row r="9"><c r="A9"><v>{DIGITS}</v></c></row>'),
    "value of 9e999": lambda: sheet('<row r="9"><c r="B9"><v>9e999</v></c></row>'),
    "style of 5,000 digits": lambda: sheet(f'<row r="9"><c r="A9" s="{DIGITS}"><v>1</v></c></row>'),
    "row style of 5,000 digits": lambda: sheet(f'<row r="9" s="{DIGITS}" customFormat="1"/>'),
    "style out of the table": lambda: sheet('<row r="9"><c r="A9" s="4000000000"><v>1</v></c></row>'),
    "text number of 5,000 digits": lambda: sheet(f'<row r="9"><c r="A9" t="s"><v>{DIGITS}</v></c></row>'),
    "unknown cell type": lambda: sheet('<row r="9"><c r="A9" t="zzz"><v>1</v></c></row>'),
    "date of the year 99999": lambda: sheet('<row r="9"><c r="B9" t="d"><v>99999-01-01</v></c></row>'),
    "corner": lambda: sheet('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
    "stray cell in the last row": lambda: sheet('<row r="1048576"><c r="D1048576"><v>1</v></c></row>'),
    "stray cell in the last column": lambda: sheet('<row r="9"><c r="XFD9"><v>1</v></c></row>'),
    "a diagonal of 16,384 cells": lambda: sheet(
        "".join(f'<row r="{n * 60}"><c r="{_letters(n)}{n * 60}"><v>1</v></c></row>' for n in range(1, 16_384))
    ),
    "rows backwards": lambda: sheet("".join(f'<row r="{n}"><c r="A{n}"><v>1</v></c></row>'
                                            for n in range(30_000, 8, -1))),
    "the same row 300,000 times": lambda: Swollen(*_around(_ROW * 3000), 100, _end()),
    "the same cell a million times": lambda: Swollen(
        *_around('<c r="A9"><v>1</v></c>' * 10_000, '<row r="9">'), 100, b"</row>" + _end()),
    "a million empty rows with styles": lambda: Swollen(
        *_around('<row s="1" customFormat="1"/>' * 10_000), 100, _end()),
    "a column of 5,000 digits": lambda: sheet(before=f'<cols><col min="1" max="{DIGITS}" style="1"/></cols>'),
    "columns to 4 billion": lambda: sheet(before='<cols><col min="1" max="4000000000" style="1"/></cols>'),
    "100,000 column settings": lambda: sheet(
        before=f'<cols>{"<col min=" + chr(34) + "1" + chr(34) + " max=" + chr(34) + "16384" + chr(34)}'
               f' style="1"/>{"<col min=%s1%s max=%s16384%s style=%s1%s/>" % ((chr(34),) * 6) * 100_000}</cols>'),
    "merge of the sheet": lambda: sheet(after='<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'),
    "merge of 5,000 digits": lambda: sheet(after=f'<mergeCells><mergeCell ref="A1:A{DIGITS}"/></mergeCells>'),
    "merge backwards": lambda: sheet(after='<mergeCells><mergeCell ref="D9:A1"/></mergeCells>'),
    "100,000 merges": lambda: sheet(after="<mergeCells>" + "".join(
        f'<mergeCell ref="A{n}:B{n}"/>' for n in range(100_000)) + "</mergeCells>"),
    "100,000 equal large merges": lambda: sheet(
        after=f'<mergeCells>{"<mergeCell ref=%sA1:D1048576%s/>" % ((chr(34),) * 2) * 100_000}</mergeCells>'),
    "rule on 5,000 digits": lambda: sheet(
        after=f'<conditionalFormatting sqref="A{DIGITS}"><cfRule type="expression"><formula>1</formula></cfRule>'
              "</conditionalFormatting>"),
    "100,000 rules": lambda: sheet(after=(
        '<conditionalFormatting sqref="A1:XFD1048576"><cfRule type="expression" priority="1">'
        "<formula>A1</formula></cfRule></conditionalFormatting>") * 100_000),
    "areas of a rule, 500,000": lambda: sheet(
        after=f'<conditionalFormatting sqref="{"A1 " * 500_000}"><cfRule type="expression"><formula>1</formula>'
              "</cfRule></conditionalFormatting>"),
    "100,000 dropdowns": lambda: sheet(
        after=f'<dataValidations>{_LIST * 100_000}</dataValidations>'),
    "filter of 5,000 digits": lambda: sheet(after=f'<autoFilter ref="A1:D{DIGITS}"/>'),
    "formula of 200,000 brackets": lambda: sheet(
        f'<row r="9"><c r="A9"><f>{"(" * 200_000}</f><v>1</v></c></row>'),
    "formula of 100,000 quotes": lambda: sheet(
        f'<row r="9"><c r="A9"><f>{"&quot;" * 100_001}</f><v>1</v></c></row>'),
    "formula of 300,000 apostrophes": lambda: sheet(
        f'''<row r="9"><c r="A9"><f t="shared" ref="A9:A10" si="0">{"'" * 300_001}</f><v>1</v></c></row>'''),
    "formula of 300,000 open square brackets": lambda: sheet(
        f'<row r="9"><c r="A9"><f t="shared" ref="A9:A10" si="0">{"[" * 300_001}</f><v>1</v></c></row>'),
    "shared formula of a million cells": lambda: sheet(
        '<row r="9"><c r="A9"><f t="shared" ref="A9:A1048576" si="0">A1+B1</f><v>1</v></c></row>'),
    "shared formula, 100,000 cells of a long one": lambda: sheet(
        f'<row r="9"><c r="A9"><f t="shared" ref="A9:A99999" si="0">{"A1+" * 2000}1</f><v>1</v></c></row>'
        + "".join(f'<row r="{n}"><c r="A{n}"><f t="shared" si="0"/><v>1</v></c></row>' for n in range(10, 20_000))),
    "cell text of 16 MB": lambda: Swollen(
        *_around("a" * MB, '<row r="9"><c r="A9" t="inlineStr"><is><t>'), 15, b"</t></is></c></row>" + _end()),
    "row of 64 MB": lambda: Swollen(*_around("<c/>" * (MB // 4), '<row r="9">'), 70, b"</row>" + _end()),
    "no end of the rows": lambda: Swollen(*_around("<row/>" * 100_000), 40, b""),
    "two blocks of rows": lambda: sheet(after=f"<sheetData>{_ROW}</sheetData>"),
    "prefix of 100,000 letters": lambda: sheet().replace("<worksheet", f'<{"p" * 100_000}:worksheet xmlns:{"p" * 100_000}="{MAIN}"').replace("</worksheet", f'</{"p" * 100_000}:worksheet'),
}  # fmt: skip
_LIST: Final = '<dataValidation type="list" sqref="A1:A9"><formula1>"a,b"</formula1></dataValidation>'


def _letters(number: int) -> str:
    from funnel.grid import column_letter

    return column_letter(number)


def _around(block: str, before: str = "") -> tuple[bytes, bytes]:
    """Return what is before the block of a swollen sheet, and the block."""
    return sheet().partition("</sheetData>")[0].encode() + before.encode(), block.encode()


def _end() -> bytes:
    return b"</sheetData></worksheet>"


def _many_tabs(number: int) -> bytes:
    tabs = "".join(f'<sheet name="T{n}" sheetId="{n}" r:id="rId1"/>' for n in range(1, number + 1))
    book = f'<workbook xmlns="{MAIN}" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
    return pack(workbook(workbook=f"{book}<sheets>{tabs}</sheets></workbook>"))


def _styles(inner: str) -> bytes:
    return pack(workbook(styles=f'<styleSheet xmlns="{MAIN}">{inner}</styleSheet>'))


def _strings(inner: str, more: str = "") -> bytes:
    return pack(workbook(sharedStrings=f'<sst xmlns="{MAIN}"{more}>{inner}</sst>'))


def _named(inner: str) -> bytes:
    text = workbook()["xl/workbook.xml"]
    assert isinstance(text, str)
    return pack(workbook(workbook=text.replace("</workbook>", f"{inner}</workbook>")))


_NAME: Final = '<definedName name="_funnel_totals" hidden="1">{}</definedName>'
BOOKS: Final[dict[str, Callable[[], bytes]]] = {
    "5,000 tabs": lambda: _many_tabs(5000),
    "65,000 tabs": lambda: _many_tabs(65_000),
    "a million styles": lambda: pack(workbook(styles=Swollen(
        f'<styleSheet xmlns="{MAIN}"><cellXfs>'.encode(), b"<xf/>" * 10_000, 100, b"</cellXfs></styleSheet>"))),
    "300,000 fills": lambda: pack(workbook(styles=Swollen(
        f'<styleSheet xmlns="{MAIN}"><fills>'.encode(),
        b'<fill><patternFill patternType="solid"><fgColor rgb="FF00FF00"/></patternFill></fill>' * 3000, 100,
        b"</fills></styleSheet>"))),
    "style numbers of 5,000 digits": lambda: _styles(
        f'<cellXfs><xf numFmtId="{DIGITS}" fontId="{DIGITS}" fillId="{DIGITS}"/></cellXfs>'),
    "number format of 1 MB": lambda: _styles(
        f'<numFmts><numFmt numFmtId="200" formatCode="{"[" * MB}"/></numFmts><cellXfs><xf numFmtId="200"/></cellXfs>'),
    "number format of 1 MB of quotes": lambda: _styles(
        f'<numFmts><numFmt numFmtId="200" formatCode="{"&quot;" * 200_001}"/></numFmts>'
        '<cellXfs><xf numFmtId="200"/></cellXfs>'),
    "strings declared as 4 billion": lambda: _strings("<si><t>a</t></si>", ' uniqueCount="4294967295"'),
    "strings declared with 5,000 digits": lambda: _strings("<si><t>a</t></si>", f' uniqueCount="{DIGITS}"'),
    "references of 200,000 characters": lambda: _strings(f"<si><t>{'&#65;' * 200_000}</t></si>"),
    "character beyond Unicode": lambda: _strings("<si><t>&#x7FFFFFFF;&#xD800;&#0;</t></si>"),
    "escapes, 200,000": lambda: _strings(f"<si><t>{'_x0041_' * 200_000}</t></si>"),
    "rich text of 200,000 runs": lambda: _strings(f"<si>{'<r><t>a</t></r>' * 200_000}</si>"),
    "a million empty strings": lambda: pack(workbook(sharedStrings=Swollen(
        f'<sst xmlns="{MAIN}">'.encode(), b"<si><t/></si>" * 10_000, 100, b"</sst>"))),
    "anchor of 5,000 digits": lambda: _named(
        f"<definedNames>{_NAME.format(f'Leads!$A${DIGITS}')}</definedNames>"),
    "200,000 names": lambda: _named(f"<definedNames>{_NAME.format('Leads!$A$1') * 200_000}</definedNames>"),
    "name of a tab of 5,000 digits": lambda: _named(
        f'<definedNames><definedName name="a" localSheetId="{DIGITS}">Leads!$A$1</definedName></definedNames>'),
    "tab id of 5,000 digits": lambda: pack(workbook(workbook=(
        f'<workbook xmlns="{MAIN}" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
        f'<sheets><sheet name="Leads" sheetId="{DIGITS}" r:id="rId1"/></sheets></workbook>'))),
    "tab name of 1 MB": lambda: pack(workbook(workbook=(
        f'<workbook xmlns="{MAIN}" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
        f'<sheets><sheet name="{"a" * MB}" sheetId="1" r:id="rId1"/></sheets></workbook>'))),
    "two tabs of one name": lambda: pack(workbook(workbook=(
        f'<workbook xmlns="{MAIN}" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
        '<sheets><sheet name="Leads" sheetId="1" r:id="rId1"/><sheet name="leads" sheetId="1" r:id="rId5"/>'
        "</sheets></workbook>"))),
    "links in a circle": lambda: pack({**workbook(), "_rels/.rels": links(("officeDocument", "_rels/.rels"))}),
    "100,000 links": lambda: pack({**workbook(), "xl/_rels/workbook.xml.rels": links(
        *[("worksheet", "worksheets/sheet1.xml")] * 100_000)}),
    "link with 1 MB of ../": lambda: pack({**workbook(), "xl/_rels/workbook.xml.rels": links(
        ("worksheet", "../" * 350_000 + "xl/worksheets/sheet1.xml"))}),
    "link of 1 MB of percents": lambda: pack({**workbook(), "xl/_rels/workbook.xml.rels": links(
        ("worksheet", "%25" * 350_000))}),
    "outer link as the tab": lambda: pack({**workbook(), "xl/_rels/workbook.xml.rels": links(
        ("worksheet", "https://example.org/a.xml"))}),
    "100,000 parts": lambda: pack([(f"p{n}", b"") for n in range(100_000)]),
    "20,000 parts": lambda: pack({**workbook(), **{f"p{n}": b"" for n in range(20_000)}}),
    "9,000 parts more": lambda: pack({**workbook(), **{f"p{n}": b"" for n in range(9000)}}),
    "part twice": lambda: pack([*workbook().items(), ("XL/Workbook.xml", b"<x/>")]),
    "part name with ..": lambda: pack({**workbook(), "xl/../../etc/passwd": b"<x/>"}),
    "part name with a drive": lambda: pack({**workbook(), "C:\\Windows\\x": b"<x/>"}),
    "part name with a null": lambda: pack({**workbook(), "xl/\0a": b"<x/>"}),
    "part name of 60,000 letters": lambda: pack({**workbook(), "a" * 60_000: b"<x/>"}),
    "part name of control characters": lambda: pack({**workbook(), "\x1b[31m\u202e": b"<x/>"}),
    "comment of 65,535 bytes": lambda: pack(workbook(), b"PK\5\6" * 16_383),
    "bytes before the zip": lambda: os.urandom(MB) + pack(workbook()),
    "bytes after the zip": lambda: pack(workbook()) + os.urandom(70_000),
    "cut in the middle": lambda: pack(workbook())[:2000],
    "only the end of a zip": lambda: b"PK\5\6" + bytes(18),
    "zip in a zip": lambda: pack({"a.xlsx": Entry(pack(workbook()), method=0)}),
    "old workbook": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4000),
    "old workbook of 200 MB": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(200 * MB),
    "zeros, 200 MB": lambda: bytes(200 * MB),
    "web page": lambda: b"<!DOCTYPE html><html><body><table><tr><td>1</td></tr></table>" + b"a" * MB,
    "web page of 200 MB": lambda: b"<html>" + b"<p>" * (60 * MB),
    "PDF": lambda: b"%PDF-1.7\n" + bytes(1000),
    "JSON": lambda: b'{"a": ' * 100_000,
}  # fmt: skip
