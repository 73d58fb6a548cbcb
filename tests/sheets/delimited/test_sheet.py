"""Read CSV and TSV files of other programs."""

# ruff: noqa: E501  (sentences and XML are read more easily uncut)

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funnel.errors import ReadError
from funnel.sheets.delimited import sheet as delimited
from funnel.sheets.delimited.sheet import DelimitedSheet, find_delimiter


def columns(data: bytes | str, rows: int | None = None) -> list[list[object]]:
    sheet = DelimitedSheet("leads.csv", data.encode() if isinstance(data, str) else data)
    return [list(column) for column in sheet.read("leads", rows).values]


@pytest.mark.parametrize("delimiter", list(",;\t|"))
@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"]
)
def test_any_delimiter_and_encoding(delimiter, encoding):
    text = "Client,Value,Paid\r\nZoë,1.5,1\r\nBen,2.5,\r\n".replace(",", delimiter)
    assert columns(text.encode(encoding)) == [
        ["Client", "Zoë", "Ben"],
        ["Value", "1.5", "2.5"],
        ["Paid", "1", None],
    ]


def test_assumptions_are_noted():
    assert DelimitedSheet("a.csv", "é,1".encode("cp1252")).read("a").notes == (
        "the text is not UTF-8 and was read as Windows-1252",
    )
    assert DelimitedSheet("a.csv", b"a\0,1" + b"x" * 200).read("a").notes == (
        "null characters in the text were removed",
    )


def test_all_values_are_text():
    assert columns("a,b\n007,=1+1\n2026-01-02, x \n") == [["a", "007", "2026-01-02"], ["b", "=1+1", " x "]]


def test_quotes_line_breaks_and_ragged_rows():
    text = 'a,b,c\n"x, ""y""\nz",1\n\n2,3,4,5\n,,\n\n'
    assert columns(text) == [
        ["a", 'x, "y"\nz', None, "2"], ["b", "1", None, "3"], ["c", None, None, "4"], [None, None, None, "5"],
    ]  # fmt: skip
    assert columns('a,b\n"x" y,1\n5" nail,2') == [["a", "x y", '5" nail'], ["b", "1", "2"]]


def test_a_quote_that_is_not_closed():
    with pytest.raises(ReadError) as caught:
        columns('a,b\n"x,1\ny,2\n')
    assert str(caught.value) == (
        "leads.csv cannot be read near line 3 (unexpected end of data): a quotation mark is not closed. Look "
        'for a single " in that line or above it, and double or delete it.'
    )


def test_the_line_that_declares_a_delimiter_is_not_a_row():
    assert columns("sep=|\nClient|Paid, late\nAna|1\n") == [["Client", "Ana"], ["Paid, late", "1"]]


def test_decimal_commas_are_not_delimiters():
    assert find_delimiter("Client;Value\nAna;1,5\nBen;2,5\nCat;3,5\n") == ";"
    assert find_delimiter("one column\nonly\n") == ","
    assert find_delimiter("Report of May, 2026\nClient\tPaid\nAna\t1\nBen\t1\n") == "\t"


def test_a_preview_and_the_ends():
    assert columns("a,b\n1,2\n3,4\n", rows=2) == [["a", "1"], ["b", "2"]]
    assert columns("a,,\n1,,\n,,\n\n") == [["a", "1"]]
    assert columns(" \n") == [[" "]]


def test_a_row_of_a_million_fields_above_a_thousand_rows():
    with pytest.raises(ReadError) as refused:
        columns("," * 100_000 + "x\n" + "a\n" * 1000)
    assert str(refused.value).endswith(
        "has 100,001 columns, more than the 16,384 that funnel reads. Copy the clients into a new workbook, and "
        "use that one."
    )
    with pytest.raises(ReadError, match="too sparse to read"):
        columns("," * 16_000 + "x\n" + "a\n" * 2000)


@given(st.lists(st.lists(st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=6), min_size=2,
                         max_size=2), min_size=1, max_size=6))  # fmt: skip
def test_round_trip_of_quoted_texts(rows):
    import csv
    import io

    out = io.StringIO()
    csv.writer(out, delimiter="\t", quoting=csv.QUOTE_ALL).writerows([["sep", "tab"], *rows])
    sheet = DelimitedSheet("a.tsv", b"\xef\xbb\xbf" + out.getvalue().encode())
    if find_delimiter(out.getvalue()) != "\t":  # the texts themselves look more like a table
        return
    grid = sheet.read("a")
    for index, row in enumerate(rows, 2):
        assert [grid[index, 1], grid[index, 2]] == [text or None for text in row]


@given(st.text(st.sampled_from(list('ab,;\n\r "x')), max_size=40), st.sampled_from(",;"))
def test_splitting_at_once_equals_reading_record_by_record(text: str, delimiter: str) -> None:
    at_once = delimited._split_at_once(text, delimiter, "a.csv")
    if at_once is not None:
        assert at_once == delimited._columns(delimited._records(text, delimiter, None, "a.csv"), "a.csv")


def test_only_a_plain_table_is_split_at_once() -> None:
    assert delimited._split_at_once("a,b\r\n1,\r\n\n", ",", "a.csv") == [["a", "1"], ["b", None]]
    assert delimited._split_at_once("a,b\n1\n", ",", "a.csv") is None  # a record is narrower
    assert (
        delimited._split_at_once("a,b\n1,2,3\n4\n", ",", "a.csv") is None
    )  # and one wider, which makes up for it
