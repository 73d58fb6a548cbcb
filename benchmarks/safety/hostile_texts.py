"""Hostile OpenDocument spreadsheets and text files."""

# ruff: noqa: E501  (XML is read more easily uncut)

from __future__ import annotations

import codecs
import os
from collections.abc import Callable
from typing import Final

from benchmarks.safety.hostile_parts import ODS_END, ODS_START, Part, ods, ods_cell

MB: Final = 1 << 20
DIGITS: Final = "9" * 5000


def _ods_row(cells: str, more: str = "") -> str:
    return f"<table:table-row{more}>{cells}</table:table-row>"


ODS: Final[dict[str, Callable[[], dict[str, Part]]]] = {
    "row repeated a million times": lambda: ods(
        rows=_ods_row(ods_cell("a"), ' table:number-rows-repeated="1000000"')),
    "row repeated 4 billion times": lambda: ods(
        rows=_ods_row(ods_cell("a"), ' table:number-rows-repeated="4000000000"')),
    "row repeated 5,000 digits": lambda: ods(
        rows=_ods_row(ods_cell("a"), f' table:number-rows-repeated="{DIGITS}"')),
    "cell repeated a million times": lambda: ods(
        rows=_ods_row(ods_cell("a", ' table:number-columns-repeated="1000000"'))),
    "cell repeated 16,384 times, in a million rows": lambda: ods(rows=_ods_row(
        ods_cell("a", ' table:number-columns-repeated="16384"'), ' table:number-rows-repeated="1000000"')),
    "cell repeated 16,384 times, in 1,000 rows": lambda: ods(
        rows=_ods_row(ods_cell("a", ' table:number-columns-repeated="16384"')) * 1000),
    "cell repeated 16,384 times, in 1,000 rows of one": lambda: ods(rows=_ods_row(
        ods_cell("a", ' table:number-columns-repeated="16384"'), ' table:number-rows-repeated="1000"')),
    "formula repeated 16,384 times, in 1,000 rows": lambda: ods(rows=_ods_row(
        ods_cell("a", ' table:formula="of:=1" table:number-columns-repeated="16384"')) * 1000),
    "cell repeated 5,000 digits": lambda: ods(
        rows=_ods_row(ods_cell("a", f' table:number-columns-repeated="{DIGITS}"'))),
    "empty cells repeated 5,000 digits": lambda: ods(
        rows=_ods_row(f'<table:table-cell table:number-columns-repeated="{DIGITS}"/>')),
    "empty rows to the last, then a cell": lambda: ods(rows=_ods_row(
        "<table:table-cell/>", ' table:number-rows-repeated="1048560"') + _ods_row(ods_cell("a"))),
    "empty rows beyond the last, then a cell": lambda: ods(rows=_ods_row(
        "<table:table-cell/>", ' table:number-rows-repeated="1048576"') + _ods_row(ods_cell("a"))),
    "merge of the sheet": lambda: ods(rows=_ods_row(ods_cell(
        "a", ' table:number-rows-spanned="1048000" table:number-columns-spanned="16384"'))),
    "merge of 5,000 digits": lambda: ods(rows=_ods_row(ods_cell(
        "a", f' table:number-rows-spanned="{DIGITS}"'))),
    "columns repeated 5,000 digits": lambda: ods(
        rows=f'<table:table-column table:number-columns-repeated="{DIGITS}" table:default-cell-style-name="a"/>'),
    "100,000 column settings": lambda: ods(
        rows='<table:table-column table:default-cell-style-name="a"/>' * 100_000 + _ods_row(ods_cell("a")) * 2000),
    "100,000 styles": lambda: ods(styles="<s xmlns:style='urn:s'>" + "".join(
        f'<style:style style:name="s{n}" style:parent-style-name="s{n - 1}"/>' for n in range(100_000)) + "</s>"),
    "100,000 styles in use": lambda: ods(
        styles="<s xmlns:style='urn:s' xmlns:fo='urn:f'>" + "".join(
            f'<style:style style:name="s{n}"><style:table-cell-properties fo:background-color="#{n:06x}"/>'
            "</style:style>" for n in range(100_000)) + "</s>",
        rows="".join(_ods_row(ods_cell("a", f' table:style-name="s{n}"')) for n in range(100_000))),
    "duration of 5,000 digits": lambda: ods(rows=_ods_row(
        f'<table:table-cell office:value-type="time" office:time-value="PT{DIGITS}H"/>')),
    "duration of 300 digits": lambda: ods(rows=_ods_row(
        f'<table:table-cell office:value-type="time" office:time-value="PT{"9" * 400}H"/>')),
    "number of 5,000 digits": lambda: ods(rows=_ods_row(
        f'<table:table-cell office:value-type="float" office:value="{DIGITS}"/>')),
    "number inf and nan": lambda: ods(rows=_ods_row(
        '<table:table-cell office:value-type="float" office:value="inf"/>'
        '<table:table-cell office:value-type="float" office:value="nan"/>')),
    "date of the year 99999": lambda: ods(rows=_ods_row(
        '<table:table-cell office:value-type="date" office:date-value="99999-01-01"/>')),
    "spaces, 5,000 digits": lambda: ods(rows=_ods_row(
        f'<table:table-cell office:value-type="string"><text:p><text:s text:c="{DIGITS}"/></text:p>'
        "</table:table-cell>")),
    "spaces, 300,000 elements": lambda: ods(rows=_ods_row(
        '<table:table-cell office:value-type="string"><text:p>' + '<text:s text:c="1000"/>' * 300_000
        + "</text:p></table:table-cell>")),
    "paragraphs, 500,000": lambda: ods(rows=_ods_row(
        f'<table:table-cell office:value-type="string">{"<text:p/>" * 500_000}</table:table-cell>')),
    "5,000 tabs": lambda: ods(content=ODS_START + (ODS_END.partition(">")[0] + ">").join(
        f'<table:table table:name="t{n}">' for n in range(5000)) + ODS_END),
    "formula of 100,000 brackets": lambda: ods(rows=_ods_row(
        ods_cell("a", f' table:formula="of:={"[" * 100_000}"'))),
    "formula of 100,000 quotes": lambda: ods(rows=_ods_row(
        ods_cell("a", f' table:formula="of:={"&quot;" * 100_001}"'))),
}  # fmt: skip

_HEAD: Final = b"Client name,Date of lead,Client contacted,First paid session\n"
_LINE: Final = b"Ana,2026-01-05,1,1\n"
TEXTS: Final[dict[str, Callable[[], bytes]]] = {
    "small": lambda: _HEAD + _LINE * 9,
    "line of 1 GB": lambda: b"a" * ((1 << 30) + 1),
    "line of 300 MB": lambda: _HEAD + b"a" * (300 * MB),
    "line of 20 MB": lambda: _HEAD + b"a" * (20 * MB) + b"\n",
    "field of 20 MB, quoted": lambda: _HEAD + b'"' + b"a" * (20 * MB) + b'",1\n',
    "a million columns": lambda: b"," * 1_000_000 + b"\n" + b"," * 1_000_000 + b"x\n",
    "a million columns of text": lambda: b"a," * 1_000_000 + b"\n" + b"1," * 1_000_000,
    "20,000 columns": lambda: b"a," * 20_000 + b"\n" + b"1," * 20_000,
    "a million columns in one line": lambda: _HEAD + _LINE * 5 + b"," * 1_000_000 + b"x\n",
    "300 MB of commas": lambda: b"," * (300 * MB),
    "300 MB of line ends": lambda: b"\n" * (300 * MB) + b"a",
    "100 MB of carriage returns": lambda: b"\r" * (100 * MB) + b"a",
    "100 MB of quotes": lambda: b'"' * (100 * MB),
    "100 MB of open quotes": lambda: _HEAD + b'"a\n' * (33 * MB),
    "300 MB of nulls": lambda: _HEAD + bytes(300 * MB),
    "300 MB of spaces": lambda: b" " * (300 * MB) + b"a",
    "quote not closed": lambda: _HEAD + b'"' + _LINE * 100_000,
    "text after a quote": lambda: _HEAD + b'"a"b,1\n' * 50_000,
    "control characters": lambda: bytes(range(32)) * 1000,
    "bytes at random": lambda: os.urandom(MB),
    "UTF-16 that is cut off": lambda: codecs.BOM_UTF16_LE + b"a\0," * 9999,
    "UTF-32 beyond Unicode": lambda: codecs.BOM_UTF32_LE + b"\xff" * 4000,
    "surrogates": lambda: _HEAD + b"\xed\xa0\x80,1\n" * 1000,
    "every mark of order": lambda: codecs.BOM_UTF8 * 1000 + _HEAD,
    "sep= of 1 MB": lambda: b"sep=" + b";" * MB + b"\n" + _HEAD,
    "digits, 5,000 in each cell": lambda: _HEAD + b"Ana," + b"9" * 5000 + b",1,1\n",
    "digits of other scripts": lambda: _HEAD + "Ana,²⁰²⁶-0¹-05,٣,𝟙\n".encode() * 5,
    "dates of 100,000 dashes": lambda: _HEAD + b"Ana," + b"2026-" * 100_000 + b",1,1\n",
    "a header of 1 MB": lambda: b"Client name" * 100_000 + b"," + _HEAD + _LINE,
    "ragged lines, each longer": lambda: _HEAD + b"".join(b"," * n + b"x\n" for n in range(3000)),
}  # fmt: skip
