"""Google's quota of calls: 60 reads a minute of one account, whatever each of them reads.

More of them would be refused (429) for the rest of the minute, for everything that uses the account.
"""

from __future__ import annotations

import threading
import time
from collections import deque


class Quota:
    """A number of calls in any period, shared by the threads of this process; further calls wait.

    >>> quota = Quota(2, 0.01)
    >>> start = time.monotonic()
    >>> for _ in range(5): quota.wait_for_turn()
    >>> time.monotonic() - start >= 0.02
    True
    """

    def __init__(self, calls: int, period: float) -> None:
        self.calls, self.period = calls, period
        self._times: deque[float] = deque()
        self._held = 0.0
        self._lock = threading.Lock()

    def wait_for_turn(self) -> None:
        """Wait until another call is within the quota, and count it; threads take turns."""
        with self._lock:
            while (pause := self._next() - time.monotonic()) > 0:
                time.sleep(pause)
            self._times.append(time.monotonic())

    def hold(self, seconds: float) -> None:
        """Let all further calls wait so long: the service says that the quota is used up."""
        self._held = max(self._held, time.monotonic() + seconds)

    def _next(self) -> float:
        while len(self._times) > self.calls:
            self._times.popleft()
        full = self._times[-self.calls] + self.period if len(self._times) >= self.calls else 0.0
        return max(full, self._held)


READS = Quota(60, 60.0)
