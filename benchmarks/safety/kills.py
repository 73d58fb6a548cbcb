"""Kill commands that write, at random moments of their run: afterwards the file is the old or the new one.

`python -m benchmarks.safety.kills [SHARE [SEED]]` kills 1,000 refreshes and 200 each of undo, move, copy and
remove, or a share of that (0.1: a tenth), at moments that the seed decides. Half of them are killed after the
first call that writes: that takes a tenth of the time of a run, and is where a file could be damaged.
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
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Final

from benchmarks.safety.faults import CASES, Case, Trials, remembered_plans

TIMES: Final = {"refresh": 1000, "undo": 200, "move": 200, "copy": 200, "remove": 200}
AGAIN: Final = ("refresh", "remove")  # commands that can be run twice


class Killer:
    """Kills children that run a case."""

    def __init__(self, trials: Trials, seed: int = 1) -> None:
        self.trials = trials
        self.dice = random.Random(seed)
        self.outcomes = {"old": 0, "new": 0, "ended before": 0}
        self.while_writing = 0

    @property
    def killed(self) -> int:
        """The number of runs that were killed before they ended."""
        return self.outcomes["old"] + self.outcomes["new"]

    def durations(self, case: Case) -> tuple[float, float]:
        """Return the seconds that a child takes when nobody kills it: in all, and from its first write on."""
        begun = time.monotonic()
        child, writing = self._child(case)
        os.read(writing, 1)
        wrote = time.monotonic()
        os.waitpid(child, 0)
        os.close(writing)
        return time.monotonic() - begun, time.monotonic() - wrote

    def _child(self, case: Case) -> tuple[int, int]:
        """Start a run; return its process, and a pipe that gets a byte before its first write."""
        folder = self.trials.set_up(case)
        reader, writer = os.pipe()
        child = os.fork()
        if not child:
            make = tempfile.mkstemp

            def announced(*args: Any, **options: Any) -> tuple[int, str]:
                os.write(writer, b"w")
                return make(*args, **options)

            tempfile.mkstemp = announced
            result = self.trials.call(*(each.format(dir=folder) for each in case.arguments))
            os._exit(result.exit_code)
        os.close(writer)
        return child, reader

    def kill(self, case: Case, seconds: float, writing: bool) -> list[str]:
        """Kill one run within some seconds of its start or first write; return what was not as promised."""
        folder = self.trials.work
        old = _bytes(self.trials.made / case.written)
        child, first_write = self._child(case)
        began = bool(writing and os.read(first_write, 1))
        time.sleep(self.dice.random() * 1.1 * seconds)
        os.kill(child, signal.SIGKILL)
        os.close(first_write)
        _, status = os.waitpid(child, 0)
        now = _bytes(folder / case.written)
        killed = os.WIFSIGNALED(status)
        self.while_writing += killed and began
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
        if again is not None and again.exit_code and case.name in AGAIN:
            found.append(f"{case.name}: the next run ends with {again.exit_code}: {again.output[-300:]!r}")
        return found


def _bytes(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def _whole(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as book:
            return book.testzip() is None
    except (OSError, zipfile.BadZipFile):
        return False


def run(
    share: float, folder: Path, say: Callable[[str], None] = lambda text: None, seed: int = 1
) -> tuple[list[str], dict[str, int]]:
    """Kill a share of the usual number of runs; return broken promises, and how the runs ended."""
    gc.freeze()
    killer, broken = Killer(Trials(folder), seed), []
    with remembered_plans():
        for case in CASES:
            if case.name not in TIMES:
                continue
            killer.trials.calls(case)  # so that its plan is remembered
            whole, writing = killer.durations(case)
            killed, most = killer.killed, max(1, round(TIMES[case.name] * share))
            while (number := killer.killed - killed) < most:  # a run that ends before does not count
                late = number % 2 == 0
                broken += killer.kill(case, writing if late else whole, late)
            say(f"{case.name}: {killer.outcomes}, {killer.while_writing} while writing, {len(broken)} broken")
    return broken, killer.outcomes | {"while writing": killer.while_writing}


def main() -> int:
    """Print the figures; return the number of broken promises."""
    share, seed = float((sys.argv[1:] or ["1"])[0]), int((sys.argv[2:] or ["1"])[0])
    with tempfile.TemporaryDirectory() as folder:
        broken, outcomes = run(share, Path(folder), partial(print, flush=True), seed)
    print("\n".join([*broken, f"{outcomes}; {len(broken)} broken promises"]))
    return len(broken)


if __name__ == "__main__":
    sys.exit(bool(main()))
