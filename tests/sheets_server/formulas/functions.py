"""The functions of the language: those that we write, and those that people write beside them."""

from __future__ import annotations

import calendar
import datetime as dt
import math
import re
from collections.abc import Callable
from typing import Any

from . import kinds
from .conditions import matcher
from .evaluate import Evaluator, Host, Range, Result, spread
from .indirect import indirect
from .kinds import DIV0, NA, NAME, NUM, VALUE, Err, Scalar
from .parse import Tree

ARRAY_MAKERS = {"SUMPRODUCT", "ARRAYFORMULA", "INDEX", "FILTER", "SORT", "MMULT"}


def call(of: Evaluator, name: str, arguments: tuple[Tree, ...], host: Host, array: bool) -> Result:
    """Call a function by name; an unknown one is #NAME?."""
    array = array or name in ARRAY_MAKERS
    if name in EACH:
        operands = [of.plain(of.value(argument, host, array), host, array) for argument in arguments]
        try:
            return spread(_careful(name, of.locale), operands)
        except TypeError:
            return NA  # wrong number of arguments
    if name in LAZY:
        return LAZY[name](of, arguments, host, array)
    if name in WHOLE:
        results = [of.value(argument, host, array) for argument in arguments]
        try:
            return WHOLE[name](of, host, *results)
        except TypeError:
            return NA
    return NAME


# --- one value at a time -----------------------------------------------------------------------------------


def _careful(name: str, locale: str) -> Callable[..., Scalar]:
    """A function of single values that hands errors on (unless it asks about them)."""
    function = EACH[name]

    def run(*items: Scalar) -> Scalar:
        if not name.startswith("IS"):
            for item in items:
                if isinstance(item, Err):
                    return item
        return function(locale, *items)

    return run


def _text(function: Callable[..., Scalar]) -> Callable[..., Scalar]:
    """A function of a text."""

    def run(locale: str, value: Scalar, *rest: Scalar) -> Scalar:
        text = kinds.to_text(value, locale)
        return text if isinstance(text, Err) else function(text, *rest)

    return run


def _number(function: Callable[..., Scalar]) -> Callable[..., Scalar]:
    """A function of numbers."""

    def run(locale: str, *values: Scalar) -> Scalar:
        numbers = [kinds.to_number(value, locale) for value in values]
        wrong = [number for number in numbers if isinstance(number, Err)]
        return wrong[0] if wrong else function(*numbers)

    return run


def _date(year: float, month: float, day: float) -> Scalar:
    months = int(year) * 12 + int(month) - 1
    if not 1899 * 12 <= months < 10000 * 12:
        return NUM
    return kinds.serial(dt.date(months // 12, months % 12 + 1, 1)) + int(day) - 1


def _edate(start: float, months: float) -> Scalar:
    day = kinds.from_serial(start).date()
    total = day.year * 12 + day.month - 1 + int(months)
    year, month = divmod(total, 12)
    return kinds.serial(dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1])))


def _round(value: float, places: float = 0) -> Scalar:
    scale = 10 ** int(places)
    return math.copysign(math.floor(abs(value) * scale + 0.5) / scale, value)


def _is(kind: type) -> Callable[..., Scalar]:
    return lambda _, value: isinstance(value, kind)


def _text_of(locale: str, value: Scalar, pattern: Scalar) -> Scalar:
    from ..formats import formatted

    return formatted(value, str(pattern), locale)


def _find(locale: str, part: Scalar, text: Scalar, start: Scalar = 1.0) -> Scalar:
    """Where a text stands in another, counted from 1; case counts, wildcards do not."""
    known, said, first = kinds.to_text(part, locale), kinds.to_text(text, locale), kinds.to_number(start)
    for value in (known, said, first):
        if isinstance(value, Err):
            return value
    at = str(said).find(str(known), int(first) - 1)  # type: ignore[arg-type]
    return VALUE if at < 0 else float(at + 1)


def _lower(locale: str, value: Scalar) -> Scalar:
    text = kinds.to_text(value, locale)
    return text if isinstance(text, Err) else text.lower()


EACH: dict[str, Callable[..., Scalar]] = {
    "TRIM": _text(lambda text: re.sub(" +", " ", text).strip(" ")),
    "LOWER": _text(str.lower),
    "UPPER": _text(str.upper),
    "LEN": _text(lambda text: float(len(text))),
    "LEFT": _text(lambda text, count=1.0: text[: int(count)]),
    "RIGHT": _text(lambda text, count=1.0: text[len(text) - int(count) :] if count else ""),
    "MID": _text(lambda text, start, count: text[int(start) - 1 : int(start) - 1 + int(count)]),
    "SUBSTITUTE": _text(lambda text, old, new: text.replace(old, new)),
    "EXACT": _text(lambda text, other: text == other),
    "REGEXMATCH": _text(lambda text, pattern: bool(re.search(pattern, text))),
    "FIND": _find,
    "SEARCH": lambda locale, part, text, *start: _find(
        locale, *(_lower(locale, x) for x in (part, text)), *start
    ),
    "VALUE": _number(lambda value: value),
    "ABS": _number(abs),
    "INT": _number(lambda value: float(math.floor(value))),
    "ROUND": _number(_round),
    "MOD": _number(lambda value, by: value - by * math.floor(value / by) if by else DIV0),
    "SQRT": _number(lambda value: math.sqrt(value) if value >= 0 else NUM),
    "DATE": _number(_date),
    "EDATE": _number(_edate),
    "YEAR": _number(lambda value: float(kinds.from_serial(value).year)),
    "MONTH": _number(lambda value: float(kinds.from_serial(value).month)),
    "DAY": _number(lambda value: float(kinds.from_serial(value).day)),
    "N": lambda _, value: float(value) if isinstance(value, (bool, float)) else 0.0,
    "T": lambda _, value: value if isinstance(value, str) else "",
    "NOT": lambda _, value: found if isinstance(found := kinds.to_bool(value), Err) else not found,
    "TEXT": _text_of,
    "ISNUMBER": lambda _, value: isinstance(value, float) and not isinstance(value, bool),
    "ISTEXT": _is(str),
    "ISLOGICAL": _is(bool),
    "ISERROR": _is(Err),
    "ISNA": lambda _, value: value == NA,
    "ISBLANK": lambda _, value: value is None,
}


# --- functions that decide what is worked out --------------------------------------------------------------


def _if(of: Evaluator, arguments: tuple[Tree, ...], host: Host, array: bool) -> Result:
    if not 2 <= len(arguments) <= 3:
        return NA
    test = of.plain(of.value(arguments[0], host, array), host, array)
    if isinstance(test, list):
        parts = [of.plain(of.value(part, host, array), host, array) for part in arguments[1:]]
        return spread(_choose, [test, *parts, *([False] if len(parts) == 1 else [])])
    truth = kinds.to_bool(test)
    if isinstance(truth, Err):
        return truth
    if truth:
        return of.value(arguments[1], host, array)
    return of.value(arguments[2], host, array) if len(arguments) == 3 else False


def _choose(test: Scalar, yes: Scalar, no: Scalar) -> Scalar:
    truth = kinds.to_bool(test)
    if isinstance(truth, Err):
        return truth
    return yes if truth else no


def _if_error(of: Evaluator, arguments: tuple[Tree, ...], host: Host, array: bool) -> Result:
    if not 1 <= len(arguments) <= 2:
        return NA
    value = of.plain(of.value(arguments[0], host, array), host, array)
    other = of.plain(of.value(arguments[1], host, array), host, array) if len(arguments) == 2 else None
    return spread(lambda one, two: two if isinstance(one, Err) else one, [value, other])


def _array_formula(of: Evaluator, arguments: tuple[Tree, ...], host: Host, _: bool) -> Result:
    return of.plain(of.value(arguments[0], host, True), host, True)


def _row(of: Evaluator, arguments: tuple[Tree, ...], host: Host, array: bool) -> Result:
    return _place(of, arguments, host, array, rows=True)


def _column(of: Evaluator, arguments: tuple[Tree, ...], host: Host, array: bool) -> Result:
    return _place(of, arguments, host, array, rows=False)


def _place(of: Evaluator, arguments: tuple[Tree, ...], host: Host, array: bool, rows: bool) -> Result:
    """ROW and COLUMN: of the host, of a cell, or in an array formula of every cell."""
    if not arguments:
        return float((host.row if rows else host.column) + 1)
    found = of.value(arguments[0], host, array)
    if not isinstance(found, Range):
        return found if isinstance(found, Err) else VALUE
    top, left = found.box.top or 0, found.box.left or 0
    if not array:
        return float((top if rows else left) + 1)
    if rows:
        return [[float(top + 1 + index)] for index in range(found.height)]
    return [[float(left + 1 + index) for index in range(found.width)]]


LAZY: dict[str, Callable[[Evaluator, tuple[Tree, ...], Host, bool], Result]] = {
    "IF": _if,
    "IFERROR": _if_error,
    "ARRAYFORMULA": _array_formula,
    "ROW": _row,
    "COLUMN": _column,
}


# --- functions of whole ranges -----------------------------------------------------------------------------


def _numbers(of: Evaluator, results: tuple[Result, ...]) -> list[float] | Err:
    """Numbers for SUM and its kin: text and truth values in ranges are passed over."""
    found: list[float] = []
    for result in results:
        for value in of.flat(result):
            if isinstance(value, Err):
                return value
            if isinstance(value, float) or (not isinstance(result, (Range, list)) and value is not None):
                number = kinds.to_number(value)
                if isinstance(number, Err):
                    return number
                found.append(number)
    return found


def _total(work: Callable[[list[float]], Scalar]) -> Callable[..., Result]:
    def run(of: Evaluator, _: Host, *results: Result) -> Result:
        numbers = _numbers(of, results)
        return numbers if isinstance(numbers, Err) else work(numbers)

    return run


def _sum_product(of: Evaluator, _: Host, *results: Result) -> Result:
    columns = [list(of.flat(result)) for result in results]
    if len({len(column) for column in columns}) != 1:
        return VALUE
    total = 0.0
    for items in zip(*columns, strict=True):
        product = 1.0
        for item in items:
            if isinstance(item, Err):
                return item
            product *= item if isinstance(item, float) else 0.0
        total += product
    return total


def _counted(keep: Callable[[Scalar], bool]) -> Callable[..., Result]:
    def run(of: Evaluator, _: Host, *results: Result) -> Result:
        return float(sum(keep(value) for result in results for value in of.flat(result)))

    return run


def _logic(decide: Callable[[list[bool]], bool]) -> Callable[..., Result]:
    def run(of: Evaluator, _: Host, *results: Result) -> Result:
        truths: list[bool] = []
        for result in results:
            for value in of.flat(result):
                if isinstance(result, Range) and (value is None or isinstance(value, str)):
                    continue
                truth = kinds.to_bool(value)
                if isinstance(truth, Err):
                    return truth
                truths.append(truth)
        return decide(truths) if truths else VALUE

    return run


def _match(of: Evaluator, host: Host, wanted: Result, among: Result, how: Result = 1.0) -> Result:
    target, kind = of.one(wanted, host), of.one(how, host)
    if isinstance(target, Err):
        return target
    best: Result = NA
    for index, value in enumerate(of.flat(among)):
        if isinstance(value, Err) or value is None or type(value) is not type(target):
            continue
        order = kinds.compare(value, target)
        if order == 0 and kind == 0.0:
            return float(index + 1)
        if kind != 0.0 and (order <= 0 if kind == 1.0 else order >= 0):
            best = float(index + 1)
    return best


def _index(of: Evaluator, host: Host, among: Result, row: Result = 0.0, column: Result = 0.0) -> Result:
    rows = of.values(among)
    down, across = kinds.to_number(of.one(row, host)), kinds.to_number(of.one(column, host))
    if isinstance(down, Err) or isinstance(across, Err):
        return down if isinstance(down, Err) else across
    if len(rows) == 1 and len(rows[0]) > 1 and not across:
        down, across = 0.0, down
    if down > len(rows) or across > len(rows[0]) or down < 0 or across < 0:
        return NUM
    picked = [rows[int(down) - 1]] if down else rows
    return [[line[int(across) - 1]] for line in picked] if across else picked


def _count_if(of: Evaluator, host: Host, among: Result, wanted: Result) -> Result:
    fits = matcher(of.one(wanted, host), of.locale)
    return float(sum(fits(value) for value in of.flat(among)))


def _sum_if(of: Evaluator, host: Host, among: Result, wanted: Result, numbers: Result = None) -> Result:
    fits = matcher(of.one(wanted, host), of.locale)
    values = of.flat(among if numbers is None else numbers)
    pairs = zip(of.flat(among), values, strict=False)
    return sum((value for test, value in pairs if fits(test) and isinstance(value, float)), 0.0)


def _size(side: str) -> Callable[..., Result]:
    def run(of: Evaluator, _: Host, value: Result) -> Result:
        if isinstance(value, Range):
            return float(getattr(value, side))
        rows = of.values(value)
        return float(len(rows) if side == "height" else len(rows[0]))

    return run


def _hyperlink(of: Evaluator, host: Host, link: Result, label: Result = None) -> Result:
    return of.one(link if label is None else label, host)


def _median(numbers: list[float]) -> Scalar:
    ordered, middle = sorted(numbers), len(numbers) // 2
    if not ordered:
        return NUM
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


WHOLE: dict[str, Callable[..., Any]] = {
    "SUM": _total(math.fsum),
    "AVERAGE": _total(lambda numbers: math.fsum(numbers) / len(numbers) if numbers else DIV0),
    "MEDIAN": _total(_median),
    "MAX": _total(lambda numbers: max(numbers, default=0.0)),
    "MIN": _total(lambda numbers: min(numbers, default=0.0)),
    "SUMPRODUCT": _sum_product,
    "COUNT": _counted(lambda value: isinstance(value, float)),
    "COUNTA": _counted(lambda value: value is not None),
    "COUNTBLANK": _counted(lambda value: value is None or value == ""),
    "COUNTIF": _count_if,
    "SUMIF": _sum_if,
    "AND": _logic(all),
    "OR": _logic(any),
    "MATCH": _match,
    "INDEX": _index,
    "INDIRECT": indirect,
    "ROWS": _size("height"),
    "COLUMNS": _size("width"),
    "HYPERLINK": _hyperlink,
    "TODAY": lambda of, _: kinds.serial(of.now.date()),
    "NOW": lambda of, _: kinds.serial(of.now.date()) + (of.now.hour * 60 + of.now.minute) / 1440,
    "NA": lambda of, _: NA,
    "TRUE": lambda of, _: True,
    "FALSE": lambda of, _: False,
}
