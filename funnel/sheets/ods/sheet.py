"""Read OpenDocument spreadsheets (.ods) with a streaming parser, with the safety checks of workbooks."""

from __future__ import annotations

import dataclasses
from functools import cached_property
from pathlib import Path
from xml.parsers import expat

from funnel.errors import ReadError
from funnel.grid import Grid
from funnel.sheets.base import ReadOnlySheet
from funnel.sheets.container import Container
from funnel.sheets.limits import LONGEST_TEXT, too_long_error
from funnel.sheets.ods.content import ContentReader
from funnel.sheets.ods.kind import CAPABILITIES
from funnel.sheets.tabs import find_tab_name
from funnel.sheets.xml_parts import document_type_error, invalid_xml_error


class OdsSheet(ReadOnlySheet):
    """An OpenDocument spreadsheet on disk.

    Parameters
    ----------
    path : the file.
    data : its bytes, if they have been read already.

    Raises
    ------
    ReadError : the file is damaged, protected with a password, or hostile.

    Examples
    --------
    ``OdsSheet("clients.ods").read("Clients")`` is the tab `Clients` as a Grid.
    """

    capabilities = CAPABILITIES

    def __init__(self, path: str | Path, data: bytes | None = None) -> None:
        super().__init__(path)
        self._container = Container.open(path) if data is None else Container(data, self.source)
        self.version = self._container.version
        manifest = "META-INF/manifest.xml"
        if self._container.has(manifest) and b"encryption-data" in self._container.read(manifest):
            raise ReadError(
                f"{self.source} is protected with a password, so it cannot be read. Open it in LibreOffice, "
                "save it without a password, and try again."
            )

    def tabs(self) -> tuple[str, ...]:
        """Return the names of the tabs, in their order on screen."""
        return tuple(self._grids)

    def read(self, tab: str, rows: int | None = None) -> Grid:
        """Read one tab, or its first rows.

        Raises
        ------
        ReadError : the tab is missing; with the nearest name.
        """
        grid = self._grids[find_tab_name(tab, self.tabs(), self.source)]
        if rows is None:
            return grid
        return dataclasses.replace(
            grid,
            values=[column[:rows] for column in grid.values],
            formulas={cell: text for cell, text in grid.formulas.items() if cell[0] <= rows},
            styles=[column[:rows] for column in grid.styles],
        )

    @cached_property
    def _grids(self) -> dict[str, Grid]:
        """All tabs by name; they are in one part."""
        reader = ContentReader(self.source)
        for part in ("styles.xml", "content.xml"):
            if part == "content.xml" or self._container.has(part):
                self._parse(part, reader)
        if not reader.grids:
            raise ReadError(f"{self.source} has no tab. Open it in LibreOffice, add one, and save it.")
        return reader.grids

    def _parse(self, part: str, reader: ContentReader) -> None:
        where = f"{self.source}, part {part},"

        def refuse(*_: object) -> None:
            raise document_type_error(where)

        parser = expat.ParserCreate(namespace_separator="}")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = refuse
        parser.StartElementHandler = reader.start
        parser.EndElementHandler = reader.end
        parser.CharacterDataHandler = reader.characters
        try:
            length = 0
            for chunk in self._container.stream(part):
                last = chunk.rfind(b"<")
                length = len(chunk) - last if last >= 0 else length + len(chunk)
                if length > LONGEST_TEXT:
                    raise too_long_error("a text or a name", LONGEST_TEXT, where)
                parser.Parse(chunk, False)
            parser.Parse(b"", True)
        except (expat.ExpatError, LookupError, ValueError) as error:  # the last two for an unknown encoding
            raise invalid_xml_error(where, str(error)) from error
