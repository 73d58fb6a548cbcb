"""Parse numbers and amounts of money as people type them: 1,200.50, 1.200,50, € 90.

The column decides the decimal separator. An amount's currency is read from its text or its cell's format.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from funnel.cells.columns import ParseCache
from funnel.grid import Value

_NUMBER = re.compile(r"[^\d\-–−(]*([-–−(]?)\s*(\d[\d.,'’\s]*)\)?\s*([^\d]*)")
LONGEST = 80  # characters; a longer text is not a number, and would slow the pattern down
_SCALES = {
    **dict.fromkeys(("k", "tsd", "tys", "тыс", "ribu", "rb", "千", "천"), 1_000),
    **dict.fromkeys(("万", "萬", "만"), 10_000),
}
# "m" and "mil" are thousands to some, millions to others
_UNCLEAR_SCALES = frozenset(
    (
        *("m", "mm", "mil", "mila", "mio", "mln", "mrd", "bn", "млн", "million", "millions"),
        *("millionen", "milioni", "millones", "lakh", "lakhs", "lac", "cr", "crore", "crores"),
        *("juta", "jt", "百万", "億", "亿", "억"),
    )
)
_SIGNS_OF_SCALE = re.compile(r"[千万萬億亿천만억]")
_SCALE = re.compile(r"[\W\d_]*(百万|[千万萬億亿천만억]|[^\W\d_]+)")
_SPACES = re.compile(r"[\s'’]")
_NAMED = (
    "us$ USD|a$ AUD|au$ AUD|c$ CAD|ca$ CAD|nz$ NZD|r$ BRL|s$ SGD|hk$ HKD|€ EUR|£ GBP|₹ INR|₺ TRY|₽ RUB|₴ UAH|"
    "₪ ILS|₩ KRW|฿ THB|₫ VND|₦ NGN|₱ PHP|zł PLN|kč CZK|fr. CHF|euro EUR|euros EUR|"
    "円 JPY|元 CNY|원 KRW|rp IDR|rp. IDR|tl TRY|руб RUB|руб. RUB|грн UAH|nt$ TWD|$ $|¥ ¥|￥ ¥|kr kr|kr. kr"
)
_ISO = (
    "AED ARS AUD BGN BRL CAD CHF CLP CNY COP CZK DKK EGP EUR GBP HKD HUF IDR ILS INR ISK JPY KES KRW MAD MXN "
    "MYR NGN NOK NZD PEN PHP PKR PLN QAR RON RSD RUB SAR SEK SGD THB TRY TWD UAH USD UYU VND ZAR"
)
_SYMBOLS = dict(pair.split() for pair in _NAMED.split("|"))
_CODES = frozenset(_ISO.split())
_SHARED = {
    "$": ("USD", "AUD", "CAD", "NZD", "SGD", "HKD", "MXN", "ARS", "CLP", "COP"),
    "¥": ("JPY", "CNY"),
    "kr": ("SEK", "NOK", "DKK", "ISK"),
}
_CURRENCY = re.compile(r"[a-z]{0,2}\$|[€£₹₺₽₴₪₩฿₫₦₱¥￥円元원]|[^\W\d_]+\.?", re.IGNORECASE)
_FORMAT = re.compile(r"\[\$([^\]-]+)[^\]]*\]|\"([^\"]*)\"|([$€£¥₹])")
_WHOLE = frozenset(("JPY", "KRW", "IDR", "VND", "CLP"))  # currencies that are used without decimals
_OPEN = re.compile(r"[1-9]\d{0,2}([.,])\d{3}")


def read_numbers(values: Sequence[Value]) -> tuple[np.ndarray[tuple[int], np.dtype[np.float64]], list[int]]:
    """Parse a column; return its numbers (NaN if blank or unreadable) and the offsets of unreadable cells.

    >>> read_numbers([100, "1.200,50 €", None, "lots"])
    (array([ 100. , 1200.5,    nan,    nan]), [3])
    """
    comma = _decimal_comma(value for value in set(values) if isinstance(value, str))
    bad: set[Value] = set()

    def number(value: Value) -> float:
        if value is None or isinstance(value, bool):
            return np.nan
        if isinstance(value, int | float):
            return float(value)
        read = read_number(value, comma) if isinstance(value, str) else None
        if read is None and not (isinstance(value, str) and value.strip() in ("", "-", "–")):
            bad.add(value)
        return np.nan if read is None else read

    numbers = np.array(list(map(ParseCache(number).__getitem__, values)), dtype=np.float64)
    return numbers, [at for at, value in enumerate(values) if value in bad] if bad else []


def read_number(text: str, decimal_comma: bool = False, fixed: bool = False) -> float | None:
    """Parse one text as a number; return None if it is not one.

    Unless `fixed`, a text that shows its own decimal separator overrides `decimal_comma`.

    >>> read_number("1,200.50"), read_number("1.200,50"), read_number("1.200", True), read_number("12a3")
    (1200.5, 1200.5, 1200.0, None)
    >>> read_number("€ 1,5k"), read_number("5万円"), read_number("$2M")
    (1500.0, 50000.0, None)
    """
    found = _NUMBER.fullmatch(text.strip()) if len(text) <= LONGEST else None
    if not found:
        return None
    digits = _SPACES.sub("", found[2]).rstrip(".,")
    comma, point = digits.rfind(","), digits.rfind(".")
    if fixed:
        pass
    elif (comma >= 0 and point >= 0) or (max(comma, point) >= 0 and len(digits) - max(comma, point) != 4):
        decimal_comma = comma > point
    digits = digits.replace("." if decimal_comma else ",", "").replace(",", ".")
    if digits.count(".") > 1:
        return None
    scale = _scale(found[3])
    return None if scale is None else (-scale if found[1] else scale) * float(digits)


def _scale(unit: str) -> int | None:
    """Return the factor in the word after a number ("5k"); None for a word of several meanings."""
    found = _SCALE.match(unit)
    word = found[1].lower() if found else ""
    return None if word in _UNCLEAR_SCALES else _SCALES.get(word, 1)


def _decimal_comma(texts: Iterable[str]) -> bool:
    """Return True if a text has one or two digits after a comma, which cannot be thousands."""
    return any(re.search(r",\d{1,2}\D*$", text) for text in texts if len(text) <= LONGEST)


@dataclass(frozen=True, slots=True)
class Amounts:
    """A column of amounts of money.

    Parameters
    ----------
    numbers : NaN if blank or unreadable.
    currencies : of each cell; "" if neither its text nor its format has one.
    unreadable : offsets of cells that are not numbers.
    ambiguous : offsets of texts such as "1.200" whose separator could be that of thousands or of decimals.
    """

    numbers: np.ndarray[tuple[int], np.dtype[np.float64]]
    currencies: list[str]
    unreadable: list[int]
    ambiguous: list[int]


def read_amounts(values: Sequence[Value], formats: Sequence[str | None] = ()) -> Amounts:
    """Parse a column of amounts of money.

    A text such as "1.200" is read by the decimal separator of the column's other texts; if they use none, or
    both, it is thousands, and `ambiguous`.

    Parameters
    ----------
    formats : the number format of each cell, if known.

    >>> found = read_amounts(["1.200,50 €", "$1.200", 90])
    >>> found.numbers.tolist(), found.currencies, found.ambiguous
    ([1200.5, 1200.0, 90.0], ['EUR', '$', ''], [])
    >>> read_amounts(["$1.200", "$900"]).ambiguous
    [0]
    """
    texts = {value for value in set(values) if isinstance(value, str)}
    decimals = {found for found in map(_decimal, texts) if found}
    column = decimals.pop() if len(decimals) == 1 else ""

    def number(value: Value) -> float | None:
        if not isinstance(value, str):
            return None if value is None or isinstance(value, bool) else _plain(value)
        mark = _decimal(value) or column or _thousands(value)
        return read_number(value, mark == ",", fixed=bool(mark))

    read = ParseCache(number)
    bad = [at for at, value in enumerate(values) if read[value] is None and not _blank(value)]
    currency = ParseCache(currency_of)
    named = [currency[value] if isinstance(value, str) else "" for value in values]
    if formats:
        by_format = ParseCache(currency_of_format)
        named = [name or by_format[form] for name, form in zip(named, formats, strict=True)]
    numbers = np.array([np.nan if (n := read[value]) is None else n for value in values], dtype=np.float64)
    unclear = set() if column else {t for t in texts if _thousands(t) and currency[t] not in _WHOLE}
    return Amounts(numbers, named, bad, [at for at, value in enumerate(values) if value in unclear])


def currency_of(text: str) -> str:
    """Return the currency in a text: an ISO code, or a symbol that several currencies share; "" for none.

    >>> [currency_of(text) for text in ("1.200,50 €", "US$ 90", "$90", "90 chf", "90 kr", "90 a month")]
    ['EUR', 'USD', '$', 'CHF', 'kr', '']
    """
    for found in _CURRENCY.findall(_SIGNS_OF_SCALE.sub("", text)):
        if found.lower() in _SYMBOLS:
            return _SYMBOLS[found.lower()]
        if found.upper() in _CODES:
            return str(found.upper())
        if found.endswith("$"):
            return "$"
    return ""


def currency_of_format(number_format: str | None) -> str:
    """Return the currency in a number format; "" for none.

    >>> currency_of_format("[$€-407] #,##0.00"), currency_of_format('#,##0 "kr"'), currency_of_format("0.0")
    ('EUR', 'kr', '')
    """
    parts = _FORMAT.findall(number_format or "")
    return next(filter(None, (currency_of("".join(part)) for part in parts)), "")


def same_currency(one: str, other: str) -> bool:
    """Return True if two names can mean one currency: "$" is USD, CAD, …

    >>> same_currency("$", "CAD"), same_currency("EUR", "EUR"), same_currency("EUR", "USD")
    (True, True, False)
    """
    return one == other or other in _SHARED.get(one, ()) or one in _SHARED.get(other, ())


def most_frequent(currencies: Iterable[str]) -> str:
    """Return the currency of most amounts; "" if none has one."""
    found = Counter(filter(None, currencies))
    return max(sorted(found), key=found.__getitem__, default="")


def _plain(value: Value) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _blank(value: Value) -> bool:
    return (
        value is None
        or isinstance(value, bool)
        or (isinstance(value, str) and value.strip() in ("", "-", "–"))
    )


def _digits(text: str) -> str:
    found = _NUMBER.fullmatch(text.strip()) if len(text) <= LONGEST else None
    return _SPACES.sub("", found[2]).rstrip(".,") if found else ""


def _decimal(text: str) -> str:
    """Return the decimal separator that a text shows; "" if it shows none."""
    digits = _digits(text)
    marks = [c for c in digits if c in ".,"]
    if not marks or _OPEN.fullmatch(digits):
        return ""
    if len(set(marks)) == 2:
        return marks[-1]
    return marks[0] if len(marks) == 1 else {",": ".", ".": ","}[marks[0]]


def _thousands(text: str) -> str:
    """Return the decimal separator of a text such as "1.200" if its "." is of thousands; "" for others."""
    found = _OPEN.fullmatch(_digits(text))
    return "" if not found else {",": ".", ".": ","}[found[1]]
