"""Amounts of money in the sheet, each in its currency (docs/definitions.md#money)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from funnel.cells.numbers import Amounts, currency_of, most_frequent, read_amounts, same_currency
from funnel.clients import Problem
from funnel.grid import column_letter
from funnel.loader.sheet_rows import NUMBER_ROLES, SheetRows
from funnel.loader.table import header_names
from funnel.text import count, fold, listed

CURRENCY = "currency"
_HEADERS = frozenset(["currency", "valuta", "moneda", "moeda", "devise", "wahrung"])


@dataclass
class Money:
    """The columns of money of the table, by row of the sheet; with problems and assumptions.

    Parameters
    ----------
    columns : a column for each role with amounts, NaN if blank or not counted; and `CURRENCY`, of the
        value, if any amount has one.
    """

    columns: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    assumed: list[str] = field(default_factory=list)


def read_money(reading: SheetRows, clients: Sequence[int]) -> Money:
    """Read the amounts of all roles; amounts that cannot be added to the others are problems, and NaN.

    With a declared currency these are the amounts in others. Without one, values keep their currencies, and
    each is summed alone; of other roles only the most frequent currency counts.
    """
    money, declared = Money(), reading.journey.currency
    main = currency_of(declared) or declared
    for role in NUMBER_ROLES:
        column = reading.columns.first(role)
        if column is None:
            continue
        amounts = _amounts(reading, role, column)
        used = [at for at in clients if not np.isnan(amounts.numbers[at])]
        named = {amounts.currencies[at] for at in used if amounts.currencies[at]}
        keep = {main} if main else named if role == "value" else {_most(amounts, used)}
        numbers = amounts.numbers
        others = [at for at in used if not _counts(amounts.currencies[at], keep)]
        numbers[others] = np.nan
        money.columns[role] = numbers
        money.problems += _problems(reading, column, amounts, clients, others, main or listed(sorted(keep)))
        if role == "value" and (main or named):
            default = main or (next(iter(keep)) if len(keep) == 1 else "")
            money.columns[CURRENCY] = _texts(_one_name(c, main) or default for c in amounts.currencies)
            blank = sum(not amounts.currencies[at] for at in used)
            if default and not main and blank:
                money.assumed.append(f"{count(blank, 'value')} without a currency taken as {default}")
    return money


def _most(amounts: Amounts, used: Sequence[int]) -> str:
    return most_frequent(amounts.currencies[at] for at in used)


def _counts(currency: str, keep: set[str]) -> bool:
    """Return True if an amount can be counted; one without a currency only if no two are kept."""
    return len(keep) < 2 if not currency else any(same_currency(currency, one) for one in keep)


def _one_name(currency: str, declared: str) -> str:
    return declared if currency and declared and same_currency(currency, declared) else currency


def _texts(values: Iterable[str]) -> Any:
    return np.array([value or None for value in values], dtype=object)


def _amounts(reading: SheetRows, role: str, column: int) -> Amounts:
    """Read a column of amounts; the currency of a value may be in a separate column."""
    cells = reading.cells(column)
    styles = reading.grid.styles[column - 1][reading.first - 1 :] if reading.grid.styles else ()
    formats = [reading.grid.palette[style].number_format for style in styles]
    found = read_amounts(cells, formats if len(formats) == len(cells) else ())
    own = next((at for at, name in header_names(reading).items() if fold(name) in _HEADERS), None)
    if role == "value" and own is not None:
        beside = [currency_of(str(cell)) if cell else "" for cell in reading.cells(own)]
        found.currencies[:] = [one or other for one, other in zip(found.currencies, beside, strict=True)]
    return found


def _problems(
    reading: SheetRows,
    column: int,
    amounts: Amounts,
    clients: Sequence[int],
    others: Sequence[int],
    main: str,
) -> Iterator[Problem]:
    cells, kept = reading.cells(column), set(clients)

    def problem(kind: str, offset: int, message: str, way_out: str) -> Problem:
        name = reading.names[offset]
        shown = repr(cells[offset]) if isinstance(cells[offset], str) else str(cells[offset])
        text = message.replace("{who}", name or f"The client of row {reading.first + offset}", 1)
        return Problem(
            kind, text.replace("{cell}", shown, 1), reading.first + offset, column, name or None, way_out
        )

    for offset in (at for at in amounts.unreadable if at in kept):
        yield problem("not a number", offset, "{who}: the value {cell} is not a number; it counts as blank.",
                      "Type it as a number.")  # fmt: skip
    for offset in others:
        own = amounts.currencies[offset]
        has = f"is in {own}" if own else "has no currency"
        yield problem("another currency" if own else "no currency", offset,
                      f"{{who}}: the amount {{cell}} {has}, and the others are in {main}; it is not added.",
                      "Type the amount with its currency, or convert it.")  # fmt: skip
    unclear = [at for at in amounts.ambiguous if at in kept]
    if unclear:
        more = f" (and {len(unclear) - 1:,} more)" if len(unclear) > 1 else ""
        yield problem("ambiguous amount", unclear[0],
                      f"Column {column_letter(column)}: {{cell}}{more} can be thousands or a decimal; it is "
                      f"read as {amounts.numbers[unclear[0]]:,.0f}.",
                      "Type it as a number, or with decimals.")  # fmt: skip
