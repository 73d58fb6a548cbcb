"""Contrast of colours, and colours that can be read."""

from __future__ import annotations

READABLE = 4.5  # contrast of text (WCAG 2, level AA)


def luminance(color: str) -> float:
    """Return the relative luminance of a colour, from 0 to 1 (WCAG 2).

    >>> luminance("#FFFFFF"), luminance("#000000")
    (1.0, 0.0)
    """
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in _rgb(color)]
    return round(0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2], 6)


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, from 1 to 21 (WCAG 2).

    >>> round(contrast("#FFFFFF", "#000000"), 2)
    21.0
    """
    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def readable(color: str, paper: str) -> str:
    """Return a colour made darker or lighter until text in it can be read.

    >>> readable("#2B6CA3", "#FFFFFF"), contrast(readable("#FFE14D", "#FFFFFF"), "#FFFFFF") >= READABLE
    ('#2B6CA3', True)
    """
    towards, mixed = (0.0 if luminance(paper) > 0.2 else 1.0), color
    for step in range(21):
        parts = (part + (towards - part) * step / 20 for part in _rgb(color))
        mixed = "#" + "".join(f"{round(part * 255):02X}" for part in parts)
        if contrast(mixed, paper) >= READABLE:
            break
    return mixed


def _rgb(color: str) -> tuple[float, ...]:
    return tuple(int(color[at : at + 2], 16) / 255 for at in (1, 3, 5))
