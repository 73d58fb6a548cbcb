"""Words on a picture: any name a person typed, drawn as typed, wrapped to the room it has.

No text is read as mathematics, and what no installed font can draw becomes an empty box instead of a warning.
"""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Iterator
from functools import cache
from typing import Any

from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

from funnel.charts.drawing.style import INK, NAME

# The first comes with matplotlib, so that a picture is the same everywhere; the others, where a machine has
# them, only fill in the scripts that it lacks.
_FALLBACKS = (
    "Noto Sans", "Noto Sans CJK SC", "Noto Sans CJK JP", "Noto Sans SC", "Microsoft YaHei", "Yu Gothic",
    "Malgun Gothic", "Hiragino Sans", "PingFang SC", "Arial Unicode MS", "Noto Sans Arabic",
    "Noto Sans Devanagari", "Nirmala UI", "Segoe UI Symbol", "Noto Emoji",
)  # fmt: skip
BOX = "□"
MORE = "…"


@cache
def families() -> tuple[str, ...]:
    """Name the font families that words are drawn in, on this machine.

    >>> families()[0]
    'DejaVu Sans'
    """
    installed = set(font_manager.get_font_names())
    return ("DejaVu Sans", *(name for name in _FALLBACKS if name in installed))


@cache
def _drawable() -> frozenset[int]:
    """Every code point that one of the families has."""
    paths = [font_manager.findfont(FontProperties(family=[name])) for name in families()]
    return frozenset(point for path in paths for point in font_manager.get_font(path).get_charmap())


def _invisible(char: str) -> bool:
    """Joiners, direction and variation marks: drawn by no font, and nothing is lost without them."""
    return unicodedata.category(char) in ("Cf", "Cs", "Cc", "Co") or "\ufe00" <= char <= "\ufe0f"


def printable(name: object) -> str:
    r"""Leave out what no file format takes: control characters and halves of characters.

    >>> printable("日本\x07\ud800 <b>")
    '日本 <b>'
    """
    return "".join(c for c in " ".join(str(name).split()) if unicodedata.category(c) not in ("Cc", "Cs"))


def clean(name: object) -> str:
    r"""Make a name drawable: one line, no control characters, a box for what no font has.

    >>> clean("  $5 to\t$10 <b>_x</b>\x07 "), clean("a\nb"), clean("\U0001f9d1")
    ('$5 to $10 <b>_x</b>', 'a b', '□')
    """
    line = " ".join(str(name).split())
    return "".join(c if ord(c) in _drawable() else BOX for c in line if not _invisible(c)).strip()


@cache
def width(line: str, size: float = NAME, weight: str = "normal") -> float:
    """Measure a line of clean text, in inches.

    >>> 0 < width("paid") < width("paid session") < 2
    True
    """
    font = FontProperties(family=list(families()), size=size, weight=weight)
    return float(text_to_path.get_text_width_height_descent(line, font, ismath=False)[0]) / 72


def _pieces(line: str, inches: float, size: float, weight: str) -> Iterator[str]:
    """The words of a line, those wider than the room cut into parts that fit."""
    for word in line.split():
        while len(word) > 1 and width(word, size, weight) > inches:
            cut = next(
                n for n in range(len(word) - 1, 0, -1) if n == 1 or width(word[:n], size, weight) <= inches
            )
            yield word[:cut]
            word = word[cut:]
        yield word


def wrap(name: object, inches: float, size: float = NAME, *, weight: str = "normal", most: int = 6) -> str:
    r"""Break a name into lines no wider than the room; past `most` lines it ends in "…".

    >>> wrap("Coach complimentary session done", 1.0)
    'Coach\ncomplimentary\nsession done'
    >>> wrap("one two three four", 0.4, most=2)
    'one\ntwo…'
    """
    lines: list[str] = []
    for piece in _pieces(clean(name), inches, size, weight):
        if lines and width(f"{lines[-1]} {piece}", size, weight) <= inches:
            lines[-1] += f" {piece}"
        else:
            lines.append(piece)
    if len(lines) > most:
        last = lines[most - 1]
        while len(last) > 1 and width(last + MORE, size, weight) > inches:
            last = last[:-1]
        lines = [*lines[: most - 1], last + MORE]
    return "\n".join(lines)


def words(size: float = NAME, color: str = INK, weight: str = "normal", **more: Any) -> dict[str, Any]:
    """Give the properties of a text, for `Axes.text` and its like; centred unless told otherwise.

    >>> words()["parse_math"], words(va="top")["va"]
    (False, 'top')
    """
    fonts = {"fontsize": size, "fontweight": weight, "family": list(families())}
    return {**fonts, "color": color, "parse_math": False, "ha": "center", **more}


def put(
    ax: Axes,
    text: str,
    at: tuple[float, float],
    shift: tuple[float, float] = (0, 0),
    frame: Any = "data",
    **style: Any,
) -> None:
    """Write a text at a place of the axes, `shift` points from it; it may stand outside the axes' frame."""
    ax.annotate(text, at, shift, frame, "offset points", annotation_clip=False, **style)


def subtitle(as_of: str | dt.date | None, *facts: str) -> str:
    """Say which day the numbers are of, where it was given, and what they stand on.

    >>> subtitle("2026-11-21", "12 clients"), subtitle(dt.datetime(2026, 11, 21)), subtitle(None)
    ('as of 2026-11-21 · 12 clients', 'as of 2026-11-21', '')
    """
    day = f"as of {str(as_of)[:10]}" if as_of is not None else ""
    return " · ".join(filter(None, (day, *facts)))
