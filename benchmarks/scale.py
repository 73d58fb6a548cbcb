"""Time tables of an engine: `python -m benchmarks.scale [CLIENTS] [duckdb polars spark]` (10,000,000; two).

Makes so many clients as Parquet with DuckDB, then times steps, retention and steps by source through
`Funnel`, and the same totals written by hand for the same engine. Needs the extras of the engines. Seconds
are by the clock / of all cores; those of Spark's cores are not known here.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import funnel
from funnel.journey import preset
from funnel.metrics import Funnel

RATES = (0.97, 0.85, 0.55, 0.95, 0.95, 0.8, 0.95, 0.95, 0.95, 0.9, 0.85)
DAY = "2026-11-01"


def write_clients(path: Path, clients: int) -> None:
    """Nested marks with the given rates, lead dates over 600 days, four sources, some who left."""
    import duckdb

    steps, columns, nested = preset("gym").steps, [], "true"
    for i, rate in enumerate(RATES):
        nested = f"{nested} and hash(i, {i}) % 1000 < {int(1000 * rate)}"
        columns.append(f'cast({nested} as int) as "{steps[i].name}"')
    duckdb.execute(f"""
        copy (select 'c' || i as "Client name",
                     date '2025-01-01' + cast(hash(i, 99) % 600 as int) as "Date of lead",
                     ['Ads', 'Referral', 'Walk-in', 'Web'][cast(1 + hash(i, 98) % 4 as int)]
                       as "Source of lead",
                     {", ".join(columns)},
                     case when hash(i, 97) % 10 < 3
                       then date '2025-03-01' + cast(hash(i, 96) % 500 as int) end as "When left journey"
              from range({clients}) t(i)) to '{path}' (format parquet)
    """)


def totals_in_sql(table: str, run: Callable[[str], object], quote: str = '"') -> None:
    """The totals, those by source, and the clients who are due: in the SQL that somebody would write."""
    steps = preset("gym").steps
    names = [f"{quote}{step.name}{quote}" for step in steps]
    lead, left, source = (
        f"{quote}{name}{quote}" for name in ("Date of lead", "When left journey", "Source of lead")
    )
    sums = ", ".join(f"sum({name})" for name in names)
    due = ", ".join(
        f"""sum(cast({come} as int)), sum(cast({come} as int) * {name}),
            sum(cast({left} <= date '{DAY}' as int) * (1 - {name}))"""
        for name, step in zip(names, steps, strict=True)
        for come in [f"({lead} <= date '{DAY}' - interval {step.months or 3} month)"]
    )
    run(f"select count(*), {sums}, {due} from {table}")
    run(f"select {source}, count(*), {sums}, {due} from {table} group by 1")


def native(engine: str, path: Path) -> None:
    """The same totals in the engine's own language."""
    if engine == "duckdb":
        import duckdb

        totals_in_sql(f"read_parquet('{path}')", lambda sql: duckdb.execute(sql).fetchall())
    elif engine == "spark":
        totals_in_sql(f"parquet.`{path}`", lambda sql: spark().sql(sql).collect(), "`")
    else:
        totals_in_polars(path)


def totals_in_polars(path: Path) -> None:
    """The same totals as Polars expressions."""
    import polars as pl

    sums: list[Any] = [pl.len().alias("n")]
    for step in preset("gym").steps:
        mark, day = pl.col(step.name), pl.lit(DAY).str.to_date()
        come = pl.col("Date of lead") <= day.dt.offset_by(f"-{step.months or 3}mo")
        gone = pl.col("When left journey") <= day
        sums += [
            mark.sum().alias(f"{step.name} all"),
            come.sum().alias(f"{step.name} due"),
            (come.cast(pl.Int32) * mark).sum().alias(f"{step.name} reached"),
            (gone.cast(pl.Int32) * (1 - mark)).sum().alias(f"{step.name} left"),
        ]
    table = pl.scan_parquet(path)
    table.select(sums).collect()
    table.group_by("Source of lead").agg(sums).collect()


def spark() -> Any:
    """A session of Spark on two cores, in one process."""
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
    return builder.config("spark.sql.session.timeZone", "UTC").getOrCreate()


def tables(engine: str, path: Path) -> Any:
    """The table of an engine."""
    if engine == "duckdb":
        return path
    if engine == "spark":
        return spark().read.parquet(str(path))
    import polars

    return polars.scan_parquet(path)


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """How many seconds some work takes: by the clock, and of all cores together."""
    clock, cores = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - clock, time.process_time() - cores


TOGETHER = ("by source", "steps", "retention")
PARTS: dict[str, Callable[[Funnel], object]] = {
    "by source": lambda funnel: funnel.by("source"),  # first: its counts add up to those of all clients
    "steps": lambda funnel: funnel.steps,
    "retention": lambda funnel: funnel.retention,
    "steps alone": lambda funnel: Funnel(funnel.clients, DAY).steps,
    "survival": lambda funnel: funnel.survival,
    "cohorts": lambda funnel: funnel.cohorts(),
}


def main() -> None:
    """Print the figures, a line for each engine: seconds by the clock / of all cores together."""
    clients = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000_000
    engines = sys.argv[2:] or ["duckdb", "polars"]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "clients.parquet"
        write_clients(path, clients)
        print(f"{clients:,} clients, {path.stat().st_size >> 20} MB of Parquet")
        for engine in engines:
            native(engine, path)  # once before, as a start of Spark is not measured
            by_hand = timed(lambda engine=engine: native(engine, path))
            print(f"{engine}, hand-written: {shown(by_hand)} s")
            found = Funnel(funnel.load(tables(engine, path), "gym"), DAY)
            parts = {name: timed(partial(part, found)) for name, part in PARTS.items()}
            ratios = [
                f"{sum(parts[name][i] for name in TOGETHER) / by_hand[i]:.1f}" for i in range(len(by_hand))
            ]
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            print(f"{engine}: {', '.join(f'{name} {shown(part)}' for name, part in parts.items())} s")
            print(f"  steps, retention and by source: {' / '.join(ratios)} x native; peak {peak:.0f} MB")


def shown(seconds: tuple[float, float]) -> str:
    """Seconds by the clock and of all cores."""
    return " / ".join(f"{each:.1f}" for each in seconds)


if __name__ == "__main__":
    main()
