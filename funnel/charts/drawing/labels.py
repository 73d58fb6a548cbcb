"""Text in a chart: any name a person typed, drawn unchanged and wrapped to the room.

No text is parsed as mathematics. A character that no installed font contains becomes a box, not a warning.
"""

from __future__ import annotations

import datetime as dt
import logging
import re
import unicodedata
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from typing import Any

from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

from funnel.charts.drawing.style import INK, NAME

# Used after DejaVu Sans, which comes with matplotlib, for scripts that it lacks.
_FALLBACKS = (
    "Noto Sans", "Noto Sans CJK SC", "Noto Sans CJK JP", "Noto Sans SC", "Microsoft YaHei", "Yu Gothic",
    "Malgun Gothic", "Hiragino Sans", "PingFang SC", "Arial Unicode MS", "Noto Sans Arabic",
    "Noto Sans Devanagari", "Nirmala UI", "Segoe UI Symbol", "Noto Emoji",
)  # fmt: skip
_NO_FONTS = (
    "Last Resort",
    "LastResort",
    "Adobe Blank",
    "cm",
    "STIX",
    "DejaVu Math",
)  # of placeholders, or for formulas
_NOTO = dict.fromkeys(("Cjk", "Hiragana", "Katakana", "Hangul", "Ideographic", "Fullwidth"), "Noto Sans CJK")
_SCRIPT_NAMES = {"Cjk": "Chinese or Japanese"}
_RTL = "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]"
_RTL_PART = re.compile(f"{_RTL}(?:[{_RTL[1:-1]} ]*{_RTL})?")
_LEFT = "\u200e"  # the left-to-right mark
BOX = "□"
MORE = "…"

# Few fonts have every weight; the nearest serves, and nobody has to be told.
logging.getLogger("matplotlib.font_manager").addFilter(
    lambda record: not str(record.msg).startswith("findfont: Failed to find font weight")
)


def families() -> tuple[str, ...]:
    """Return the font families for text on this machine.

    >>> families()[0]
    'DejaVu Sans'
    """
    return ("DejaVu Sans", *_usual(), *_found)


@cache
def _usual() -> tuple[str, ...]:
    """Return the usual fonts for other scripts that are installed."""
    installed = set(font_manager.get_font_names())
    return tuple(name for name in _FALLBACKS if name in installed)


_found: dict[str, None] = {}  # further families that a text needed
_missing: dict[str, None] = {}  # scripts that no installed font covers


@cache
def _points(family: str) -> frozenset[int]:
    """Return the code points of a font; empty if it cannot be read or contains only pictures."""
    paths = [font.fname for font in font_manager.fontManager.ttflist if font.name == family]
    try:
        return frozenset(font_manager.get_font(paths[0]).get_charmap()) if paths else frozenset()
    except (OSError, RuntimeError, ValueError):
        return frozenset()


@cache
def _has_font(point: int) -> bool:
    """Return True if an installed font has a character, and use that font; else note the missing script."""
    if _use_font(point) or (_add_new_fonts() and _use_font(point)):
        return True
    _missing[_script(chr(point))] = None
    return False


def _use_font(point: int) -> bool:
    if any(point in _points(family) for family in families()):
        return True
    for family in sorted(set(font_manager.get_font_names()) - set(families())):
        if not family.startswith(_NO_FONTS) and point in _points(family):
            _found[family] = None
            return True
    return False


@cache
def _add_new_fonts() -> bool:
    """Add the fonts installed since matplotlib listed them, once; it does not look again by itself."""
    listed = {font.fname for font in font_manager.fontManager.ttflist}
    new = [path for path in font_manager.findSystemFonts() if path not in listed]
    for path in new:
        with suppress(OSError, RuntimeError, ValueError):
            font_manager.fontManager.addfont(path)
    _usual.cache_clear()
    return bool(new)


def _script(char: str) -> str:
    """Return the script of a letter, by the first word of its name.

    >>> _script("日"), _script("あ"), _script("م")
    ('Cjk', 'Hiragana', 'Arabic')
    """
    return unicodedata.name(char, "other").split()[0].title()


def missing_fonts() -> str:
    """Return a sentence on the fonts to install for the texts drawn so far; "" if none is missing.

    >>> missing_fonts() in ("",) or missing_fonts().startswith("Some characters")
    True
    """
    if not _missing:
        return ""
    wanted = dict.fromkeys(_NOTO.get(script, f"Noto Sans {script}") for script in _missing)
    scripts = " and ".join(_SCRIPT_NAMES.get(script, script) for script in _missing)
    return (
        f"Some characters are drawn as boxes, because no installed font has them ({scripts}). Install "
        f"{' and '.join(wanted)}, from https://fonts.google.com/noto."
    )


def _invisible(char: str) -> bool:
    """Return True for joiners, direction marks and variation marks, which no font draws."""
    return unicodedata.category(char) in ("Cf", "Cs", "Cc", "Co") or "\ufe00" <= char <= "\ufe0f"


def remove_control_characters(name: object) -> str:
    r"""Remove control characters and unpaired surrogates, which no file format accepts.

    >>> remove_control_characters("日本\x07\ud800 <b>")
    '日本 <b>'
    """
    return "".join(c for c in " ".join(str(name).split()) if unicodedata.category(c) not in ("Cc", "Cs"))


def make_drawable(name: object) -> str:
    r"""Make a name drawable: one line, no control characters, a box for each character without a font.

    >>> make_drawable("  $5 to\t$10 <b>_x</b>\x07 "), make_drawable("a\nb"), make_drawable("\U0001f9d1")
    ('$5 to $10 <b>_x</b>', 'a b', '□')
    """
    line = " ".join(str(name).split())
    return "".join(c if _has_font(ord(c)) else BOX for c in line if not _invisible(c)).strip()


@cache
def text_width(line: str, size: float = NAME, weight: str = "normal") -> float:
    """Return the width of a line of drawable text, in inches.

    >>> 0 < text_width("paid") < text_width("paid session") < 2
    True
    """
    font = FontProperties(family=list(families()), size=size, weight=weight)
    return float(text_to_path.get_text_width_height_descent(line, font, ismath=False)[0]) / 72


def _pieces(line: str, inches: float, size: float, weight: str) -> Iterator[str]:
    """Yield the words of a line; a word wider than the room is cut into parts that fit."""
    for word in line.split():
        while len(word) > 1 and text_width(word, size, weight) > inches:
            cut = next(
                n
                for n in range(len(word) - 1, 0, -1)
                if n == 1 or text_width(word[:n], size, weight) <= inches
            )
            yield word[:cut]
            word = word[cut:]
        yield word


def wrap(name: object, inches: float, size: float = NAME, *, weight: str = "normal", most: int = 6) -> str:
    r"""Break a name into lines no wider than `inches`; after `most` lines it ends in "…".

    >>> wrap("Coach complimentary session done", 1.0)
    'Coach\ncomplimentary\nsession done'
    >>> wrap("one two three four", 0.4, most=2)
    'one\ntwo…'
    """
    lines: list[str] = []
    for piece in _pieces(make_drawable(name), inches, size, weight):
        if lines and text_width(f"{lines[-1]} {piece}", size, weight) <= inches:
            lines[-1] += f" {piece}"
        else:
            lines.append(piece)
    if len(lines) > most:
        last = lines[most - 1]
        while len(last) > 1 and text_width(last + MORE, size, weight) > inches:
            last = last[:-1]
        lines = [*lines[: most - 1], last + MORE]
    return "\n".join(map(_left_to_right, lines))


def _left_to_right(line: str) -> str:
    """Keep the order of a line with words of both directions: marks around each right-to-left part.

    >>> _left_to_right("شراء → بيع: 9") == "\u200eشراء\u200e → \u200eبيع\u200e: 9", _left_to_right("شراء")
    (True, 'شراء')
    """
    part = re.sub(_RTL_PART, lambda found: f"{_LEFT}{found[0]}{_LEFT}", line)
    return line if part == f"{_LEFT}{line}{_LEFT}" else part


def text_style(size: float = NAME, color: str = INK, weight: str = "normal", **more: Any) -> dict[str, Any]:
    """Return the properties of a text, for `Axes.text` and similar methods; centred by default.

    >>> text_style()["parse_math"], text_style(va="top")["va"]
    (False, 'top')
    """
    fonts = {"fontsize": size, "fontweight": weight, "family": list(families())}
    return {**fonts, "color": color, "parse_math": False, "ha": "center", **more}


def write_text(
    ax: Axes,
    text: str,
    at: tuple[float, float],
    shift: tuple[float, float] = (0, 0),
    frame: Any = "data",
    **style: Any,
) -> None:
    """Write a text `shift` points from a position of the axes; it may be outside their frame."""
    ax.annotate(text, at, shift, frame, "offset points", annotation_clip=False, **style)


def subtitle(as_of: str | dt.date | None, *facts: str) -> str:
    """Return the subtitle: the as-of date, if given, and facts such as the number of clients.

    >>> subtitle("2026-11-21", "12 clients"), subtitle(dt.datetime(2026, 11, 21)), subtitle(None)
    ('as of 2026-11-21 · 12 clients', 'as of 2026-11-21', '')
    """
    day = f"as of {str(as_of)[:10]}" if as_of is not None else ""
    return " · ".join(filter(None, (day, *facts)))
