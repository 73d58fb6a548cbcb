"""Format the blank cells of a new tab, and add their validations."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from funnel.plan import PutTab, Validation
from funnel.sheets.google.read.formulas import to_locale
from funnel.sheets.google.read.looks import LOOKS
from funnel.sheets.google.write.charts import grid_range

Json = dict[str, Any]


def prepare_blank_cells(change: PutTab, sheet: int, locale: str) -> Iterator[Json]:
    """Yield the requests for formats and validations of a tab's blank cells, below the frozen rows."""
    for column, style in sorted(change.column_styles.items()):
        below = {"sheetId": sheet, "startColumnIndex": column - 1, "endColumnIndex": column}
        below |= {"startRowIndex": change.freeze_row} if change.freeze_row else {}
        look = {"userEnteredFormat": dict(LOOKS[style])}
        yield {"repeatCell": {"range": below, "cell": look, "fields": "userEnteredFormat"}}
    for validation in change.validations:
        rule = _rule(validation, locale)
        yield {"setDataValidation": {"range": grid_range(sheet, validation.area), "rule": rule}}


def _rule(validation: Validation, locale: str) -> Json:
    """Return a validation that warns with a message, and can be overridden."""
    shown = {"inputMessage": validation.message, "strict": False}
    if validation.kind == "list":
        words = [{"userEnteredValue": word} for word in validation.words]
        return {"condition": {"type": "ONE_OF_LIST", "values": words}, "showCustomUi": True, **shown}
    if validation.kind == "date":
        return {"condition": {"type": "DATE_IS_VALID"}, **shown}
    formula = to_locale(validation.formula, locale)
    return {"condition": {"type": "CUSTOM_FORMULA", "values": [{"userEnteredValue": formula}]}, **shown}
