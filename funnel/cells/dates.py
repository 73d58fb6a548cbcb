"""Parse dates as people type them; the order of day and month is decided for a whole column.

Formats: real dates, serial numbers, ISO, day/month/year and month/day/year with any separator, two-digit
years, month names in fifteen languages, and 2026年3月12日 or 2026년 3월 12일. A weekday before or after the
date is dropped, and so are a time of day and a short comment ("12.03.25 (Tel)"), unless by its words the
day was called off ("12.03.25 (abgesagt)").
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from funnel.cells.month_names import FIRST_NAMES, MONTHS, WEEKDAYS, fold_name
from funnel.grid import Value

Order: TypeAlias = Literal["dmy", "mdy"]
ORDERS: dict[Order, str] = {"dmy": "day/month/year", "mdy": "month/day/year"}

SERIALS = range(20001, 80000)
"""Serial numbers that are read as dates (1954 to 2119), as in the formulas of the totals."""

YEARS = range(1990, 2101)
"""Years that are plausible in a client sheet; any other is a typo."""

GIVEN_YEARS = range(1900, 2201)
"""Years of a day that a person gives a command."""

_EPOCH = dt.date(1899, 12, 30)
_TIME = re.compile(
    r"[\sT,]+\d{1,2}[:h]\d{2}(:\d{2}([.,]\d+)?)?\s*([ap]\.?m\.?)?\s*(Z|(UTC|GMT)?([+-]\d{2}:?\d{2})?)$",
    re.IGNORECASE,
)
_YEAR_FIRST = re.compile(r"(\d{4})\s*[-/. ]\s*(\d{1,2})\s*[-/. ]\s*(\d{1,2})\.?")
_YEAR_LAST = re.compile(r"(\d{1,2})\s*([-/. ])\s*(\d{1,2})\s*[-/. ]\s*'?(\d{4}|\d{2})\.?")
_COMMENT = re.compile(
    r"(.*\d)(?:\s*\(\s*([^\d()]{1,24}?)\s*\)|(?:\s+[-–—]|\s*[,;:])\s*([^\d\W][^\d()]{1,23})|\s+([^\d\W][^\d()]{1,23}))"
)
_EAST_ASIAN = re.compile(
    r"(令和)?\s*(\d{4}|\d{1,2}|元)\s*[年년]\s*(\d{1,2})\s*[月월]\s*(\d{1,2})\s*[日일号號]?(.*)"
)
_REIWA = 2018  # the year before the era's first
_EAST_ASIAN_TIME = re.compile(r"\s*(?:午前|午後|上午|下午|오전|오후)?\s*\d{1,2}\s*[:時时点点시].*")
_WEEKDAY_SIGN = re.compile(r"\s*\([月火水木金土日월화수목금토일]\)\s*")
_EAST_ASIAN_WEEKDAY = re.compile(
    r"\s*\(?(?:星期|周|週)?[月火水木金土日一二三四五六天월화수목금토일](?:曜日?|요일)?\)?(?![次回])"
)
_WEEKDAY_FIRST = re.compile(r"^\(?([^\W\d_]+(?:-[^\W\d_]+)?)\)?[.,]*\s*(?=\w)")
_WEEKDAY_LAST = re.compile(r"(?<=\d)[\s.,]*\(?\s*([^\W\d_]+(?:-[^\W\d_]+)?)\.?\s*\)?$")
_COMPACT = re.compile(r"((?:19|20)\d{2})(\d{2})(\d{2})")
_TOKEN = re.compile(r"[^\W\d_]+|\d+")
_FILLERS = frozenset((
    *("st", "nd", "rd", "th", "er", "o", "a", "of", "the"),
    *("de", "del", "do", "da", "di", "le", "il", "el"),
    *("г", "года", "r", "roku"),  # "year" in Russian and Polish
))  # fmt: skip
_CALLED_OFF = (
    *(
        "cancel",
        "postpon",
        "resched",
        "no show",
        "noshow",
        "not ",
        "missed",
        "declin",
        "moved to",
        "tbc",
        "maybe",
        "perhaps",
    ),
    *("annull", "disdett", "rimandat", "spostat", "non ", "forse"),
    *("aplazad", "anulad", "no ", "adiad", "remarcad", "nao ", "talvez", "quiza"),
    *("abgesagt", "storniert", "verschoben", "nicht ", "vielleicht", "geplant"),
    *("annule", "reporte", "pas ", "peut etre", "prevu"),
    *("planned", "tentativ", "pending"),
    *("geannul", "afgezegd", "verzet", "niet ", "misschien"),
    *("odwolan", "anulow", "przeloz", "nie ", "moze"),
    *("отмен", "перенес", "не ", "возможно"),
    *("iptal", "ertelen", "belki", "batal", "tunda", "tidak ", "mungkin"),
    *("الغ", "تاجيل"),
)  # beginnings of comments by which the day is not one on which something happened
_CALLED_OFF_EAST_ASIAN = re.compile(
    "キャンセル|取消|取り消し|中止|延期|欠席|改期|未|취소|연기|불참|노쇼"
)  # anywhere


@dataclass(frozen=True, slots=True)
class NumericDate:
    """A date typed as three numbers, year last; either of the first two can be the day."""

    first: int
    second: int
    year: int
    dotted: bool = False

    @property
    def order(self) -> Order | None:
        """The only possible order, or None if both are; 12.03.2026 is never month first."""
        if self.first > 12 >= self.second:
            return "dmy"
        if self.second > 12 >= self.first:
            return "mdy"
        return "dmy" if self.dotted and self.first != self.second else None

    @property
    def open(self) -> bool:
        """True if the two orders give two different dates."""
        return self.order is None and self.first != self.second

    def date(self, order: Order) -> dt.date | None:
        """Return the date in an order; None if the calendar has no such day."""
        day, month = (self.first, self.second) if order == "dmy" else (self.second, self.first)
        return _day(self.year, month, day)


@dataclass(slots=True)
class Evidence:
    """Evidence for the order of day and month in a column: an example text of each kind, or None."""

    dmy: str | None = None
    mdy: str | None = None
    open: str | None = None

    @property
    def order(self) -> Order | None:
        """The only order that the texts allow; None if they allow both or conflict."""
        if (self.dmy is None) == (self.mdy is None):
            return None
        return "dmy" if self.dmy is not None else "mdy"

    @property
    def conflict(self) -> bool:
        """True if one text must be day first and another must be month first."""
        return self.dmy is not None and self.mdy is not None


def collect_evidence(texts: Iterable[str]) -> Evidence:
    """Collect evidence for the order of day and month from texts.

    >>> collect_evidence(["03/04/2026", "25/12/2025"]).order, collect_evidence(["03/04/2026"]).order
    ('dmy', None)
    """
    seen = Evidence()
    for text in texts:
        read = read_date_text(text)
        if isinstance(read, NumericDate):
            if read.order == "dmy":
                seen.dmy = seen.dmy or text
            elif read.order == "mdy":
                seen.mdy = seen.mdy or text
            elif read.open:
                seen.open = seen.open or text
    return seen


def read_date(value: Value, order: Order = "dmy", strict: bool = False) -> dt.date | None:
    """Parse one cell as a date; return None if it is not one.

    A text that allows only one order is parsed in that order, whatever `order` is, unless `strict`.

    >>> read_date("03/04/2026", "mdy"), read_date("12 de março de 2026"), read_date(46174), read_date("soon")
    (datetime.date(2026, 3, 4), datetime.date(2026, 3, 12), datetime.date(2026, 6, 1), None)
    """
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return read_serial(value) or _compact(f"{value:.0f}")
    if not isinstance(value, str):
        return None
    read = read_date_text(value)
    if isinstance(read, NumericDate):
        return read.date(order if strict else read.order or order)
    return read


def month_heading(text: str) -> Literal["", "month", "month and year"]:
    """Return what a heading between rows consists of: a month, a month and its year, or neither ("").

    A short form needs a year, because "Jan" and "Mar" can be names of people.

    >>> month_heading("GENNAIO 2026"), month_heading("March"), month_heading("Jan '26")
    ('month and year', 'month', 'month and year')
    >>> month_heading("Jan"), month_heading("April May"), month_heading("12 March 2026")
    ('', '', '')
    """
    months, numbers = _words(text) if len(text) <= 40 else ([], [])
    month = " ".join(months)
    if month not in MONTHS:
        return ""
    if len(numbers) == 1:
        return "month and year" if len(numbers[0]) == 2 or int(numbers[0]) in YEARS else ""
    alone = (len(month) > 3 or month in ("may", "mai", "mei")) and month not in FIRST_NAMES
    return "month" if alone and not numbers else ""


def _words(text: str) -> tuple[list[str], list[str]]:
    """Return the words of a text, without accents and fillers, and its numbers."""
    tokens = [token for token in _TOKEN.findall(fold_name(text)) if token not in _FILLERS]
    return [t for t in tokens if not t.isdecimal()], [t for t in tokens if t.isdecimal()]


def read_serial(number: float) -> dt.date | None:
    """Return the date of a serial number (1900 system); None if it is outside `SERIALS`."""
    return _EPOCH + dt.timedelta(days=int(number)) if SERIALS.start <= number < SERIALS.stop else None


def to_serial(date: dt.date) -> int:
    """Return the serial number of a date (1900 system).

    >>> to_serial(dt.date(2026, 6, 1))
    46174
    """
    return (date - _EPOCH).days


def read_date_text(text: str) -> dt.date | NumericDate | None:
    """Parse a text as a date, or as three numbers if the order is open; return None if it is neither.

    >>> read_date_text("2026-06-01 14:30"), read_date_text("1. März 2026")
    (datetime.date(2026, 6, 1), datetime.date(2026, 3, 1))
    >>> read_date_text("3/4/26")
    NumericDate(first=3, second=4, year=2026, dotted=False)
    >>> [str(read_date_text(text)) for text in ("2026-06-01 (Tel)", "1 June 2026 - met", "1.6.26 cancelled")]
    ['2026-06-01', '2026-06-01', 'None']
    """
    text = text.strip()
    if len(text) > 40 or not any(c.isdecimal() for c in text):
        return None
    if compact := _compact(text):
        return compact
    text = _TIME.sub("", _without_signs(text))
    if text.isdecimal():
        return read_serial(int(text))
    return _uncommented(text) or _commented(text)


def _uncommented(text: str) -> dt.date | NumericDate | None:
    """Parse a date without a comment, with or without a weekday."""
    plain = _without_weekday(text)
    return _numeric(text) or _with_month_name(text) or _numeric(plain) or _with_month_name(plain)


def _without_signs(text: str) -> str:
    """Write 2026年3月12日(木) as 2026-3-12."""
    if text.isascii():
        return text
    text = _WEEKDAY_SIGN.sub(" ", unicodedata.normalize("NFKC", text)).strip()
    if not (found := _EAST_ASIAN.fullmatch(text)):
        return text
    era, digits, month, day, rest = found.groups()
    year = (1 if digits == "元" else int(digits)) + _REIWA if era else _year(digits.replace("元", "0"))
    rest = _EAST_ASIAN_WEEKDAY.sub("", rest, count=1) if _EAST_ASIAN_WEEKDAY.match(rest) else rest
    if _EAST_ASIAN_TIME.fullmatch(rest):
        rest = ""
    return f"{year:04}-{month}-{day}{' ' * (rest[:1].isalpha())}{rest}"


def _without_weekday(text: str) -> str:
    """Drop a weekday before or after a date: "Thu, 12 March 2026", "12/03/2026 (gio)"."""
    for pattern in (_WEEKDAY_FIRST, _WEEKDAY_LAST):
        found = pattern.search(text)
        if found and fold_name(found[1]) in WEEKDAYS:
            return text[: found.start()] + text[found.end() :]
    return text


def _numeric(text: str) -> dt.date | NumericDate | None:
    """Parse a date of three numbers."""
    if found := _YEAR_FIRST.fullmatch(text):
        return _day(int(found[1]), int(found[2]), int(found[3]))
    if found := _YEAR_LAST.fullmatch(text):
        return NumericDate(int(found[1]), int(found[3]), _year(found[4]), found[2] == ".")
    return None


def read_day(text: str) -> dt.date | None:
    """Parse a date that a person gives a command, if its order is certain.

    >>> [str(read_day(text)) for text in ("2026-11-21", "21.11.2026", "21/11/26", "21 Nov 2026")]
    ['2026-11-21', '2026-11-21', '2026-11-21', '2026-11-21']
    >>> read_day("11/12/2026"), read_day("tomorrow"), read_day("46174"), read_day("2026-02-30")
    (None, None, None, None)
    >>> read_day("9999-12-31")
    """
    text = text.strip()
    if has_comment(text) or (text.isdecimal() and not _COMPACT.fullmatch(text)):
        return None
    found = read_date_text(text)
    if isinstance(found, NumericDate):
        found = None if found.open else found.date(found.order or "dmy")
    return found if found and found.year in GIVEN_YEARS else None


def possible_days(text: str) -> list[dt.date]:
    """Return the day that a person typed; two days if its order is not certain, none if it is no day.

    >>> [str(day) for day in possible_days("04/05/2026")], possible_days("tomorrow")
    (['2026-05-04', '2026-04-05'], [])
    """
    if (day := read_day(text)) is not None:
        return [day]
    found = read_date_text(text.strip())
    if not isinstance(found, NumericDate) or has_comment(text):
        return []
    return [day for order in ("dmy", "mdy") if (day := found.date(order)) is not None]


def _commented(text: str) -> dt.date | NumericDate | None:
    """Parse a date with a short comment: "12.03.25 (Tel)", "3/4/2026 - called"; None if it was called off."""
    found = _COMMENT.fullmatch(text)
    if found is None or "?" in text:
        return None
    comment = f" {' '.join(_words(found[2] or found[3] or found[4])[0])} "
    if any(f" {word}" in comment for word in _CALLED_OFF) or _CALLED_OFF_EAST_ASIAN.search(text):
        return None
    return _uncommented(_TIME.sub("", found[1]))


def has_comment(text: str) -> bool:
    """Return True if a text is a date with a comment.

    >>> has_comment("12.03.25 (Tel)"), has_comment("12 March 2025")
    (True, False)
    """
    text = _TIME.sub("", _without_signs(text.strip()))
    return _uncommented(text) is None and _commented(text) is not None


def _with_month_name(text: str) -> dt.date | None:
    """Parse "12 March 2026", "March 12, 2026", "12-mar-26", "2026 März 12"."""
    words, numbers = _words(text)
    month = MONTHS.get(" ".join(words))
    if len(numbers) != 2 or month is None:
        return None
    day, year = numbers if len(numbers[0]) <= 2 else reversed(numbers)
    return _day(_year(year), month, int(day)) if len(year) in (2, 4) else None


def _compact(text: str) -> dt.date | None:
    """Parse eight digits, year first."""
    found = _COMPACT.fullmatch(text)
    return _day(int(found[1]), int(found[2]), int(found[3])) if found else None


def _year(digits: str) -> int:
    """Return a year; two digits are from 1970 to 2069."""
    year = int(digits)
    if len(digits) == 4:
        return year
    return year + (2000 if year < 70 else 1900)


def _day(year: int, month: int, day: int) -> dt.date | None:
    """Return the date, or None if the calendar has no such day."""
    try:
        return dt.date(year, month, day)
    except (ValueError, OverflowError):
        return None
