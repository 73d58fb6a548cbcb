"""Small XML parts as trees, parsed so that a file can neither reach out nor blow up."""

from __future__ import annotations

from lxml import etree

from funnel.errors import ReadError

SHEET_NAMESPACES = {
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main": False,
    "http://purl.oclc.org/ooxml/spreadsheetml/main": True,  # strict
}


def parse(data: bytes, where: str) -> etree._Element:
    """The root element of a part.

    Parameters
    ----------
    data : the part's bytes, in any encoding that XML knows.
    where : file and part, for messages.

    Raises
    ------
    ReadError : for XML that is broken, or carries a document type (which no spreadsheet program writes, and
        which is how small files blow up or reach for other files).

    >>> parse(b"<x:a xmlns:x='urn:x'/>", "clients.xlsx, part a.xml").tag
    '{urn:x}a'
    """
    if b"<!DOCTYPE" in data[:65_536] or b"<\0!\0D\0O\0C\0T" in data[:65_536]:
        raise document_type(where)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_pis=True, remove_comments=True
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise broken(where, str(error)) from error
    if root.getroottree().docinfo.doctype:  # type: ignore[union-attr]  # the stubs allow for no tree
        raise document_type(where)
    return root


def document_type(where: str) -> ReadError:
    """The refusal of a part that declares a document type."""
    return ReadError(
        f"{where} is refused: it carries a document type (DTD), which spreadsheet programs never write and "
        "which can blow up a reader. Open the workbook in Excel, save it as a new workbook, and use that one."
    )


def broken(where: str, why: str) -> ReadError:
    """The refusal of a part that is no XML."""
    return ReadError(
        f"{where} is damaged ({why}). Open the workbook in Excel, let Excel repair it, save it, and try "
        "again."
    )


def local(element: etree._Element) -> str:
    """The name of an element without its namespace.

    >>> local(parse(b"<x:a xmlns:x='urn:x'/>", "a.xml"))
    'a'
    """
    return str(element.tag).rpartition("}")[2]


def children(element: etree._Element, name: str) -> list[etree._Element]:
    """The direct children of a name, in whichever namespace.

    >>> [child.get("i") for child in children(parse(b"<a><b i='1'/><c/><b i='2'/></a>", "a.xml"), "b")]
    ['1', '2']
    """
    return [child for child in element if local(child) == name]


def child(element: etree._Element | None, *names: str) -> etree._Element | None:
    """The first child of a name, of that the first child of the next name, and so on; or None.

    >>> child(parse(b"<a><b><c i='1'/></b></a>", "a.xml"), "b", "c").get("i")
    '1'
    """
    for name in names:
        found = [] if element is None else children(element, name)
        element = found[0] if found else None
    return element


def attribute(element: etree._Element, name: str) -> str | None:
    """An attribute by its name without namespace (``r:id``, whatever the prefix or the edition).

    >>> attribute(parse(b"<a xmlns:r='urn:r' r:id='rId1'/>", "a.xml"), "id")
    'rId1'
    """
    for key, value in element.attrib.items():
        if str(key).rpartition("}")[2] == name:
            return str(value)
    return None


def true(value: str | None) -> bool:
    """A boolean attribute.

    >>> true("1"), true("true"), true("0"), true(None)
    (True, True, False, False)
    """
    return value in ("1", "true", "on")
