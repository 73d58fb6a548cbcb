"""Load and measure the businesses of a portfolio in parallel; a broken sheet never stops the others."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import replace

from funnel.errors import FunnelError
from funnel.portfolios.cache import Entry
from funnel.portfolios.declaration import Business, Declaration, Source
from funnel.portfolios.numbers import BusinessNumbers, numbers_by, numbers_of
from funnel.portfolios.worker import measure
from funnel.portfolios.workers import Workers
from funnel.sheets.adapters import is_url

SERVICES = 4
"""Sheets of a service loaded at once; `funnel.sheets.google.client.quota` bounds the calls in a minute."""
WORTH_PROCESSES = 8
"""Minimum number of files that is worth starting processes for."""
KEY = "GOOGLE_APPLICATION_CREDENTIALS"

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
    wanted: list[Business] = []
    total = len(declaration.business) + len(declaration.source)

    def done(numbers: BusinessNumbers) -> None:
        found[numbers.name] = numbers
        if progress:
            progress(len(found), total, numbers.name)

    for business in declaration.business:
        entry = Entry.of(business, declaration.journey) if cache else None
        kept = entry.last(entry.content()) if entry else None
        if kept is not None and kept.as_of == as_of:
            done(replace(kept, name=business.name))
        else:
            wanted.append(business)
    with _signed_in(declaration.credentials):
        for numbers in _measured(wanted, declaration.journey, as_of, cache):
            done(numbers)
        ordered = [found[business.name] for business in declaration.business]
        for source in declaration.source:
            ordered += _of_source(source, declaration, as_of)
    return ordered


@contextmanager
def _signed_in(key: str | None) -> Iterator[None]:
    """Use a key file, unless --credentials or the environment names another."""
    if key is None or KEY in os.environ:
        yield
        return
    os.environ[KEY] = key
    try:
        yield
    finally:
        del os.environ[KEY]


def _measured(
    wanted: Sequence[Business], journey: str | None, as_of: dt.date, cache: bool
) -> Iterator[BusinessNumbers]:
    """Yield the numbers of each business when ready: many files in processes, others in threads."""
    files = [business for business in wanted if not is_url(business.sheet)]
    others = [business for business in wanted if is_url(business.sheet)]
    if len(files) < WORTH_PROCESSES:
        others, files = [*others, *files], []
    with ThreadPoolExecutor(SERVICES) as threads, Workers(min(os.cpu_count() or 1, len(files))) as workers:
        futures = [threads.submit(measure, business, journey, as_of, cache=cache) for business in others]
        futures += [workers.submit(business, journey, as_of, cache=cache) for business in files]
        for future in as_completed(futures):
            yield future.result()


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
