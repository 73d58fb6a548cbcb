"""A worker process that measures businesses: one JSON line in, one line of numbers out.

`python -m funnel.portfolios.worker`. Unlike `multiprocessing`, it never runs the caller's script again.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
from dataclasses import replace

from funnel.errors import FunnelError
from funnel.portfolios.cache import Entry
from funnel.portfolios.declaration import Business
from funnel.portfolios.numbers import BusinessNumbers, numbers_of


def measure(
    business: Business, journey: str | None, as_of: dt.date, *, cache: bool = True
) -> BusinessNumbers:
    """Measure one business, with its own names of steps; an error becomes the `problem` of its numbers."""
    try:
        found = _measure(business, journey, as_of, Entry.of(business, journey) if cache else None)
    except FunnelError as error:
        return BusinessNumbers(business.name, as_of, problem=str(error))
    except (ArithmeticError, LookupError, TypeError, ValueError, MemoryError, OSError) as error:
        return BusinessNumbers(
            business.name, as_of, problem=f"{business.sheet} could not be measured ({type(error).__name__})."
        )
    return replace(found, name=business.name)


def _measure(business: Business, journey: str | None, as_of: dt.date, entry: Entry | None) -> BusinessNumbers:
    """Return the numbers from the cache if the sheet is unchanged; else load and keep them.

    The version of a sheet at a service is known once it has been read, which takes a call in any case.
    """
    from funnel.metrics import Funnel
    from funnel.sheets import open_sheet
    from funnel.workflows.load import open_clients

    content = entry.content() if entry and entry.is_file else None
    if entry and content and (found := entry.as_of(content, as_of)):
        return found
    sheet = open_sheet(business.sheet)
    if entry and sheet.path is None and not sheet.capabilities.in_engine:
        content = entry.content(sheet.version)
        if found := entry.as_of(content, as_of):
            return found
    opened = open_clients(sheet, business.journey or journey, business.tab, as_of=as_of)
    numbers = numbers_of(business.name, Funnel(opened.clients, as_of))
    if entry:
        entry.keep(content, opened, numbers)
    return numbers


def main() -> None:
    """Answer each line of standard input with a line on standard output."""
    answers, sys.stdout = sys.stdout, sys.stderr
    for line in sys.stdin:
        job = json.loads(line)
        day = dt.date.fromisoformat(job["as_of"])
        business = Business.model_validate(job["business"])
        numbers = measure(business, job["journey"], day, cache=job["cache"])
        print(json.dumps(numbers.to_json()), file=answers, flush=True)


if __name__ == "__main__":
    main()
