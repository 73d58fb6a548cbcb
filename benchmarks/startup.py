"""How long a person waits before anything appears: the help, and the tables of the sample sheet."""

import subprocess
import sys
import time
from pathlib import Path

SAMPLE = Path(__file__).resolve().parents[1] / "sample_data" / "gym.xlsx"
RUNS = 7


def seconds(*command: str) -> float:
    """The fastest of several runs, once the files are in memory."""
    taken = []
    for _ in range(RUNS):
        start = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        taken.append(time.perf_counter() - start)
    return min(taken)


def main() -> None:
    funnel = "from funnel.cli import main; main()"
    pandas = seconds(sys.executable, "-c", "import pandas")
    bare = seconds(sys.executable, "-c", "pass")
    helped = seconds(sys.executable, "-c", funnel, "--help")
    shown = seconds(sys.executable, "-c", funnel, "show", str(SAMPLE), "--as-of", "2026-11-21")
    print(f"python -c pass                {bare:6.3f} s")
    print(f"python -c 'import pandas'     {pandas:6.3f} s")
    print(f"funnel --help                 {helped:6.3f} s   (goal: 0.3)")
    print(f"funnel show on the sample     {shown:6.3f} s   {shown / pandas:.2f} x import pandas (goal: 1.5)")


if __name__ == "__main__":
    main()
