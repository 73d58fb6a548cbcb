"""Parse times in event logs, with or without a time zone; a million take about a second.

ISO texts are parsed all at once, and other values once for each distinct value. A time with a zone is
converted to UTC; a time without one is kept as it is (docs/definitions.md#time-zone).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from funnel.cells.columns import NAT, Bools, ParseCache
from funnel.cells.date_order import decide_date_orders
from funnel.cells.dates import YEARS, Order, read_date, read_serial
from funnel.cells.numbers import LONGEST
from funnel.clients import Problem
from funnel.grid import Value

if TYPE_CHECKING:
    from numpy.typing import NDArray

Seconds: TypeAlias = "NDArray[np.datetime64]"


_EPOCH = dt.datetime(1970, 1, 1)
_SHORTEST = len("2026-01-02")
_ZONE = re.compile(r"(?:Z|UTC|GMT|[+-]\d{2}:?(?:\d{2})?)$", re.IGNORECASE)
_CLOCK = re.compile(
    r"[\sT,]+(?P<hour>\d{1,2})[:h.](?P<minute>\d{2})(?:[:.](?P<second>\d{2})(?:[.,]\d+)?)?\s*"
    r"(?:(?P<half>[ap])\.?m\.?)?\s*(?P<zone>Z|UTC|GMT|[+-]\d{2}:?\d{2})?$",
    re.IGNORECASE,
)
_ISO_ZONE = re.compile(
    r"T\d{2}:?\d{2}(?::?\d{2}(?:[.,]\d+)?)?\s*(?P<zone>Z|[+-]\d{2}:?(?:\d{2})?)$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Times:
    """A column of times.

    Parameters
    ----------
    at : datetime64[s], in UTC if the cell has a zone; NaT if blank or unreadable.
    zoned : True if the cell has a zone.
    unreadable, wrong_year : offsets of cells with a problem.
    assumed, problems : assumptions and problems about the order of day and month.
    """

    at: Seconds
    zoned: Bools
    unreadable: tuple[int, ...] = ()
    wrong_year: tuple[int, ...] = ()
    assumed: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()


def read_times(values: Sequence[Value], column: int, first: int) -> Times:
    """Parse a column of times.

    Parameters
    ----------
    values : the cells, from the row `first` down.

    >>> found = read_times(["2026-03-01 10:00", "2026-03-01T10:00:00+02:00", "1/3/2026 9:30", "soon"], 3, 2)
    >>> found.at.astype(str).tolist()
    ['2026-03-01T10:00:00', '2026-03-01T08:00:00', '2026-03-01T09:30:00', 'NaT']
    >>> found.zoned.tolist(), found.unreadable
    ([False, True, False, False], (3,))
    """
    zones = _any_zone(values)
    at = _iso(values, zones)
    rest = np.flatnonzero(np.isnat(at))
    zoned = _zoned(values, ~np.isnat(at)) if zones else np.zeros(len(values), dtype=bool)
    others = [values[i] for i in rest.tolist()] if len(rest) else []
    if not any(value not in (None, "") for value in others):
        return _without_wrong_years(Times(at, zoned))
    texts: list[Value] = [None] * len(values)
    for i, value in zip(rest.tolist(), others, strict=True):
        texts[i] = value
    orders = decide_date_orders({column: texts}, first)
    cache: ParseCache[Value, tuple[int, bool]] = ParseCache(lambda value: _read(value, orders.of[column]))
    read = [cache[value] for value in others]
    at[rest] = np.array([seconds for seconds, _ in read], dtype=np.int64).view("datetime64[s]")
    zoned[rest] = [zone for _, zone in read]
    blank = [value is None or (isinstance(value, str) and not value.strip()) for value in others]
    bad = [i for i, empty in zip(rest.tolist(), blank, strict=True) if not empty and np.isnat(at[i])]
    return _without_wrong_years(Times(at, zoned, tuple(bad), (), orders.assumed, orders.problems))


def in_zone(at: Seconds, zoned: Bools, timezone: str) -> Seconds:
    """Convert times from UTC to the local time of a zone; times without a zone stay as they are.

    >>> import numpy as np
    >>> at = np.array(["2026-03-01T23:30:00"] * 2, dtype="datetime64[s]")
    >>> in_zone(at, np.array([True, False]), "Europe/Rome").astype(str).tolist()
    ['2026-03-02T00:30:00', '2026-03-01T23:30:00']
    """
    import pandas as pd

    local = pd.DatetimeIndex(at[zoned], tz="UTC").tz_convert(timezone).tz_localize(None)
    found = at.copy()
    found[zoned] = local.to_numpy().astype("datetime64[s]")
    return found


def has_zone(value: Value) -> bool:
    """Return True for a time of day with a zone, as text or datetime.

    >>> has_zone("2026-03-01T23:30:00Z"), has_zone("2026-03-01 23:30 +02:00"), has_zone("2026-03-01 23:30")
    (True, True, False)
    """
    if isinstance(value, dt.datetime):
        return value.tzinfo is not None
    if not isinstance(value, str):
        return False
    clock = _CLOCK.search(value.strip()) or _ISO_ZONE.search(value.strip())
    return bool(clock and clock["zone"])


def stable_argsort(keys: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the positions that sort integer keys, stably; several times as fast as NumPy's stable sort.

    >>> stable_argsort(np.array([3, 1, 3, 2])).tolist()
    [1, 3, 0, 2]
    """
    n = len(keys)
    if not n or int(keys.max()) - int(keys.min()) >= (1 << 62) // n:
        return np.argsort(keys, kind="stable")
    return np.argsort((keys - keys.min()) * n + np.arange(n))


def _without_wrong_years(times: Times) -> Times:
    """Replace times outside `YEARS` by NaT and report them."""
    low = np.datetime64(dt.datetime(YEARS.start, 1, 1), "s")
    high = np.datetime64(dt.datetime(YEARS.stop, 1, 1), "s")
    outside = ~np.isnat(times.at) & ((times.at < low) | (times.at >= high))
    times.at[outside] = np.datetime64("NaT")
    wrong = tuple(np.flatnonzero(outside).tolist())
    return Times(times.at, times.zoned, times.unreadable, wrong, times.assumed, times.problems)


def _iso(values: Sequence[Value], zones: bool) -> Seconds:
    """Parse all ISO texts at once; NaT for other values."""
    import pandas as pd

    if not zones and set(map(type, values)) == {str} and min(map(len, values)) >= _SHORTEST:  # type: ignore[arg-type]
        try:
            return np.array(values, dtype="datetime64[s]")  # ten times as fast; fails if any text is not ISO
        except ValueError:
            pass
    texts = [value if isinstance(value, str) and len(value) >= _SHORTEST else None for value in values]
    read = pd.to_datetime(np.array(texts, dtype=object), format="ISO8601", utc=True, errors="coerce")
    return np.array(read.tz_localize(None).to_numpy(), dtype="datetime64[s]")


def _any_zone(values: Sequence[Value]) -> bool:
    """Return True if any text may have a zone: Z, UTC, GMT, a plus, or a third dash."""
    texts: Sequence[Any] = values
    if set(map(type, values)) != {str}:
        texts = [value for value in values if isinstance(value, str)]
    whole = "".join(texts)
    return any(sign in whole for sign in "+zZcCmM") or whole.count("-") > 2 * len(texts)


def _zoned(values: Sequence[Value], read: Bools) -> Bools:
    """Return a boolean for each value, True if it is an ISO text with a zone."""
    zoned = np.zeros(len(values), dtype=bool)
    for i in np.flatnonzero(read).tolist():
        zoned[i] = len(str(values[i])) > _SHORTEST and bool(_ZONE.search(str(values[i]), _SHORTEST))
    return zoned


def _read(value: Value, order: Order) -> tuple[int, bool]:
    """Parse one cell; return its seconds since 1970, and True if it has a zone."""
    if isinstance(value, dt.datetime):
        return _seconds(value)
    if isinstance(value, float) and (day := read_serial(value)):
        return _since(day) + round(value % 1 * 86_400), False
    if not isinstance(value, str):
        found = read_date(value, order)
        return (_since(found), False) if found else (NAT, False)
    text = value.strip()
    if len(text) > LONGEST:
        return NAT, False
    clock = _CLOCK.search(text)
    day = read_date(text[: clock.start()] if clock else text, order)
    if day is None:
        return NAT, False
    return _on(day, clock) if clock else (_since(day), False)


def _on(day: dt.date, clock: re.Match[str]) -> tuple[int, bool]:
    """Return the seconds of a day and its time of day, and True if the time has a zone."""
    hour, half = int(clock["hour"]), (clock["half"] or "").lower()
    if half and hour <= 12:
        hour = hour % 12 + (12 if half == "p" else 0)
    zone = clock["zone"]
    try:
        time = dt.time(hour, int(clock["minute"]), int(clock["second"] or 0))
    except ValueError:
        return NAT, False
    seconds, _ = _seconds(dt.datetime.combine(day, time))
    return seconds - _offset(zone or ""), bool(zone)


def _offset(zone: str) -> int:
    """Return the seconds by which a zone is ahead of UTC."""
    if zone[:1] not in ("+", "-"):
        return 0
    digits = zone[1:].replace(":", "")
    ahead = int(digits[:2]) * 3600 + int(digits[2:]) * 60
    return ahead if zone[0] == "+" else -ahead


def _seconds(time: dt.datetime) -> tuple[int, bool]:
    offset = time.utcoffset()
    naive = time.replace(tzinfo=None) - (offset or dt.timedelta())
    return int((naive - _EPOCH).total_seconds()), offset is not None


def _since(day: dt.date) -> int:
    return (day - _EPOCH.date()).days * 86_400
