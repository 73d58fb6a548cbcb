"""Text of a person in a document: without control characters, and right-to-left parts isolated."""

from __future__ import annotations

import re
import unicodedata

from funnel.reports.review import Review

_RTL = "\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc"
_RUN = re.compile(f"[{_RTL}](?:[{_RTL}\u0300-\u036f0-9'\"()!?.,:-]|[ \u00a0](?=[{_RTL}0-9]))*")
FIRST_STRONG, POP = "\u2068", "\u2069"
_OVERRIDES = re.compile("[\u202a-\u202e\u2066-\u2069]")


def clean(text: str) -> str:
    r"""Return a text on one line that every document accepts; a right-to-left part is isolated.

    >>> clean("Met\x00 \x07Ana\nPaid")
    'Met Ana Paid'
    >>> clean("شراء loses 3 of 9") == "\u2068شراء\u2069 loses 3 of 9"
    True
    """
    line = " ".join(str(text).split())
    kept = "".join(c for c in line if unicodedata.category(c) not in ("Cc", "Cs", "Co", "Cn"))
    return _RUN.sub(lambda found: f"{FIRST_STRONG}{found[0]}{POP}", _OVERRIDES.sub("", kept))


def names_sentence(review: Review) -> str:
    """Return a sentence on whether a review contains names of clients."""
    return "It contains names of clients." if review.names else "It contains no names of clients."
