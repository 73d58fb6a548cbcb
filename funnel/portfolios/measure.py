"""Load and measure the businesses of a portfolio in parallel; a broken sheet never stops the others."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from pathlib import Path

from funnel.errors import FunnelError
from funnel.portfolios.cache import content_key, keep, recall
from funnel.portfolios.declaration import URL, Business, Declaration, Source
from funnel.portfolios.numbers import BusinessNumbers, numbers_by, numbers_of
from funnel.portfolios.worker import measure
from funnel.portfolios.workers import Workers

SERVICES = 4
"""Google Sheets loaded at once: each takes a call or two, and Google allows 60 a minute."""
WORTH_PROCESSES = 8
"""Minimum number of files that is worth starting processes for."""

Progress = Callable[[int, int, str], None]


def measure_all(
    declaration: Declaration, as_of: dt.date, progress: Progress | None = None, *, cache: bool = True
) -> list[BusinessNumbers]:
    """Measure every business, in the order of the file; the values of a source follow.

    Parameters
    ----------
    progress : called with the number done, the number of all, and the name of the last one.
    cache : use and fill the cache (`funnel.portfolios.cache`).
    """
    found: dict[str, BusinessNumbers] = {}
    wanted: list[tuple[Business, str | None]] = []
    total = len(declaration.business) + len(declaration.source)

    def done(numbers: BusinessNumbers) -> None:
        found[numbers.name] = numbers
        if progress:
            progress(len(found), total, numbers.name)

    for business in declaration.business:
        key = _key(business, declaration, as_of) if cache else None
        kept = recall(key) if key else None
        if kept is not None:
            done(BusinessNumbers.from_json(kept.to_json() | {"name": business.name}))
        else:
            wanted.append((business, key))
    for numbers, key in _measured(wanted, declaration.journey, as_of):
        if key and not numbers.problem:
            keep(key, numbers)
        done(numbers)
    ordered = [found[business.name] for business in declaration.business]
    for source in declaration.source:
        ordered += _of_source(source, declaration, as_of)
    return ordered


def _key(business: Business, declaration: Declaration, as_of: dt.date) -> str | None:
    """Return the key of a business in the cache; None for a service."""
    if URL in business.sheet[:12]:
        return None
    journey = business.journey or declaration.journey or ""
    parts = (journey, business.tab or "", as_of.isoformat(), repr(sorted(business.steps.items())))
    return content_key(Path(business.sheet), parts)


def _measured(
    wanted: Sequence[tuple[Business, str | None]], journey: str | None, as_of: dt.date
) -> Iterator[tuple[BusinessNumbers, str | None]]:
    """Yield the numbers of each business when ready: many files in processes, others in threads."""
    files = [pair for pair in wanted if URL not in pair[0].sheet[:12]]
    others = [pair for pair in wanted if URL in pair[0].sheet[:12]]
    if len(files) < WORTH_PROCESSES:
        others, files = [*others, *files], []
    with ThreadPoolExecutor(SERVICES) as threads, Workers(min(os.cpu_count() or 1, len(files))) as workers:
        futures: dict[Future[BusinessNumbers], str | None] = {
            threads.submit(measure, business, journey, as_of): key for business, key in others
        }
        futures |= {workers.submit(business, journey, as_of): key for business, key in files}
        for future in as_completed(futures):
            yield future.result(), futures[future]


def _of_source(source: Source, declaration: Declaration, as_of: dt.date) -> list[BusinessNumbers]:
    """Measure all businesses of one table."""
    from funnel.metrics import Funnel
    from funnel.workflows.load import load

    try:
        funnel = Funnel(load(source.sheet, source.journey or declaration.journey, as_of=as_of), as_of)
        if funnel.clients.is_guess:
            return [numbers_of(source.sheet, funnel)]
        return numbers_by(source.by, funnel)
    except FunnelError as error:
        return [BusinessNumbers(source.sheet, as_of, problem=str(error))]
