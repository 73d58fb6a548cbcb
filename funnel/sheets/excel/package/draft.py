"""A package while it is being changed: parts read, changed, added and removed, and the links between them.

Nothing is written until the whole draft stands. A part that ends up as it was is copied as it was.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from itertools import chain, count
from typing import BinaryIO, Final

from funnel.sheets.excel.package import zip_writer as zipwriter
from funnel.sheets.excel.package.ooxml import (
    PACKAGE_RELATIONSHIPS,
    RELATIONSHIPS,
    STRICT,
    Element,
    editable,
    in_dialect,
    make,
    serialise,
)  # fmt: skip
from funnel.sheets.excel.package.parts import Package, Relationship, relationships_part
from funnel.sheets.xml_parts import children

_TYPES: Final = "[Content_Types].xml"
_RELATIONSHIP_TYPE: Final = "application/vnd.openxmlformats-package.relationships+xml"


class Draft:
    """The changes to a package.

    Parameters
    ----------
    package : the workbook as it was read; it is not changed.
    """

    def __init__(self, package: Package) -> None:
        self.package = package
        self.packed: dict[str, zipwriter.Packed] = {}  # parts that are ready, such as a client tab
        self._trees: dict[str, Element] = {}
        self._before: dict[str, bytes] = {}
        self._removed: set[str] = set()

    def where(self, part: str) -> str:
        """File and part, for messages."""
        return f"{self.package.source}, part {part},"

    def tree(self, part: str) -> Element:
        """A small part as a tree; what is changed in the tree is changed in the package."""
        if part not in self._trees:
            self._trees[part] = editable(self.package.read(part), self.where(part))
            self._before[part] = serialise(self._trees[part])
        return self._trees[part]

    def stream(self, part: str) -> Iterator[bytes]:
        """A large part, which is changed as it streams by and then put into `packed`."""
        if part in self._trees:
            return iter([serialise(self._trees[part])])
        return self.package.stream(part)

    def add(self, part: str, data: bytes, content_type: str) -> None:
        """Add a part that we made, in the edition of the standard that the workbook follows."""
        self._trees[part] = editable(in_dialect(data, self.package.strict), self.where(part))
        types = self.tree(self.package.find(_TYPES) or _TYPES)
        types.append(make(types, "Override", PartName="/" + part, ContentType=content_type))

    def replace(self, part: str, data: bytes) -> None:
        """Give a part other content."""
        self.tree(part)
        self._trees[part] = editable(in_dialect(data, self.package.strict), self.where(part))

    def remove(self, part: str) -> None:
        """Take a part away, with its own links and its entry in the list of types."""
        links = relationships_part(part)
        for name in {part, self.package.find(links) or links}:
            self._trees.pop(name, None)
            if self.package.has(name):
                self._removed.add(name)
        types = self.tree(self.package.find(_TYPES) or _TYPES)
        for entry in children(types, "Override"):
            if entry.get("PartName", "").lstrip("/").casefold() == part.casefold():
                types.remove(entry)

    def free(self, pattern: str, first: str = "1") -> str:
        """A part name that is not taken, such as ``xl/charts/chart3.xml`` for ``xl/charts/chart{}.xml``."""
        names = map(pattern.format, chain([first], count(2)))
        return next(name for name in names if not self._taken(name))

    def _taken(self, name: str) -> bool:
        return self.package.find(name) is not None or name in self._trees

    def relationships(self, part: str) -> list[Relationship]:
        """The links from a part as they are now."""
        links = self._links(part)
        if links is None:
            return []
        return [
            Relationship(link.get("Id", ""), link.get("Type", ""), self._resolved(part, link))
            for link in children(links, "Relationship")
            if link.get("TargetMode", "").lower() != "external"
        ]

    def related(self, part: str, kind: str) -> list[str]:
        """The parts that exist and that a part links to with a kind of link."""
        links = self.relationships(part)
        return [link.target for link in links if link.kind == kind and self._taken(link.target)]

    def relate(self, part: str, kind: str, target: str) -> str:
        """Link a part to another, and return the id of the link."""
        links = self._links(part)
        if links is None:
            links = self._new_links(part)
        taken = [re.fullmatch(r"rId(\d+)", link.get("Id", "")) for link in links]
        name = f"rId{max([0, *(int(match[1]) for match in taken if match)]) + 1}"
        base = STRICT[RELATIONSHIPS] if self.package.strict else RELATIONSHIPS
        path = posixpath.relpath("/" + target, "/" + posixpath.dirname(part))
        links.append(make(links, "Relationship", Id=name, Type=f"{base}/{kind}", Target=path))
        return name

    def unrelate(self, part: str, target: str) -> None:
        """Take away the links from a part to another."""
        links = self._links(part)
        for link in [] if links is None else children(links, "Relationship"):
            if link.get("TargetMode", "").lower() != "external" and self._resolved(part, link) == target:
                link.getparent().remove(link)  # type: ignore[union-attr]  # it has a parent

    def write(self, out: BinaryIO) -> None:
        """Write the package as it is to be."""
        zipwriter.write(out, self.package, {**self._changed(), **self.packed}, self._removed)

    def _changed(self) -> dict[str, zipwriter.Packed]:
        """The small parts that are new or differ from what they were."""
        written = {part: serialise(tree) for part, tree in self._trees.items() if part not in self.packed}
        return {
            part: zipwriter.pack([data]) for part, data in written.items() if data != self._before.get(part)
        }

    def _links(self, part: str) -> Element | None:
        """The tree of a part's links, or None where it has none."""
        name = relationships_part(part)
        if name in self._trees:
            return self._trees[name]
        found = self.package.find(name)
        return None if found is None else self.tree(found)

    def _new_links(self, part: str) -> Element:
        """An empty list of links for a part."""
        name = relationships_part(part)
        empty = f'<Relationships xmlns="{PACKAGE_RELATIONSHIPS}"/>'.encode()
        self._trees[name] = editable(empty, self.where(name))
        types = self.tree(self.package.find(_TYPES) or _TYPES)
        extensions = [e.get("Extension", "").lower() for e in children(types, "Default")]
        if "rels" not in extensions:
            default = make(types, "Default", Extension="rels", ContentType=_RELATIONSHIP_TYPE)
            types.insert(0, default)
        return self._trees[name]

    def _resolved(self, part: str, link: Element) -> str:
        """The part a link means, among those of the package and those that are new."""
        return self.package.resolve(part, link.get("Target", ""))
