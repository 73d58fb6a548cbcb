"""Text in a chart: any name a person typed, drawn unchanged and wrapped to the room.

No text is parsed as mathematics. A character that no installed font contains becomes a box, not a warning.
"""

from __future__ import annotations

import datetime as dt
import logging
import re
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import suppress
from contextvars import ContextVar
from functools import cache
from typing import Any

from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

from funnel.charts.drawing.style import INK, NAME
from funnel.text import count

WINDOW: ContextVar[str] = ContextVar("window", default="")
"""The conversion window of the funnel that is being drawn ("30 days"); "" without one."""

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
_VOWELS = frozenset("aeiouyаеиоуыэюяαεηιουω")
_TOGETHER = frozenset(
    (
        *("ch", "ck", "ph", "sc", "sh", "th", "bl", "br", "cl", "cr", "dr"),
        *("fl", "fr", "gl", "gr", "kl", "kr", "pl", "pr", "tr"),
    )
)  # letters that a hyphen does not part
_WITH_HYPHENS = ("LATIN", "GREEK", "CYRILLIC")  # scripts in which a divided word gets a hyphen

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
    """Return the code points of the face that is drawn, the upright one; empty if it cannot be read.

    Other faces may have fewer: only two of the four of DejaVu Sans have Arabic letters.
    """
    try:
        path = font_manager.findfont(FontProperties(family=[family]), fallback_to_default=False)
        return frozenset(font_manager.get_font(path).get_charmap())
    except (OSError, RuntimeError, ValueError):
        return frozenset()


def _has_font(point: int) -> bool:
    """Return True if an installed font has a character, and use that font; else note the missing script."""
    if not (found := _find_font(point)):
        _missing[_script(chr(point))] = None
    return found


@cache
def _find_font(point: int) -> bool:
    return _use_font(point) or (_add_new_fonts() and _use_font(point))


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
    """Return a sentence on the fonts to install, for the texts drawn since the last call; "" for none.

    >>> missing_fonts().partition(",")[0] in ("", "Some characters are drawn as boxes")
    True
    """
    if not _missing:
        return ""
    wanted = dict.fromkeys(_NOTO.get(script, f"Noto Sans {script}") for script in _missing)
    scripts = " and ".join(_SCRIPT_NAMES.get(script, script) for script in _missing)
    _missing.clear()
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
    """Yield the words of a line; a word wider than the room is divided into parts that fit."""
    for word in line.split():
        while len(word) > 1 and text_width(word, size, weight) > inches:
            part, word = _divide(word, inches, size, weight)
            yield part
        yield word


def _divide(word: str, inches: float, size: float, weight: str) -> tuple[str, str]:
    """Divide a word that is too wide: after its own hyphen, else between syllables, near the middle."""
    hyphen = (
        "-" if all(unicodedata.name(c, "").startswith(_WITH_HYPHENS) for c in word if c.isalpha()) else ""
    )
    room = inches - (text_width(hyphen, size, weight) if hyphen else 0.0)
    most = next((n for n in range(len(word) - 1, 1, -1) if text_width(word[:n], size, weight) <= room), 1)
    if own := word.rfind("-", 1, most) + 1:
        return word[:own], word[own:]
    even = -(-len(word) // -(-len(word) // most))
    least = len(word) - most if 2 * most >= len(word) else most // 2 + 1
    cuts = range(max(2, even - 4, least), most + 1)
    cut = min(cuts, key=lambda n: (not _between_syllables(word, n), abs(n - even), -n), default=most)
    joined = hyphen if word[cut - 1].isalpha() and word[cut].isalpha() and cut > 1 else ""
    return word[:cut] + joined, word[cut:]


def _between_syllables(word: str, at: int) -> bool:
    """Return True if a word may be divided before this letter: a consonant before a vowel, or "gl", "sch" …

    >>> [n for n in range(2, 10) if _between_syllables("Mitgliedschaft", n)]
    [3, 8]
    """
    plain = [unicodedata.normalize("NFD", c)[0].casefold() for c in word[at - 1 : at + 2]]
    if not 2 <= at <= len(word) - 2 or plain[0] + plain[1] in _TOGETHER or plain[1] in _VOWELS:
        return False
    return plain[2] in _VOWELS or plain[1] + plain[2] in _TOGETHER


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
        lines = [*lines[: most - 1], last.removesuffix("-") + MORE]
    return "\n".join(map(_left_to_right, lines))


def wrap_names(
    names: Sequence[object], inches: float, size: float = NAME, *, weight: str = "normal", most: int = 6
) -> list[str]:
    r"""Break names as `wrap` does; names that would read the same leave out the words they share.

    >>> wrap_names(["Call arranged in the first week", "Call arranged in the second week"], 1.5, most=1)
    ['Call … first week', 'Call … second week']
    """
    texts = [make_drawable(name) for name in names]
    lines = [wrap(text, inches, size, weight=weight, most=most) for text in texts]
    for shorten in (_after_shared_words, _without_shared_words, _only_other_words):
        for at in _read_alike(lines, texts):
            alike = [text for text in texts if text.split()[:1] == texts[at].split()[:1]]
            lines[at] = wrap(shorten(texts[at], alike), inches, size, weight=weight, most=most)
    return lines


def _read_alike(lines: Sequence[str], texts: Sequence[str]) -> list[int]:
    """Return the indices of lines that are the same for different texts."""
    of: dict[str, set[str]] = {}
    for line, text in zip(lines, texts, strict=True):
        of.setdefault(line, set()).add(text)
    return [at for at, line in enumerate(lines) if len(of[line]) > 1]


def _after_shared_words(text: str, alike: Sequence[str]) -> str:
    """Leave out the words that a text shares with the text that begins most like it.

    >>> _after_shared_words("Call in week one", ["Call in week one", "Call in week two"])
    'Call … one'
    """
    same = max(_same_letters(text, other) for other in alike if other != text)
    shared = text[: text.rfind(" ", 0, same) + 1] or text[:same]
    first = f"{shared.split()[0]} " if " " in shared else ""
    return f"{first}{MORE} {text[len(shared) :]}"


def _same_letters(one: str, other: str) -> int:
    """Return how many letters two texts begin with alike."""
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), len(one))


def _without_shared_words(text: str, alike: Sequence[str]) -> str:
    """Keep the first word of a text, and those that not all texts that begin like it have.

    >>> _without_shared_words("Call by mail on day one", ["Call by mail on day one", "Call by us on day two"])
    'Call … mail one'
    """
    return f"{text.split()[0]} {_only_other_words(text, alike)}"


def _only_other_words(text: str, alike: Sequence[str]) -> str:
    """Keep the words that not all texts that begin like it have."""
    shared = set.intersection(*(set(other.split()) for other in alike))
    return " ".join([MORE, *(word for word in text.split() if word not in shared)])


def _left_to_right(line: str) -> str:
    """Keep the order of a line with words of both directions: marks around each right-to-left part.

    >>> _left_to_right("شراء → بيع: 9") == "\u200eشراء\u200e → \u200eبيع\u200e: 9", _left_to_right("شراء")
    (True, 'شراء')
    """
    part = re.sub(_RTL_PART, lambda found: f"{_LEFT}{found[0]}{_LEFT}", line)
    return line if part == f"{_LEFT}{line}{_LEFT}" else part


def worst_that_fit(losses: Sequence[float], room: float) -> list[int]:
    """Return the indices of the largest losses, in their order, of which not more than `room` can be drawn.

    >>> worst_that_fit([0.1, float("nan"), 0.4, 0.3], 2.9), worst_that_fit([0.1, 0.2], 9)
    ([2, 3], [0, 1])
    """
    ranked = sorted(range(len(losses)), key=lambda at: -losses[at] if losses[at] == losses[at] else 1.0)
    return sorted(ranked[: max(1, int(room))])


def not_drawn(steps: int, drawn: int) -> str:
    """Return a sentence on the steps for which a picture has no room; "" if it shows all.

    >>> not_drawn(26, 11), not_drawn(5, 5)
    (' Not drawn, for lack of room: 15 steps, with the smallest losses.', '')
    """
    return (
        f" Not drawn, for lack of room: {count(steps - drawn, 'step')}, with the smallest losses."
        if drawn < steps
        else ""
    )


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
    window = f"reached within {WINDOW.get()} of the lead" if WINDOW.get() else ""
    return " · ".join(filter(None, (day, *facts, window)))
