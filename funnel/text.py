"""Format numbers and names for people: the only place that turns a fraction into a percentage.

Rates are fractions everywhere else. Undefined (NaN or None) is shown as a dash, never as 0.
"""

from __future__ import annotations

import errno
import math
import os
import re
import unicodedata
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

DASH = "–"
_LONGEST_PART = 50  # letters of a file name: up to 200 of the 255 bytes that systems allow
_ASCII_PUNCTUATION = str.maketrans({c: " " for c in map(chr, range(128)) if not c.isalnum()})


def undefined(value: float | None) -> bool:
    """Return True if a number is undefined (None or NaN).

    >>> undefined(float("nan")), undefined(None), undefined(0.0)
    (True, True, False)
    """
    return value is None or (isinstance(value, float) and math.isnan(value))


def percent(rate: float | None, digits: int = 0) -> str:
    """Format a fraction as a percentage; halves are rounded away from zero.

    >>> percent(0.125), percent(0.666, 1), percent(float("nan"))
    ('13 %', '66.6 %', '–')
    """
    if rate is None or undefined(rate):
        return DASH
    scale = 10**digits
    rounded = math.floor(abs(rate) * 100 * scale + 0.5 + 1e-9) / scale
    return f"{math.copysign(rounded, rate) + 0:.{digits}f} %"


def chance(probability: float | None) -> str:
    """Format a probability as a percentage, but never as certain.

    >>> chance(0.9981), chance(0.72), chance(0.004), chance(float("nan"))
    ('> 99 %', '72 %', '< 1 %', '–')
    """
    if probability is None or undefined(probability) or 0.01 <= probability <= 0.99:
        return percent(probability)
    return "< 1 %" if probability < 0.5 else "> 99 %"


def interval(low: float | None, high: float | None, digits: int = 0) -> str:
    """Format the bounds of a rate.

    >>> interval(0.19, 0.34), interval(None, None)
    ('19–34 %', '–')
    """
    if undefined(low) or undefined(high):
        return DASH
    return f"{percent(low, digits).removesuffix(' %')}–{percent(high, digits)}"


def plain_text(value: Any) -> str:
    """Return a value without a unit as a person reads it; a dash where there is none.

    >>> plain_text(None), plain_text(5004), plain_text(12.0), plain_text(4.25), plain_text("Zoe")
    ('–', '5,004', '12', '4.2', 'Zoe')
    >>> plain_text(True)
    'yes'
    """
    if value is None or value != value:
        return DASH
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:,.0f}" if value.is_integer() else f"{value:,.1f}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def typed_path(source: str) -> str:
    """Return a path or an address as it must be typed in a command; SHEET where there is none.

    >>> typed_path("our clients.xlsx"), typed_path("")
    ('"our clients.xlsx"', 'SHEET')
    >>> print(typed_path('duckdb:///?query=select "Name" from t'))
    'duckdb:///?query=select "Name" from t'
    """
    if not set(source) & set(" ?&;|()<>*$`'\""):
        return source or "SHEET"
    if "'" not in source and set(source) & set('"$`'):
        return f"'{source}'"
    return '"' + "".join(f"\\{sign}" if sign in '"$`' else sign for sign in source) + '"'


def cell_text(value: Any) -> str:
    """Return one value of a client as a person reads it: a tick for a mark, a day for a date.

    >>> import datetime as dt
    >>> cell_text(True), cell_text(False), cell_text(dt.date(2026, 7, 1)), cell_text(None)
    ('✓', '', '2026-07-01', '')
    """
    if value is None or value != value or value is False:
        return ""
    if value is True:
        return "✓"
    return value.isoformat()[:10] if hasattr(value, "isoformat") else plain_text(value)


def p_value(p: float) -> str:
    """Show a p-value in a narrow column.

    >>> p_value(0.0002), p_value(0.0312), p_value(1.0)
    ('< .001', '0.031', '1')
    """
    return "< .001" if p < 0.001 else DASH if undefined(p) else f"{p:.2g}"


def days_text(least: float, most: float | None = None) -> str:
    """Show a number of days, from the least to the most if they differ.

    >>> days_text(3.4), days_text(3, 12), days_text(3, 3.2), days_text(float("nan"))
    ('3', '3–12', '3', '–')
    """
    text = plain_text(None if undefined(least) else float(round(least)))
    return text if most is None or undefined(most) or round(most) == round(least) else f"{text}–{most:,.0f}"


def count(n: int, noun: str, plural: str | None = None) -> str:
    """Format a number with its noun.

    >>> count(1, "client"), count(0, "client"), count(5004, "client"), count(2, "company", "companies")
    ('1 client', '0 clients', '5,004 clients', '2 companies')
    """
    return f"{n:,} {noun if n == 1 else plural or noun + 's'}"


def capitalised(name: str) -> str:
    """Return a name with a capital first letter; the rest stays.

    >>> capitalised("coach"), capitalised("left reason"), capitalised("VIP level")
    ('Coach', 'Left reason', 'VIP level')
    """
    return name[:1].upper() + name[1:]


def listed(names: Iterable[str], last: str = "and", most: int = 8) -> str:
    """Join names with commas and a last "and".

    >>> listed(["a", "b", "c"]), listed(["a"]), listed("abcdefghij", most=3)
    ('a, b and c', 'a', 'a, b, c and 7 more')
    """
    every = list(names)
    if len(every) > most:
        return f"{', '.join(every[:most])} {last} {len(every) - most} more"
    return f" {last} ".join(filter(None, [", ".join(every[:-1]), *every[-1:]]))


def fold(name: object) -> str:
    """Normalise case, accents, punctuation and spaces, to compare headers.

    >>> fold("  How did you hear about us? "), fold("Première séance – payée")
    ('how did you hear about us', 'premiere seance payee')
    """
    name = str(name)
    if name.isascii():  # same result, ten times faster
        return " ".join(name.lower().translate(_ASCII_PUNCTUATION).split())
    plain = unicodedata.normalize("NFKD", name).casefold()
    kept = "".join(c if c.isalnum() else " " for c in plain if not unicodedata.combining(c))
    return " ".join(kept.split())


def file_part(name: object) -> str:
    """Return a name as part of a file name that every system accepts; "" if it has no letter or digit.

    >>> file_part("How did you hear?"), file_part("Sales: UK/Wales"), file_part("体験レッスン")
    ('how-did-you-hear', 'sales-uk-wales', '体験レッスン')
    """
    return fold(name).replace(" ", "-")[:_LONGEST_PART].rstrip("-")


def fold_all(names: Sequence[str]) -> list[str]:
    """Normalise many texts of one line, like `fold`; those in ASCII together.

    >>> fold_all(["Ana  Rossi!", "José"])
    ['ana rossi', 'jose']
    """
    plain = [name for name in names if name.isascii()]
    folded = "\n".join(plain).lower().translate(_ASCII_PUNCTUATION | {10: "\n"}).split("\n")
    if len(folded) != len(plain):  # a text has several lines
        return list(map(fold, names))
    waiting = iter(folded)
    return [" ".join(next(waiting).split()) if name.isascii() else fold(name) for name in names]


def nearest(name: str, options: Sequence[str], cutoff: float = 0.6) -> str | None:
    """Return the option that is most similar to a name, or None.

    >>> nearest("Fist paid sesion", ["First paid session", "Coach"])
    'First paid session'
    """
    folded = {fold(option): option for option in reversed(options)}
    match = get_close_matches(fold(name), list(folded), n=1, cutoff=cutoff)
    return folded[match[0]] if match else None


UNSAFE = re.compile(
    "[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff\ud800-\udfff]"
)
"""Characters that control a terminal, end a line or set the direction of reading; not tab and line feed."""
_LIVE = tuple("=+-@\t\r\0＝＋－＠")  # text that begins so is a formula to a spreadsheet
_LIVE_AFTER_SEPARATOR = re.compile(r"(?<=[;\t|])(?=[=+\-@＝＋－＠])")


def visible(text: str) -> str:
    """Replace characters that control a terminal, end a line or change the direction of reading.

    >>> visible("Ana\\x1b[31m\\u202e"), visible("two\\nlines")
    ('Ana\ufffd[31m\ufffd', 'two\\nlines')
    """
    return UNSAFE.sub(_shown, text)


def _shown(found: re.Match[str]) -> str:
    return "" if found[0] in "\u061c\u200e\u200f\u2060\ufeff" else "\N{REPLACEMENT CHARACTER}"


def csv_cell(text: str) -> str:
    """Return a text for a CSV file, which no spreadsheet takes for a formula, whatever separator it expects.

    >>> csv_cell("=HYPERLINK(1)"), csv_cell("a;=1+1"), csv_cell("Ana\\u202e")
    ("'=HYPERLINK(1)", "a;'=1+1", 'Ana\ufffd')
    """
    return visible(_LIVE_AFTER_SEPARATOR.sub("'", escape_formula(text)))


def escape_formula(text: str) -> str:
    """Put an apostrophe before text that begins like a formula, as spreadsheets do, for CSV files.

    >>> escape_formula("=HYPERLINK(1)"), escape_formula("Ana")
    ("'=HYPERLINK(1)", 'Ana')
    """
    return f"'{text}" if text.startswith(_LIVE) else text


def home_path(path: str | os.PathLike[str]) -> Path:
    """Return a path with "~" replaced by the home folder; the lock file "~$clients.xlsx" of Excel stays.

    >>> home_path("~$clients.xlsx").name
    '~$clients.xlsx'
    """
    return Path(os.path.expanduser(path))  # noqa: PTH111 - Path.expanduser fails for an unknown user


def home_folder() -> Path:
    """Return the home folder of this account; an OSError if it has none, as a service or a container may."""
    try:
        return Path.home()
    except RuntimeError:
        why = "this account has no home folder: set the environment variable HOME"
        raise FileNotFoundError(errno.ENOENT, why) from None


def real_path(path: str | os.PathLike[str]) -> Path:
    """Return an absolute path without symbolic links; for a circle of links, a path that does not exist."""
    return Path(os.path.realpath(path))  # Path.resolve fails for a circle, before Python 3.13
