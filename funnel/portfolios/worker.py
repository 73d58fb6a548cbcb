"""A worker process that measures businesses: one JSON line in, one line of numbers out.

`python -m funnel.portfolios.worker`. Unlike `multiprocessing`, it never runs the caller's script again.
"""

from __future__ import annotations

import datetime as dt
import json
import sys

from funnel.errors import FunnelError
from funnel.portfolios.declaration import Business
from funnel.portfolios.numbers import BusinessNumbers, numbers_of


def measure(business: Business, journey: str | None, as_of: dt.date) -> BusinessNumbers:
    """Load and measure one business; an error becomes the `problem` of its numbers."""
    from funnel.metrics import Funnel
    from funnel.workflows.load import load

    try:
        clients = load(business.sheet, business.journey or journey, business.tab, as_of=as_of)
        return numbers_of(business.name, Funnel(clients, as_of), business.steps)
    except FunnelError as error:
        return BusinessNumbers(business.name, as_of, problem=str(error))
    except (ArithmeticError, LookupError, TypeError, ValueError, MemoryError, OSError) as error:
        return BusinessNumbers(
            business.name, as_of, problem=f"{business.sheet} could not be measured ({type(error).__name__})."
        )


def main() -> None:
    """Answer each line of standard input with a line on standard output."""
    answers, sys.stdout = sys.stdout, sys.stderr
    for line in sys.stdin:
        job = json.loads(line)
        day = dt.date.fromisoformat(job["as_of"])
        numbers = measure(Business.model_validate(job["business"]), job["journey"], day)
        print(json.dumps(numbers.to_json()), file=answers, flush=True)


if __name__ == "__main__":
    main()
