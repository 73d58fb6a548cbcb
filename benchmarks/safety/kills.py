"""Kill commands that write, at random moments of their run: afterwards the file is the old or the new one.

`python -m benchmarks.safety.kills [SHARE]` kills 1,000 refreshes and 200 each of undo, move, copy and remove,
or a share of that (0.1: a tenth).
"""

from __future__ import annotations

import gc
import os
import random
import signal
import sys
import tempfile
import time
import zipfile
from pathlib import Path
from typing import Final

from benchmarks.safety.faults import CASES, Case, Trials

TIMES: Final = {"refresh": 1000, "undo": 200, "move": 200, "copy": 200, "remove": 200}


class Killer:
    """Kills children that run a case."""

    def __init__(self, trials: Trials, seed: int = 1) -> None:
        self.trials = trials
        self.dice = random.Random(seed)
        self.outcomes = {"old": 0, "new": 0, "ended before": 0}

    def duration(self, case: Case) -> float:
        """Return the seconds that a child takes when nobody kills it."""
        begun = time.monotonic()
        os.waitpid(self._child(case), 0)
        return time.monotonic() - begun

    def _child(self, case: Case) -> int:
        folder = self.trials.set_up(case)
        child = os.fork()
        if not child:
            result = self.trials.call(*(each.format(dir=folder) for each in case.arguments))
            os._exit(result.exit_code)
        return child

    def kill(self, case: Case, seconds: float) -> list[str]:
        """Kill one run at a random moment, and return what was not as promised."""
        folder = self.trials.work
        child = self._child(case)
        old = _bytes(self.trials.made / case.written)
        time.sleep((1.1 - self.dice.random() ** 2) * seconds)  # oftener late, when it writes
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        now = _bytes(folder / case.written)
        killed = os.WIFSIGNALED(status)
        self.outcomes["ended before" if not killed else "old" if now == old else "new"] += 1
        found = []
        if now != old and not _whole(folder / case.written):
            found.append(f"{case.name}: {case.written} is neither the old nor a whole new file")
        if now != old and case.backup and old not in [_bytes(p) for p in folder.glob("*.funnel-backup-*")]:
            found.append(f"{case.name}: no backup has the old version")
        for name in case.before:
            if name not in (case.written, "done.backup") and _bytes(folder / name) is None:
                found.append(f"{case.name}: {name} is gone")
        again = self.trials.call(*(each.format(dir=folder) for each in case.arguments)) if not found else None
        if again is not None and again.exception and not isinstance(again.exception, SystemExit):
            found.append(f"{case.name}: the next run fails with {again.exception!r}")
        return found


def _bytes(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def _whole(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as book:
            return book.testzip() is None
    except (OSError, zipfile.BadZipFile):
        return False


def run(share: float, folder: Path) -> tuple[list[str], dict[str, int]]:
    """Kill a share of the usual number of runs; return broken promises, and how the runs ended."""
    gc.freeze()
    killer, broken = Killer(Trials(folder)), []
    for case in CASES:
        if case.name in TIMES:
            seconds = killer.duration(case)
            for _ in range(max(1, round(TIMES[case.name] * share))):
                broken += killer.kill(case, seconds)
    return broken, killer.outcomes


def main() -> int:
    """Print the figures; return the number of broken promises."""
    share = float(sys.argv[1]) if len(sys.argv) > 1 else 1.0
    with tempfile.TemporaryDirectory() as folder:
        broken, outcomes = run(share, Path(folder))
    print("\n".join([*broken, f"{sum(outcomes.values())} kills: {outcomes}; {len(broken)} broken promises"]))
    return len(broken)


if __name__ == "__main__":
    sys.exit(bool(main()))
