"""Worker processes; if a sheet crashes one, it is replaced, and only that sheet is left out."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
import threading
from concurrent.futures import Future, ThreadPoolExecutor

from funnel.portfolios.declaration import Business
from funnel.portfolios.numbers import BusinessNumbers

COMMAND = (sys.executable, "-m", "funnel.portfolios.worker")


class Workers:
    """A pool of processes that run `funnel.portfolios.worker`, started when there is work.

    Parameters
    ----------
    n : the number of processes; 0 for none.
    """

    def __init__(self, n: int) -> None:
        self._threads = ThreadPoolExecutor(max(n, 1))
        self._own = threading.local()
        self._every: list[subprocess.Popen[str]] = []

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, *_error: object) -> None:
        self._threads.shutdown(cancel_futures=True)
        for process in self._every:
            process.kill()
            process.communicate()

    def submit(
        self, business: Business, journey: str | None, as_of: dt.date, *, cache: bool
    ) -> Future[BusinessNumbers]:
        """Measure a business in one of the processes."""
        job = {
            "business": business.model_dump(), "journey": journey, "as_of": as_of.isoformat(), "cache": cache,
        }  # fmt: skip
        return self._threads.submit(self._measure, business, as_of, json.dumps(job))

    def _measure(self, business: Business, as_of: dt.date, job: str) -> BusinessNumbers:
        process = self._process()
        try:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write(job + "\n")
            process.stdin.flush()
            if answer := process.stdout.readline():
                return BusinessNumbers.from_json(json.loads(answer))
        except OSError:
            pass  # the process ended during the write
        self._own.process = None
        problem = f"{business.sheet} could not be measured: its process ended (code {process.wait()})."
        return BusinessNumbers(business.name, as_of, problem=problem)

    def _process(self) -> subprocess.Popen[str]:
        """Return the process of this thread, started if there is none."""
        process: subprocess.Popen[str] | None = getattr(self._own, "process", None)
        if process is None:
            process = subprocess.Popen(
                COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                encoding="utf-8",
            )  # fmt: skip
            self._own.process = process
            self._every.append(process)
        return process
