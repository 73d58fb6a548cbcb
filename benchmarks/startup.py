"""How long a person waits before anything appears: the help, and the tables of the sample sheet."""

import os
import subprocess
import sys
import time
from pathlib import Path

SAMPLE = Path(__file__).resolve().parents[1] / "sample_data" / "gym.xlsx"
RUNS = 9


def seconds(*command: str) -> tuple[float, float]:
    """Wall clock and processor seconds, each the least of several runs, once the files are in memory."""
    taken = []
    for _ in range(RUNS):
        before, start = os.times(), time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        wall, after = time.perf_counter() - start, os.times()
        taken.append((wall, after[2] + after[3] - before[2] - before[3]))
    return min(wall for wall, _ in taken), min(cpu for _, cpu in taken)


def main() -> None:
    funnel = "from funnel.cli import main; main()"
    bare = seconds(sys.executable, "-c", "pass")
    pandas = seconds(sys.executable, "-c", "import pandas")
    helped = seconds(sys.executable, "-c", funnel, "--help")
    shown = seconds(sys.executable, "-c", funnel, "show", str(SAMPLE), "--as-of", "2026-11-21")
    print("                               wall    processor")
    for name, (wall, cpu) in {
        "python -c pass": bare, "python -c 'import pandas'": pandas,
        "funnel --help (goal 0.3 s)": helped, "funnel show on the sample": shown,
    }.items():  # fmt: skip
        print(f"{name:28} {wall:6.3f} s {cpu:8.3f} s")
    ratio = [mine / theirs for mine, theirs in zip(shown, pandas, strict=True)]
    print(f"show / import pandas         {ratio[0]:6.2f}   {ratio[1]:8.2f}    (goal 1.5)")


if __name__ == "__main__":
    main()
