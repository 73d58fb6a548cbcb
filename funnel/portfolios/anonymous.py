"""A benchmark file without names, which others can compare with."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from funnel.errors import ReadError
from funnel.portfolios.numbers import BusinessNumbers, StepCounts
from funnel.sheets.source_file import SourceFile
from funnel.text import fold, listed

KIND, VERSION = "funnel benchmark", 1
MOST = 100_000  # businesses
_MOST_CLIENTS = 1 << 31  # of one business
FEWEST = 5
"""Minimum number of businesses in a benchmark file, so that none can be identified."""


def to_benchmark(businesses: Sequence[BusinessNumbers], as_of: dt.date) -> dict[str, Any]:
    """Return the counts of each step of each business, without names, the lowest rate first.

    Who reached a step is the number due at the next one. So that neither identifies a business, or joins its
    steps, the number of clients is rounded down to 10, 20, 50, 100 …; its rate is kept.

    Raises
    ------
    ReadError : fewer than five businesses with clients take part.
    """
    taking = [each for each in businesses if each.leads and not each.left_out]
    if len(taking) < FEWEST:
        raise ReadError(
            f"A benchmark without names needs at least {FEWEST} businesses that can be compared; this "
            f"portfolio has {len(taking)}. With fewer, each could be recognised."
        )
    names = list(dict.fromkeys(step.step for each in taking for step in each.steps))
    steps = []
    for name in names:
        counts = [
            _coarse(s.settled_n, s.settled_reached)
            for each in taking
            for s in each.steps
            if s.step == name and s.settled_n
        ]
        if len(counts) >= FEWEST:
            counts.sort(key=lambda pair: (pair[1] / pair[0], pair[0]))
            steps.append({"step": name, "counts": [list(pair) for pair in counts]})
    return {
        "kind": KIND, "version": VERSION, "as_of": as_of.isoformat(), "businesses": len(taking),
        "steps": steps,
    }  # fmt: skip


def _coarse(n: int, reached: int) -> tuple[int, int]:
    """Round a number of clients down to 1, 2 or 5 times a power of ten, at the same rate.

    >>> _coarse(941, 814), _coarse(12, 3)
    ((500, 433), (10, 2))
    """
    power = 10 ** (len(str(n)) - 1)
    size = max(part * power for part in (1, 2, 5) if part * power <= n)
    return size, round(reached / n * size)


def read_benchmark(path: str | Path) -> tuple[int, dict[str, list[tuple[int, int]]]]:
    """Read a benchmark file.

    Returns
    -------
    The number of businesses; and for each step, n and reached of each business.

    Raises
    ------
    ReadError : the file is missing, or not a benchmark.
    """
    try:
        data = json.loads(SourceFile(Path(path)).data)
    except (ValueError, RecursionError):
        data = None
    if not isinstance(data, dict) or data.get("kind") != KIND or data.get("version") != VERSION:
        raise ReadError(
            f"{path} is not a benchmark file. `funnel portfolio FILE --anonymous benchmark.json` writes one."
        )
    try:
        steps = {str(s["step"]): [(int(n), int(x)) for n, x in s["counts"]] for s in data["steps"]}
        n_businesses = int(data["businesses"])
        pairs = [pair for counts in steps.values() for pair in counts]
        if n_businesses > MOST or any(not 0 <= x <= n < _MOST_CLIENTS for n, x in pairs):
            raise ValueError("no such counts")
        return n_businesses, steps
    except (KeyError, TypeError, ValueError, OverflowError):
        raise ReadError(f"{path} is a damaged benchmark file. Ask for it again.") from None


def others_of(path: Path, as_of: dt.date, steps: Sequence[str]) -> list[BusinessNumbers]:
    """Return the businesses of a benchmark file as numbers with a blank name, to compare with.

    The steps of one of these belong to different businesses.

    Parameters
    ----------
    steps : the steps to compare; case, accents and blanks may differ.

    Raises
    ------
    ReadError : the file is not a benchmark, or has none of the steps.
    """
    n_businesses, counts = read_benchmark(path)
    spelled = {fold(step): step for step in steps}
    pairs = {spelled[fold(step)]: counts[step] for step in counts if fold(step) in spelled}
    if not pairs:
        raise ReadError(
            f"{path} has none of the steps of this portfolio: it has {listed(map(repr, counts))}, not "
            f"{listed(map(repr, steps))}. Map them in the portfolio file, such as steps = "
            '{ "OWN" = "SHARED" }.'
        )
    return [
        BusinessNumbers("", as_of, 0, tuple(
            StepCounts(step, "step", False, 0, *counts[i], 0, 0)
            for step, counts in pairs.items()
            if i < len(counts)
        ))
        for i in range(n_businesses)
    ]  # fmt: skip
