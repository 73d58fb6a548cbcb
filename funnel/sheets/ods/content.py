"""Parse the XML of an OpenDocument spreadsheet into Grids, element by element (ODF 1.3 part 3)."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from funnel.errors import ReadError
from funnel.grid import Area, Dropdown, Grid, Style, Value
from funnel.sheets.growing_columns import Columns
from funnel.sheets.limits import (
    FREE_PLACES,
    LAST_COLUMN,
    LAST_ROW,
    LONGEST_TEXT,
    MOST_ELEMENTS,
    MOST_STYLES,
    MOST_TABS,
    check_merge,
    check_most,
    check_repeats,
    too_long_error,
    whole_number,
)
from funnel.sheets.ods.cell_values import cell_value

_TAG_LENGTH = 16  # what a tag within a text counts for
_MOST_PARENTS = 100  # of a style
_WIDEST_FILL = 256  # columns; fills of empty cells beyond are ignored: fills of whole rows are 16,384 wide
_REFERENCE = re.compile(
    r'("(?:[^"]|"")*")|\[(\$?(?:\'(?:[^\']|\'\')*\'|[^\[\].:\']*))\.([^\[\]:]*)(?::[^\[\].]*\.([^\[\]]*))?\]|(;)'
)
_LIST = re.compile(r"(?:of:)?cell-content-is-in-list\((.*)\)", re.DOTALL)
_OPTION = re.compile(r'"((?:[^"]|"")*)"')
_COLOR = re.compile(r"#[0-9A-Fa-f]{6}")


@dataclass
class _Look:
    """A cell style: its parent and the differences from it."""

    parent: str = ""
    fill: str | None = None
    bold: bool | None = None


@dataclass
class _Tab:
    """A tab, as far as it has been read."""

    name: str
    columns: Columns
    hidden: bool
    protected: bool
    row: int = 0
    repeated: int = 1
    row_style: str = ""
    cells: list[tuple[int, int, Value]] = field(default_factory=list)
    column: int = 0
    column_styles: list[tuple[int, int, str]] = field(default_factory=list)
    formulas: dict[tuple[int, int], str] = field(default_factory=dict)
    merges: list[Area] = field(default_factory=list)
    validated: dict[str, list[Area]] = field(default_factory=dict)  # by the name of the validation
    placed: int = 0
    elements: int = 0
    repeats: int = 0

    @property
    def where(self) -> str:
        """The file and the tab, for messages."""
        return self.columns.where


class ContentReader:
    """A handler of XML events of `styles.xml` and `content.xml`, which makes a Grid of each tab.

    Parameters
    ----------
    source : the file as the user named it, for messages.
    """

    def __init__(self, source: str) -> None:
        self.grids: dict[str, Grid] = {}
        self._source = source
        self._looks: dict[str, _Look] = {}
        self._hidden: set[str] = set()
        self._lists: dict[str, str] = {}  # of each validation, what is within the brackets of its list
        self._names: dict[str, str] = {}  # the cells of each named range
        self._validated: dict[str, dict[str, list[Area]]] = {}  # by tab, then by validation
        self._palette: list[Style] = [Style()]
        self._indexes: dict[str, int] = {"": 0}
        self._styles: dict[Style, int] = {Style(): 0}
        self._style = ""
        self._tab: _Tab | None = None
        self._cell: dict[str, str] | None = None
        self._text: list[str] = []
        self._paragraphs = 0  # of the current cell, so far
        self._length = 0  # of its text
        self._unknown = 0  # elements
        self._in_paragraph = False
        self._ignored = 0  # depth within an annotation or another element without the cell's text
        self._starts: dict[str, Callable[[dict[str, str]], None]] = {
            "style": self._start_style,
            "table-cell-properties": self._read_fill,
            "text-properties": self._read_bold,
            "table-properties": self._read_display,
            "content-validation": self._read_validation,
            "named-range": self._read_name,
            "table": self._start_table,
            "table-column": self._read_column,
            "table-row": self._start_row,
            "table-cell": self._start_cell,
            "covered-table-cell": self._start_cell,
        }

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Handle the start of an element."""
        name = name.rpartition("}")[2]
        if self._ignored or name in ("annotation", "shapes", "tracked-changes", "forms"):
            self._ignored += 1
            self._count_unknown()
            return
        plain = {key.rpartition("}")[2]: value for key, value in attributes.items()}
        if name in self._starts:
            self._starts[name](plain)
        elif name == "p" and self._cell is not None:
            self._paragraphs += 1
            self._in_paragraph = True
            self._add_text("\n" if self._paragraphs > 1 else "", _TAG_LENGTH)
        elif self._in_paragraph:
            self._add_text(_text_of(name, plain), _TAG_LENGTH)
        else:
            self._count_unknown()

    def end(self, name: str) -> None:
        """Handle the end of an element."""
        name = name.rpartition("}")[2]
        if self._ignored:
            self._ignored -= 1
        elif name == "style":
            self._style = ""
        elif name == "p":
            self._in_paragraph = False
        elif name in ("table-cell", "covered-table-cell"):
            self._end_cell()
        elif name == "table-row":
            self._end_row()
        elif name == "table":
            self._end_table()
        elif name == "spreadsheet":
            self._add_dropdowns()

    def characters(self, text: str) -> None:
        """Handle text in the current element."""
        if self._in_paragraph and not self._ignored:
            self._add_text(text)

    def _count_unknown(self) -> None:
        self._unknown += 1
        check_most(self._unknown, MOST_ELEMENTS, "XML tags outside of cells", self._source)

    def _add_text(self, text: str, tags: int = 0) -> None:
        self._text.append(text)
        self._length += len(text) + tags
        if self._length > LONGEST_TEXT and self._tab is not None:
            raise too_long_error("a text", LONGEST_TEXT, self._tab.where)

    def _start_style(self, attributes: dict[str, str]) -> None:
        self._style = attributes.get("name", "")
        check_most(len(self._looks) + 1, MOST_STYLES, "styles", self._source)
        self._looks[self._style] = _Look(attributes.get("parent-style-name", ""))

    def _read_fill(self, attributes: dict[str, str]) -> None:
        color = attributes.get("background-color", "")
        if self._style and color:
            self._looks[self._style].fill = color[1:].upper() if _COLOR.fullmatch(color) else ""

    def _read_bold(self, attributes: dict[str, str]) -> None:
        if self._style and "font-weight" in attributes:
            self._looks[self._style].bold = attributes["font-weight"] not in (
                "normal",
                "100",
                "200",
                "300",
                "400",
            )

    def _read_display(self, attributes: dict[str, str]) -> None:
        if self._style and attributes.get("display") == "false":
            self._hidden.add(self._style)

    def _read_validation(self, attributes: dict[str, str]) -> None:
        found = _LIST.fullmatch(attributes.get("condition", ""))
        if found:
            self._lists[attributes.get("name", "")] = found[1]

    def _read_name(self, attributes: dict[str, str]) -> None:
        cells = formula_text(f"[{attributes.get('cell-range-address', '')}]")
        self._names[attributes.get("name", "").casefold()] = cells

    def _start_table(self, attributes: dict[str, str]) -> None:
        name = attributes.get("name", "")
        check_most(len(self.grids) + 1, MOST_TABS, "tabs", self._source)
        hidden = attributes.get("style-name", "") in self._hidden
        where = f"{self._source}, tab {name!r},"
        self._tab = _Tab(name, Columns(where), hidden, attributes.get("protected") == "true")

    def _read_column(self, attributes: dict[str, str]) -> None:
        if self._tab is not None:
            before = self._tab.column_styles
            first = before[-1][1] + 1 if before else 1
            last = first + _count(attributes, "number-columns-repeated") - 1
            if first <= LAST_COLUMN:
                before.append((first, last, attributes.get("default-cell-style-name", "")))

    def _start_row(self, attributes: dict[str, str]) -> None:
        tab = self._tab
        if tab is not None:
            tab.row += 1
            tab.repeated = _count(attributes, "number-rows-repeated")
            tab.row_style = attributes.get("default-cell-style-name", "")
            tab.cells, tab.column = [], 0

    def _start_cell(self, attributes: dict[str, str]) -> None:
        self._cell, self._text, self._paragraphs, self._length = attributes, [], 0, 0

    def _end_cell(self) -> None:
        tab, attributes = self._tab, self._cell
        self._cell = None
        if tab is None or attributes is None:
            return
        repeated = _count(attributes, "number-columns-repeated")
        value = cell_value(attributes, "".join(self._text))
        formula = attributes.get("formula")
        first, last = tab.column + 1, tab.column + repeated
        tab.column = last
        known = value is not None or formula is not None
        if known and last > LAST_COLUMN:
            raise self._too_many_repeats(tab)
        if not known:
            last = min(last, _WIDEST_FILL)
        if known:
            tab.elements += 1
            tab.placed += last - first + 1
            check_repeats(tab.placed, tab.elements, tab.where)
        for column in range(first, last + 1):
            style = self._index(attributes.get("style-name") or tab.row_style or _column_style(tab, column))
            if known or style:
                tab.cells.append((column, style, value))
            if formula is not None:
                tab.formulas[tab.row, column] = formula_text(formula)
        self._read_merge(tab, first, attributes)
        if attributes.get("content-validation-name") in self._lists:
            areas = tab.validated.setdefault(attributes["content-validation-name"], [])
            _extend(areas, Area(tab.row, first, tab.row + tab.repeated - 1, tab.column))

    def _read_merge(self, tab: _Tab, column: int, attributes: dict[str, str]) -> None:
        rows, columns = (
            _count(attributes, "number-rows-spanned"),
            _count(attributes, "number-columns-spanned"),
        )
        if rows > 1 or columns > 1:
            area = Area(tab.row, column, tab.row + rows - 1, column + columns - 1)
            check_merge(area, f"{self._source}, tab {tab.name!r},")
            tab.merges.append(area)

    def _end_row(self) -> None:
        """Add a row and its repetitions; only the styles of rows without values are stored."""
        tab = self._tab
        if tab is None:
            return
        first, last = tab.row, tab.row + tab.repeated - 1
        tab.row = last
        if all(value is None for _, _, value in tab.cells):
            looks = tuple((column, style) for column, style, _ in tab.cells)
            if looks and first <= LAST_ROW:
                tab.columns.blank(first, min(last, LAST_ROW), looks)
            return
        tab.repeats += (tab.repeated - 1) * len(tab.cells)
        if last > LAST_ROW or tab.repeats > FREE_PLACES:
            raise self._too_many_repeats(tab)
        tab.columns.put(first, tab.cells, last)

    def _end_table(self) -> None:
        tab = self._tab
        self._tab = None
        if tab is None:
            return
        values, styles = tab.columns.values_and_styles(tab.formulas, {}, ())
        self.grids[tab.name] = Grid(
            tab.name, values, tab.formulas, styles, self._palette, tuple(tab.merges),
            protected=tab.protected, hidden=tab.hidden,
        )  # fmt: skip
        self._validated[tab.name] = tab.validated

    def _add_dropdowns(self) -> None:
        """Add to each Grid the lists that its cells offer; names are known only after the last table."""
        for tab, validated in self._validated.items():
            found = []
            for name, areas in validated.items():
                text = self._lists[name].strip()
                options = tuple(option.replace('""', '"').strip() for option in _OPTION.findall(text))
                reference = "" if options else self._names.get(text.casefold(), formula_text(text))
                found.append(Dropdown(tuple(areas), tuple(filter(None, options)), reference))
            self.grids[tab] = replace(self.grids[tab], dropdowns=tuple(found))

    def _too_many_repeats(self, tab: _Tab) -> ReadError:
        return ReadError(
            f"{self._source}, tab {tab.name!r}, has a cell or row near row {tab.row:,} that is repeated "
            "beyond the end of a sheet. Delete the cells far from the clients, save, and try again."
        )

    def _index(self, name: str) -> int:
        """Return the index of a style in the palette, with the settings of its parents."""
        index = self._indexes.get(name)
        if index is None:
            fill: str | None = None
            bold: bool | None = None
            at, seen = name, set[str]()
            while at in self._looks and at not in seen and len(seen) < _MOST_PARENTS:
                look = self._looks[at]
                fill, bold = look.fill if fill is None else fill, look.bold if bold is None else bold
                seen.add(at)
                at = look.parent
            style = Style(fill or None, None, bool(bold))
            index = self._styles.setdefault(style, len(self._palette))
            if index == len(self._palette):
                self._palette.append(style)
            self._indexes[name] = index
        return index


def formula_text(formula: str) -> str:
    """Convert a formula of OpenDocument to the notation of the Grid.

    >>> formula_text("of:=IF([.B2]>0;SUM([.$B2:.C9]);[$'Old leads'.A1])&\\"a;b\\"")
    '=IF(B2>0,SUM($B2:C9),\\'Old leads\\'!A1)&"a;b"'
    """
    text = formula.partition("=")[2] if ":=" in formula[:9] else formula.removeprefix("=")
    return "=" + _REFERENCE.sub(_reference, text)


def _reference(match: re.Match[str]) -> str:
    quoted, tab, first, last, semicolon = match.groups()
    if semicolon:
        return ","
    if quoted:
        return str(quoted)
    name = tab.removeprefix("$")
    return (f"{name}!" if name else "") + first + (f":{last}" if last else "")


def _text_of(name: str, attributes: dict[str, str]) -> str:
    """Return the text of an element within a cell's text: spaces, a tab or a line break."""
    if name == "s":
        return " " * min(_count(attributes, "c"), 1000)
    if name == "tab":
        return "\t"
    return "\n" if name == "line-break" else ""


def _count(attributes: dict[str, str], name: str) -> int:
    text = attributes.get(name, "1")
    return max(whole_number(text[:12]), 1)


def _extend(areas: list[Area], area: Area) -> None:
    """Add an area to those above it, or make the one that it continues longer."""
    for at in range(len(areas) - 1, max(len(areas) - 9, -1), -1):
        last = areas[at]
        if (last.left, last.right, last.bottom + 1) == (area.left, area.right, area.top):
            areas[at] = replace(last, bottom=area.bottom)
            return
    areas.append(area)


def _column_style(tab: _Tab, column: int) -> str:
    at = bisect_left(tab.column_styles, column, key=lambda run: run[1])
    return tab.column_styles[at][2] if at < len(tab.column_styles) else ""
