"""Collect the changes to a package: parts changed, added and removed, and the links between them.

Nothing is written until the draft is complete. Unchanged parts are copied byte for byte.
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
    package : the workbook as read; it is not changed.
    """

    def __init__(self, package: Package) -> None:
        self.package = package
        self.packed: dict[str, zipwriter.Packed] = {}  # finished parts, such as a client tab
        self._trees: dict[str, Element] = {}
        self._before: dict[str, bytes] = {}
        self._removed: set[str] = set()

    def where(self, part: str) -> str:
        """Return file and part, for messages."""
        return f"{self.package.source}, part {part},"

    def tree(self, part: str) -> Element:
        """Return a small part as a tree; changes to the tree are written with the draft."""
        if part not in self._trees:
            self._trees[part] = editable(self.package.read(part), self.where(part))
            self._before[part] = serialise(self._trees[part])
        return self._trees[part]

    def stream(self, part: str) -> Iterator[bytes]:
        """Return the bytes of a large part; its new version belongs in `packed`."""
        if part in self._trees:
            return iter([serialise(self._trees[part])])
        return self.package.stream(part)

    def add(self, part: str, data: bytes, content_type: str) -> None:
        """Add a part, in the edition of the standard that the workbook follows."""
        self._trees[part] = editable(in_dialect(data, self.package.strict), self.where(part))
        types = self.tree(self.package.find(_TYPES) or _TYPES)
        types.append(make(types, "Override", PartName="/" + part, ContentType=content_type))

    def replace(self, part: str, data: bytes) -> None:
        """Replace the content of a part."""
        self.tree(part)
        self._trees[part] = editable(in_dialect(data, self.package.strict), self.where(part))

    def remove(self, part: str) -> None:
        """Remove a part, its relationships and its entry in the content types."""
        links = relationships_part(part)
        for name in {part, self.package.find(links) or links}:
            self._trees.pop(name, None)
            if self.package.has(name):
                self._removed.add(name)
        types = self.tree(self.package.find(_TYPES) or _TYPES)
        for entry in children(types, "Override"):
            if entry.get("PartName", "").lstrip("/").casefold() == part.casefold():
                types.remove(entry)

    def unused_name(self, pattern: str, first: str = "1") -> str:
        """Return an unused part name, such as ``xl/charts/chart3.xml`` for ``xl/charts/chart{}.xml``."""
        names = map(pattern.format, chain([first], count(2)))
        return next(name for name in names if not self._exists(name))

    def _exists(self, name: str) -> bool:
        return self.package.find(name) is not None or name in self._trees

    def relationships(self, part: str) -> list[Relationship]:
        """Return the links from a part, with the changes of this draft."""
        links = self._links(part)
        if links is None:
            return []
        return [
            Relationship(link.get("Id", ""), link.get("Type", ""), self._resolved(part, link))
            for link in children(links, "Relationship")
            if link.get("TargetMode", "").lower() != "external"
        ]

    def related(self, part: str, kind: str) -> list[str]:
        """Return the existing parts that a part links to with a kind of link."""
        links = self.relationships(part)
        return [link.target for link in links if link.kind == kind and self._exists(link.target)]

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
        """Remove the links from a part to another."""
        links = self._links(part)
        for link in [] if links is None else children(links, "Relationship"):
            if link.get("TargetMode", "").lower() != "external" and self._resolved(part, link) == target:
                link.getparent().remove(link)  # type: ignore[union-attr]  # it has a parent

    def write(self, out: BinaryIO) -> None:
        """Write the changed package."""
        zipwriter.write(out, self.package, {**self._changed(), **self.packed}, self._removed)

    def _changed(self) -> dict[str, zipwriter.Packed]:
        """Return the small parts that are new or changed, compressed."""
        written = {part: serialise(tree) for part, tree in self._trees.items() if part not in self.packed}
        return {
            part: zipwriter.pack([data]) for part, data in written.items() if data != self._before.get(part)
        }

    def _links(self, part: str) -> Element | None:
        """Return the tree of a part's links, or None if it has none."""
        name = relationships_part(part)
        if name in self._trees:
            return self._trees[name]
        found = self.package.find(name)
        return None if found is None else self.tree(found)

    def _new_links(self, part: str) -> Element:
        """Add an empty list of links for a part."""
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
        """Return the target of a link, among the parts of the package and new ones."""
        return self.package.resolve(part, link.get("Target", ""))
