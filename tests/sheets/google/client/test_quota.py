"""Calls within a quota: never more in any period, whichever thread makes them."""

import time
from concurrent.futures import ThreadPoolExecutor

from funnel.sheets.google.client.quota import Quota


def test_threads_take_turns() -> None:
    turns = Quota(3, 0.2)
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _: turns.wait_for_turn(), range(10)))
    times = list(turns._times)
    assert all(later - first >= 0.2 for first, later in zip(times, times[3:], strict=False))
    turns.hold(0.1)
    start = time.monotonic()
    turns.wait_for_turn()
    assert time.monotonic() - start >= 0.1
