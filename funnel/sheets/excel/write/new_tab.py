"""Write the XML of a new tab: its view, columns and validations, but no cells."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from funnel.plan import PutTab, StyleName, Validation
from funnel.sheets.excel.package.ooxml import MAIN
from funnel.sheets.excel.write.cells import clean
from funnel.sheets.xml_parts import escape, quoteattr

_LONGEST_MESSAGE: Final = 255  # limit of Excel
_DATES: Final = "<formula1>DATE(2000,1,1)</formula1>"
"""Earliest valid date, as a formula, because its serial number depends on the date system."""


def new_sheet(tab: PutTab, look: Callable[[StyleName], int]) -> bytes:
    """Return the part of a new tab without cells.

    Parameters
    ----------
    look : returns the index of a style.
    """
    return "".join(
        [
            f'<worksheet xmlns="{MAIN}"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr><dimension ref="A1"/>',
            _view(tab),
            '<sheetFormatPr defaultRowHeight="15"/>',
            _columns(tab, look),
            "<sheetData/>",
            _validations(tab.validations),
            _page(tab),
            "</worksheet>",
        ]
    ).encode()


def _page(tab: PutTab) -> str:
    """Return the page: one page wide; also one page high, and upright, if the tab must not be cut."""
    upright, high = ("portrait", 1) if tab.one_page else ("landscape", 0)
    return f'<pageSetup orientation="{upright}" fitToHeight="{high}"/>'


def _view(tab: PutTab) -> str:
    """Return the view: gridlines and frozen rows."""
    lines = "" if tab.gridlines else ' showGridLines="0"'
    pane = ""
    if tab.freeze_row:
        rows, corner = tab.freeze_row, f"A{tab.freeze_row + 1}"
        pane = (
            f'<pane ySplit="{rows}" topLeftCell="{corner}" activePane="bottomLeft" state="frozen"/>'
            f'<selection pane="bottomLeft" activeCell="{corner}" sqref="{corner}"/>'
        )
    return f'<sheetViews><sheetView{lines} workbookViewId="0">{pane}</sheetView></sheetViews>'


def _columns(tab: PutTab, look: Callable[[StyleName], int]) -> str:
    """Return the columns: widths, looks, and if they are hidden."""
    columns = sorted({*tab.widths, *tab.hidden_columns, *tab.column_styles})
    written = []
    for column in columns:
        width = tab.widths.get(column, 10.0)
        style = look(tab.column_styles.get(column, "plain"))
        facts = (f' style="{style}"' if style else "") + (
            ' hidden="1"' if column in tab.hidden_columns else ""
        )
        written.append(f'<col min="{column}" max="{column}" width="{width:g}" customWidth="1"{facts}/>')
    return f"<cols>{''.join(written)}</cols>" if written else ""


def _validations(validations: Sequence[Validation]) -> str:
    """Return the validations, each a warning that users can override."""
    written = "".join(map(_validation, validations))
    return f'<dataValidations count="{len(validations)}">{written}</dataValidations>' if written else ""


def _validation(validation: Validation) -> str:
    kind = f'type="{validation.kind}"'
    if validation.kind == "date":
        kind += ' operator="greaterThanOrEqual"'
        formula = _DATES
    elif validation.kind == "list":
        words = ",".join(validation.words).replace('"', '""')
        formula = f"<formula1>{escape(chr(34) + words + chr(34))}</formula1>"
    else:
        formula = f"<formula1>{escape(validation.formula.removeprefix('='))}</formula1>"
    message = quoteattr(clean(validation.message)[:_LONGEST_MESSAGE])
    return (
        f'<dataValidation {kind} errorStyle="warning" allowBlank="1" showErrorMessage="1" '
        f'error={message} sqref="{validation.area.a1}">{formula}</dataValidation>'
    )
