"""Read a workbook's package: parts, the relationships between them, tabs and defined names."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath
from typing import Final
from urllib.parse import unquote

from lxml import etree

from funnel.errors import ReadError
from funnel.sheets.container import Container
from funnel.sheets.limits import MOST_NAMES, MOST_TABS, check_most, whole_number
from funnel.sheets.xml_parts import SHEET_NAMESPACES, attribute, child, children, parse, true

ANCHOR: Final = "_funnel_"
"""Prefix of the hidden defined names that mark funnel's own areas."""
SIGNED: Final = (
    "{} has a digital signature, which any change would break, so it is unchanged. Open it in Excel, choose "
    "File, Save As, and save a copy under another name, which has no signature. Refresh that copy."
)
"""The message for a signed workbook. A byte-for-byte copy, as `-o` makes it, would be signed too."""


@dataclass(frozen=True, slots=True)
class Relationship:
    """A link from one part to another.

    `target` is the exact name of the part (the resolved path if there is no such part), or the address of an
    external link.
    """

    id: str
    type: str
    target: str
    external: bool = False

    @property
    def kind(self) -> str:
        """Last word of the type, the same in both editions of the standard (``worksheet``)."""
        return self.type.rstrip("/").rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class SheetRef:
    """A tab in the workbook's list. `index` counts all tabs from 0, as ``localSheetId`` does."""

    name: str
    part: str
    sheet_id: int
    rel_id: str
    hidden: bool
    kind: str  # "worksheet", "chartsheet", "dialogsheet", "xlMacrosheet"
    index: int


@dataclass(frozen=True, slots=True)
class DefinedName:
    """A defined name; `sheet` is the index of its tab, or None for the whole workbook."""

    name: str
    text: str
    sheet: int | None = None
    hidden: bool = False


class Package(Container):
    """The parts of an Excel workbook and their relationships.

    Raises
    ------
    ReadError : the file is not a workbook, not readable (encrypted, .xls, .xlsb, cut off), or hostile.

    Examples
    --------
    ``Package.open("clients.xlsx").sheets`` lists the tabs with their parts.
    """

    def __init__(self, data: bytes, source: str) -> None:
        super().__init__(data, source)
        self._relationships: dict[str, tuple[Relationship, ...]] = {}
        self.workbook = self._workbook_part()
        data = self.read(self.workbook)
        check_most(data.count(b"<definedName "), MOST_NAMES, "defined names", self.source)
        root = parse(data, f"{self.source}, part {self.workbook},")
        self.strict = SHEET_NAMESPACES.get(etree.QName(root).namespace or "", False)
        properties = child(root, "workbookPr")
        self.date1904 = properties is not None and true(properties.get("date1904"))
        self.sheets = self._sheets(root)
        self.defined_names = _defined_names(root)

    @cached_property
    def worksheets(self) -> tuple[SheetRef, ...]:
        """Tabs with cells."""
        return tuple(sheet for sheet in self.sheets if sheet.kind == "worksheet")

    @cached_property
    def signed(self) -> bool:
        """True if the package has a digital signature, which any change breaks."""
        return any("digital-signature" in link.type for link in self.relationships("")) or any(
            name.lower().startswith("_xmlsignatures/") for name in self.names
        )

    def tree(self, part: str) -> etree._Element:
        """Return the root element of a small part."""
        return parse(self.read(part), f"{self.source}, part {part},")

    def relationships(self, part: str) -> tuple[Relationship, ...]:
        """Return the links from a part, or from the package itself (``""``), in file order."""
        if part not in self._relationships:
            where = self.find(relationships_part(part))
            self._relationships[part] = tuple(
                self._relationship(part, element)
                for element in (children(self.tree(where), "Relationship") if where else ())
            )
        return self._relationships[part]

    def related(self, part: str, kind: str) -> list[str]:
        """Return the existing parts that a part links to with a kind of link."""
        links = self.relationships(part)
        return [link.target for link in links if link.kind == kind and self.has(link.target)]

    def resolve(self, part: str, target: str) -> str:
        """Resolve a link's target: absolute or relative, with either slash, in any case."""
        path = target.replace("\\", "/").partition("#")[0]
        joined = posixpath.join("/", posixpath.dirname(part), path)
        name = posixpath.normpath(joined).lstrip("/")
        return self.find(name) or self.find(unquote(name)) or name

    def _relationship(self, part: str, element: etree._Element) -> Relationship:
        target = element.get("Target", "")
        external = element.get("TargetMode", "").lower() == "external"
        name = target if external else self.resolve(part, target)
        return Relationship(element.get("Id", ""), element.get("Type", ""), name, external)

    def _workbook_part(self) -> str:
        """Find the workbook part through the package's links; its name is not fixed."""
        links = [link for link in self.relationships("") if link.kind == "officeDocument"]
        targets = [link.target for link in links if self.has(link.target)]
        if not targets:
            raise ReadError(f"{self.source} is {_other_kind(self)}. {_SAVE_AS_XLSX}")
        if targets[0].lower().endswith(".bin"):
            raise ReadError(f"{self.source} is a binary workbook (.xlsb). {_SAVE_AS_XLSX}")
        if targets[0].lower().startswith(("word/", "ppt/")):
            raise ReadError(f"{self.source} is not an Excel workbook. {_SAVE_AS_XLSX}")
        return targets[0]

    def _sheets(self, root: etree._Element) -> tuple[SheetRef, ...]:
        """Return the tabs in their order on screen."""
        links = {link.id: link for link in self.relationships(self.workbook)}
        found = []
        holder = child(root, "sheets")
        check_most(0 if holder is None else len(holder), MOST_TABS, "tabs", self.source)
        for index, element in enumerate(() if holder is None else children(holder, "sheet")):
            link = links.get(attribute(element, "id") or "")
            if link is None or not self.has(link.target):
                continue
            number = element.get("sheetId", "")
            hidden = element.get("state", "visible") != "visible"
            name, sheet_id = element.get("name", ""), whole_number(number)
            found.append(SheetRef(name, link.target, sheet_id, link.id, hidden, link.kind, index))
        if not any(sheet.kind == "worksheet" for sheet in found):
            raise ReadError(
                f"{self.source} has no tab with cells. Open it in Excel, add a worksheet with the clients, "
                "save it, and try again."
            )
        return tuple(found)


_SAVE_AS_XLSX = "Open it in Excel or LibreOffice, save it as an Excel workbook (.xlsx), and use that one."


def relationships_part(part: str) -> str:
    """Return the name of the part with another part's links.

    >>> relationships_part("xl/workbook.xml"), relationships_part("")
    ('xl/_rels/workbook.xml.rels', '_rels/.rels')
    """
    path = PurePosixPath(part)
    return str(path.parent / "_rels" / f"{path.name}.rels")


def _other_kind(package: Container) -> str:
    """Describe a zip file that is not an Office file."""
    if package.has("mimetype") and b"opendocument" in package.read("mimetype"):
        return "an OpenDocument file, not an Excel workbook"
    if package.has("Index/Document.iwa"):
        return "an Apple document, not an Excel workbook (in Numbers: File, Export To, Excel)"
    return "a zip file without a workbook in it"


def _defined_names(root: etree._Element) -> tuple[DefinedName, ...]:
    """Return the defined names of a workbook part."""
    holder = child(root, "definedNames")
    found = []
    for element in () if holder is None else children(holder, "definedName"):
        sheet = element.get("localSheetId", "")
        found.append(
            DefinedName(
                element.get("name", ""),
                "".join(map(str, element.itertext())),
                whole_number(sheet) if sheet.isdecimal() else None,
                true(element.get("hidden")),
            )
        )
    return tuple(found)
