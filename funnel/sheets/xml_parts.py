"""Parse small XML parts safely: without entities, network access or document types."""

from __future__ import annotations

from lxml import etree

from funnel.errors import ReadError
from funnel.sheets.limits import check_elements

SHEET_NAMESPACES = {
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main": False,
    "http://purl.oclc.org/ooxml/spreadsheetml/main": True,  # strict
}


def escape(text: str) -> str:
    """Escape a text for XML; `xml.sax.saxutils` would import the network modules of Python.

    >>> escape("<b> & c")
    '&lt;b&gt; &amp; c'
    """
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def quoteattr(text: str) -> str:
    """Return a text as the value of an attribute, with its quotes.

    >>> quoteattr('a "b"\\n')
    '"a &quot;b&quot;&#10;"'
    """
    escaped = escape(text).replace('"', "&quot;")
    return '"' + escaped.replace("\n", "&#10;").replace("\r", "&#13;").replace("\t", "&#9;") + '"'


def parse(data: bytes, where: str) -> etree._Element:
    """Return the root element of a part, without comments and processing instructions.

    Parameters
    ----------
    data : the part's bytes, in any XML encoding.
    where : file and part, for messages.

    Raises
    ------
    ReadError : the XML is invalid, or declares a document type: spreadsheet programs write none, and through
        one a small file can exhaust the memory or read other files.

    >>> parse(b"<x:a xmlns:x='urn:x'/>", "clients.xlsx, part a.xml").tag
    '{urn:x}a'
    """
    check_elements(data, where.removesuffix(","))
    if b"<!DOCTYPE" in data[:65_536] or b"<\0!\0D\0O\0C\0T" in data[:65_536]:
        raise document_type_error(where)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_pis=True, remove_comments=True
    )
    return parse_with(parser, data, where)


def parse_with(parser: etree.XMLParser, data: bytes, where: str) -> etree._Element:
    """Return the root element of a part; raise a ReadError if it is invalid or declares a document type."""
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise invalid_xml_error(where, str(error)) from error
    if root.getroottree().docinfo.doctype:  # type: ignore[union-attr]  # the stubs allow for no tree
        raise document_type_error(where)
    return root


def document_type_error(where: str) -> ReadError:
    """Return the error for a part with a document type."""
    return ReadError(
        f"{where} contains a document type (DTD), so it was not read: spreadsheet programs never write one, "
        "and it can exhaust the memory. Open the workbook in Excel, save it as a new workbook, and use that."
    )


def invalid_xml_error(where: str, why: str) -> ReadError:
    """Return the error for a part with invalid XML."""
    return ReadError(
        f"{where} is damaged ({why}). Open the workbook in Excel, let Excel repair it, save it, and try "
        "again."
    )


def local(element: etree._Element) -> str:
    """Return the name of an element without its namespace.

    >>> local(parse(b"<x:a xmlns:x='urn:x'/>", "a.xml"))
    'a'
    """
    return str(element.tag).rpartition("}")[2]


def children(element: etree._Element, name: str) -> list[etree._Element]:
    """Return the direct children of a name, in any namespace.

    >>> [child.get("i") for child in children(parse(b"<a><b i='1'/><c/><b i='2'/></a>", "a.xml"), "b")]
    ['1', '2']
    """
    return [child for child in element if local(child) == name]


def child(element: etree._Element | None, *names: str) -> etree._Element | None:
    """Follow the first child of each name in turn; return the last one, or None.

    >>> child(parse(b"<a><b><c i='1'/></b></a>", "a.xml"), "b", "c").get("i")
    '1'
    """
    for name in names:
        found = [] if element is None else children(element, name)
        element = found[0] if found else None
    return element


def attribute(element: etree._Element, name: str) -> str | None:
    """Return an attribute by its local name (``id`` finds ``r:id``, with any prefix).

    >>> attribute(parse(b"<a xmlns:r='urn:r' r:id='rId1'/>", "a.xml"), "id")
    'rId1'
    """
    for key, value in element.attrib.items():
        if str(key).rpartition("}")[2] == name:
            return str(value)
    return None


def true(value: str | None) -> bool:
    """Parse a boolean attribute.

    >>> true("1"), true("true"), true("0"), true(None)
    (True, True, False, False)
    """
    return value in ("1", "true", "on")
