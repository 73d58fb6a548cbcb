"""Read one tab of a workbook as a Grid."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from funnel.grid import Grid
from funnel.sheets.excel.package.parts import Package, SheetRef
from funnel.sheets.excel.read import features
from funnel.sheets.excel.read.cell_values import Contents
from funnel.sheets.excel.read.row_reader import RowReader
from funnel.sheets.excel.read.sheet_xml import SheetStream
from funnel.sheets.excel.read.strings import read_strings
from funnel.sheets.excel.read.styles import StyleTable, read_styles
from funnel.sheets.xml_parts import child, parse, true

_PREVIEW_PIECE = 1 << 16


@dataclass
class Reader:
    """A reader of a workbook's tabs, which reads their shared strings and styles once.

    Parameters
    ----------
    package : the workbook.
    slowly : read every row with the XML parser; the tests compare both ways.
    """

    package: Package
    slowly: bool = field(default=False, kw_only=True)

    @cached_property
    def strings(self) -> list[str]:
        """Shared strings."""
        return read_strings(self.package)

    @cached_property
    def styles(self) -> StyleTable:
        """Styles by index."""
        return read_styles(self.package)

    def read(self, sheet: SheetRef, rows: int | None = None) -> Grid:
        """Read a tab, or its first `rows` rows.

        A preview that stops before the end of the sheet lacks the elements after the rows: merges, filter,
        protection and rules.

        Raises
        ------
        ReadError : the tab is damaged or hostile.
        """
        package, where = self.package, f"{self.package.source}, tab {sheet.name!r},"
        chunks = package.stream(sheet.part, _PREVIEW_PIECE if rows else 1 << 20)
        stream = SheetStream(chunks, where)
        contents = Contents(self.strings, self.styles, package.date1904, where)
        cells = RowReader(contents, stream, rows, self.slowly)
        whole = cells.read()
        edges = stream.without_rows(whole)
        features.check_features(edges, where)
        root = parse(edges, where)
        defaults = {
            column: self.styles.index(style) for column, style in features.column_styles(root).items()
        }
        values, styles = cells.columns.values_and_styles(cells.formulas, defaults, cells.row_styles)
        protection = child(root, "sheetProtection")
        return Grid(
            sheet.name,
            values,
            cells.formulas,
            styles,
            self.styles.palette,
            features.merges(root, where),
            features.tables(package, sheet.part),
            features.filter_area(root),
            features.print_area(package, sheet),
            protection is not None and true(protection.get("sheet", "0")),
            sheet.hidden,
            features.rules(root),
            features.charts(package, sheet),
            features.anchors(package, sheet.name),
            ("dates count from 1904",) if package.date1904 else (),
            frozenset(cells.formulas.uncalculated),
            features.dropdowns(root, package),
            features.loses_charts(package),
        )
