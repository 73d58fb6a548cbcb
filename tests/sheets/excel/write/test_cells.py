import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from funnel.errors import WriteError
from funnel.grid import CellError
from funnel.plan import Formula, Link
from funnel.sheets.excel.read.strings import unescape
from funnel.sheets.excel.write.cells import EMPTY, Content, clean, encode, serial, too_long, with_prefix

INJECTIONS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "=cmd|' /C calc'!A0", "'=1", "1", "TRUE", "#REF!"]


def text_of(content: Content) -> str:
    """Return the text of an inline text, as a reader parses it."""
    assert content.kind == "inlineStr"
    return unescape(etree.fromstring(content.inner).findtext("t") or "")


@pytest.mark.parametrize("text", INJECTIONS)
def test_text_stays_text_with_any_first_character(text: str) -> None:
    assert text_of(encode(text)) == text


@given(st.text())
def test_any_text_reads_back_as_cleaned(text: str) -> None:
    assert text_of(encode(text)) == clean(text)


def test_text_that_looks_like_an_escape_is_escaped() -> None:
    assert text_of(encode("a_x0041_b")) == "a_x0041_b"
    assert encode("a_x0041_b").inner == b'<is><t xml:space="preserve">a_x005F_x0041_b</t></is>'


def test_control_characters_and_lone_surrogates_are_cleaned() -> None:
    assert clean("a\x00\x08\ufffe\r\nb\rc\td\udc00") == "a\nb\nc\td\ufffd"


def test_a_text_is_truncated_at_the_limit_of_excel() -> None:
    faces = "\U0001f600" * 20_000  # two units each
    assert too_long(faces)
    assert not too_long("x" * 32_767)
    assert clean(faces) == "\U0001f600" * 16_383 + "…"


def test_values() -> None:
    assert encode(True) == Content("b", b"<v>1</v>")
    assert encode(0) == Content("", b"<v>0</v>")
    assert encode(0.1) == Content("", b"<v>0.1</v>")
    assert encode(CellError("#N/A")) == Content("e", b"<v>#N/A</v>")
    assert encode(dt.datetime(2026, 6, 1, 12)) == Content("", b"<v>46174.5</v>")
    assert encode(float("nan")) == encode(float("inf")) == encode(None) == EMPTY
    assert encode(Link("F17 <here>", "Clients", "F17")).inner.endswith(b">F17 &lt;here&gt;</t></is>")


def test_formulas_have_a_cached_value() -> None:
    assert encode(Formula('=IF(A1<2,"–","")', "–")) == Content(
        "str", '<f>IF(A1&lt;2,"–","")</f><v>–</v>'.encode()
    )
    assert encode(Formula("=A1>1", True)) == Content("b", b"<f>A1&gt;1</f><v>1</v>")
    assert encode(Formula("=1/0", CellError("#DIV/0!"))) == Content("e", b"<f>1/0</f><v>#DIV/0!</v>")
    assert encode(Formula("=A1", None)) == Content("", b"<f>A1</f>")
    assert encode(Formula("=TODAY()", dt.date(2026, 6, 1)), date1904=True).inner.endswith(b"<v>44712</v>")


def test_a_formula_that_is_too_long_raises() -> None:
    with pytest.raises(WriteError) as refused:
        encode(Formula("=" + "A" * 8193))
    assert str(refused.value) == (
        "A formula of 8,193 characters is too long for a cell (at most 8,192): "
        + "A" * 60
        + "… Declare fewer words for the step's marks in the journey file."
    )


@given(st.dates(dt.date(1900, 3, 1), dt.date(2200, 1, 1)))
def test_the_two_date_systems_differ_by_four_years_and_a_day(day: dt.date) -> None:
    assert serial(day) - serial(day, date1904=True) == 1462


def test_prefix() -> None:
    content = encode("a <b> & c")
    assert with_prefix(content.inner, b"x:") == (
        b'<x:is><x:t xml:space="preserve">a &lt;b&gt; &amp; c</x:t></x:is>'
    )
