"""The XML of a tab that we make: its view, columns and validations; its cells are written as in any other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from funnel.plan import PutTab, StyleName, Validation
from funnel.sheets.excel.package.ooxml import MAIN
from funnel.sheets.excel.write.cells import clean

_LONGEST_MESSAGE: Final = 255  # what Excel accepts
_DATES: Final = "<formula1>DATE(2000,1,1)</formula1>"
"""From when on a date is taken for one; written as a formula, it holds in both date systems."""


def new_sheet(tab: PutTab, look: Callable[[StyleName], int]) -> bytes:
    """The part of a tab without cells.

    Parameters
    ----------
    look : the index of a style.
    """
    return "".join(
        [
            f'<worksheet xmlns="{MAIN}"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr><dimension ref="A1"/>',
            _view(tab),
            '<sheetFormatPr defaultRowHeight="15"/>',
            _columns(tab, look),
            "<sheetData/>",
            _validations(tab.validations),
            '<pageSetup orientation="landscape" fitToHeight="0"/></worksheet>',
        ]
    ).encode()


def _view(tab: PutTab) -> str:
    """Gridlines or none, and the rows above that stay in view."""
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
    """Widths, looks, and columns that are hidden."""
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
    """What may be typed; a warning that a person may overrule, for it is their sheet."""
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
