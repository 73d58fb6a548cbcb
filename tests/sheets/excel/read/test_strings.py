"""Read shared strings in order: plain ones by pattern, others with an XML parser."""

# ruff: noqa: E501  (XML is read more easily uncut)

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funnel.errors import ReadError
from funnel.sheets.excel.package.parts import Package
from funnel.sheets.excel.read.strings import plain_text, read_strings, unescape

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
KINDS = [
    ("<si><t>plain</t></si>", "plain"), ("<si><t/></si>", ""), ("<si/>", ""), ("<si></si>", ""),
    ('<si><t xml:space="preserve"> a </t></si>', " a "), ("\n <si>\n <t>pretty</t>\n </si>\n", "pretty"),
    ("<si><r><t>ri</t></r><r><rPr><b/></rPr><t>ch</t></r></si>", "rich"), ("<!-- <si><t>no</t></si> -->", None),
    ("<si><t>a</t><rPh sb='0' eb='1'><t>hint</t></rPh></si>", "a"), ("<si><t><![CDATA[</si>]]></t></si>", "</si>"),
    ("<si><t>&lt;&#x41;&amp;#65;&#10;</t></si>", "<A&#65;\n"), ("<si><t>a\r\nb</t></si>", "a\nb"),
]  # fmt: skip


def strings_of(book, xml: str, prefix: str = "") -> list[str]:
    shared = f'<{prefix}sst xmlns{":" + prefix[:-1] if prefix else ""}="{MAIN}">{xml}</{prefix}sst>'
    return read_strings(Package(book(shared=shared.encode()), "a.xlsx"))


@given(st.lists(st.sampled_from(KINDS), max_size=30))
def test_mixed_strings_keep_their_order(book, kinds):
    assert strings_of(book, "".join(xml for xml, _ in kinds)) == [
        text for _, text in kinds if text is not None
    ]


def test_prefixes(book):
    assert strings_of(book, "<x:si><x:t>a</x:t></x:si><x:si/>", "x:") == ["a", ""]


def test_no_strings(parts, pack):
    made = parts()
    made.pop("xl/sharedStrings.xml")
    assert read_strings(Package(pack(made), "a.xlsx")) == []
    assert read_strings(Package(pack(parts(shared=f'<sst xmlns="{MAIN}"/>')), "a.xlsx")) == []
    with pytest.raises(ReadError, match="it has no list of strings"):
        read_strings(Package(pack(parts(shared="<nothing/>")), "a.xlsx"))


def test_escapes():
    assert unescape("_x0041__x005F_x0041__xZZZZ__xD800_") == "A_x0041__xZZZZ__xD800_"
    assert plain_text(b"&quot;&apos;&gt;&unknown;&#99999999;") == "\"'>&unknown;&#99999999;"
