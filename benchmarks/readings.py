"""How many generated sheets are read right: a confusion table by kind of sheet.

    python -m benchmarks.readings --sheets 2000 [--nonsense] [--others] [--first SEED] [--failures 20]
    python -m benchmarks.readings --show SEED [--nonsense] [--others]

The sheets are those of ``tests/generated_sheets``; a seed always makes the same sheet.
"""

from __future__ import annotations

import argparse
import re
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from generated_sheets.engine import judge_sheet, read_sheet
from generated_sheets.others import make_other
from generated_sheets.score import VERDICTS, Score, table
from generated_sheets.sheets import Sheet, make

TRAITS = (
    "shape",
    "leaving",
    "marks",
    "stages",
    "language",
    "clients",
    "steps",
    "cells",
    "order",
    "totals",
    "frame",
)


def main(words: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.readings")
    parser.add_argument("--sheets", type=int, default=200)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--nonsense", action="store_true", help="headers that mean nothing in any language")
    parser.add_argument("--others", action="store_true", help="sheets without a funnel, to be refused")
    parser.add_argument(
        "--failures", type=int, default=0, help="print the largest groups of sheets not read right"
    )
    parser.add_argument("--show", type=int, metavar="SEED", help="print one sheet, its truth and its reading")
    options = parser.parse_args([] if words is None else words)
    if options.show is not None:
        show(make_one(options.show, options))
        return
    start = time.perf_counter()
    seeds = range(options.first, options.first + options.sheets)
    scores = [judge_sheet(make_one(seed, options)) for seed in seeds]
    seconds = time.perf_counter() - start
    for trait in TRAITS:
        print(table(scores, trait), end="\n\n")
    noise = [
        Score(s.seed, s.verdict, s.why, {"noise": kind})
        for s in scores
        for kind in s.traits["noise"].split("+")
    ]
    print(table(noise, "noise"), end="\n\n")
    counts = Counter(score.verdict for score in scores)
    figures = ", ".join(f"{counts[v]} {v} ({counts[v] / len(scores):.1%})" for v in VERDICTS)
    kind = ("no funnel, " if options.others else "") + ("nonsense" if options.nonsense else "known words")
    print(f"{len(scores)} sheets ({kind}): {figures}; {seconds:.0f} s")
    if options.failures:
        print(failures(scores, options.failures))


def make_one(seed: int, options: argparse.Namespace) -> Sheet:
    return make_other(seed, options.nonsense) if options.others else make(seed, options.nonsense)


def failures(scores: list[Score], most: int) -> str:
    """Return the largest groups of sheets that were not read right, each with seeds and examples."""
    groups: dict[tuple[str, str, str], list[Score]] = defaultdict(list)
    for score in scores:
        if score.verdict != "right":
            head = re.split(r"[:'\"(]", score.why)[0].strip()
            groups[score.verdict, score.traits["shape"], head].append(score)
    lines = []
    order = {"wrong": 0, "refused": 1, "asked": 2, "unasked": 3}
    for (verdict, shape, head), found in sorted(groups.items(), key=lambda g: (order[g[0][0]], -len(g[1])))[
        :most
    ]:
        lines.append(f"\n{verdict}, {shape}, {len(found)} sheets: {head or 'equal to the truth'}")
        lines += [
            f"    {s.seed}: {s.why[:150]} [{s.traits['language']}, {s.traits['clients']}]" for s in found[:6]
        ]
    return "\n".join(lines)


def show(sheet: Sheet) -> None:
    """Print a sheet, its truth, what was read and the verdict."""
    for grid in sheet.grids.values():
        print(f"== {grid.tab}")
        for row in range(1, min(grid.height, 40) + 1):
            print(" | ".join("" if cell is None else str(cell) for cell in grid.row(row)))
    print("\n== truth", *(f"{name}: {value}" for name, value in vars(sheet.truth).items()), sep="\n")
    print("\n== reading")
    for name, value in (read_sheet(sheet) or {"refused": True}).items():
        print(f"{name}:", *(value if isinstance(value, list) else [value]), sep="\n  ")
    score = judge_sheet(sheet)
    print("\n==", score.verdict, score.why)


if __name__ == "__main__":
    main(sys.argv[1:])
