"""A real Spark cluster on this machine: one master, two workers, one of which is killed in the middle."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import threading
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
import pytest
from engine_frames import raw_table

import funnel
from funnel.metrics import Funnel

SAMPLE = Path(__file__).resolve().parents[3] / "sample_data" / "gym.xlsx"
pytestmark = pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas:FutureWarning")
FILES = 8
STARTED = 90.0  # seconds to wait for Java; a limit that only a broken machine meets


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@dataclass
class Cluster:
    """A standalone cluster; `workers` are its processes."""

    port: int
    page: int
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def alive(self) -> int:
        """How many workers the master counts as alive."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.page}/json/", timeout=5) as answer:
                return answer.read().count(b'"ALIVE"') - 1  # the master is alive too
        except OSError:
            return 0


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    pyspark = pytest.importorskip("pyspark")
    home = Path(pyspark.__file__).parent
    found, folder = Cluster(free_port(), free_port()), tmp_path_factory.mktemp("spark")
    environment = os.environ | {
        "SPARK_HOME": str(home), "SPARK_LOCAL_IP": "127.0.0.1", "SPARK_WORKER_DIR": str(folder / "work"),
        "SPARK_NO_DAEMONIZE": "1",
    }  # fmt: skip

    def start(*what: str) -> subprocess.Popen[bytes]:
        command = [str(home / "bin" / "spark-class"), *what]
        name = f"{what[0].rpartition('.')[2]}-{len(found.workers)}.log"
        with (folder / name).open("wb") as log:
            return subprocess.Popen(command, env=environment, stdout=log, stderr=log, start_new_session=True)

    deploy, port = "org.apache.spark.deploy", str(found.port)
    master = start(
        f"{deploy}.master.Master", "--host", "127.0.0.1", "--port", port, "--webui-port", str(found.page)
    )
    try:
        for _ in range(2):
            more = ("--cores", "1", "--memory", "1100m", "--webui-port", "0")
            address = f"spark://127.0.0.1:{port}"
            found.workers.append(start(f"{deploy}.worker.Worker", "--host", "127.0.0.1", *more, address))
        until = time.monotonic() + STARTED
        while found.alive() < 2 and time.monotonic() < until:
            time.sleep(0.5)
        if found.alive() < 2:
            pytest.fail("the cluster did not start: " + (folder / "Master-0.log").read_text("utf-8")[-2000:])
        yield found
    finally:
        sql = pytest.importorskip("pyspark.sql")
        if session := sql.SparkSession.getActiveSession():
            session.stop()
        for process in (*found.workers, master):
            stop(process)


def stop(process: subprocess.Popen[bytes]) -> None:
    """Kill a process and what it started: a worker's executors are its children."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@pytest.fixture(scope="module")
def sheet() -> pd.DataFrame:
    return raw_table(funnel.load(SAMPLE, "gym"))


@pytest.fixture(scope="module")
def lake(sheet: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample as a folder of Parquet files, so that both workers have something to do."""
    pytest.importorskip("pyarrow")
    folder = tmp_path_factory.mktemp("lake")
    for n in range(FILES):
        sheet.iloc[n::FILES].astype({"Date of lead": "datetime64[us]"}).to_parquet(folder / f"{n}.parquet")
    return folder


def test_a_killed_worker_changes_no_number(cluster: Cluster, lake: Path, sheet: pd.DataFrame) -> None:
    source = f"spark://127.0.0.1:{cluster.port}?path={lake}"
    expected = Funnel(funnel.load(sheet, "gym"), "2026-07-01")
    found = Funnel(funnel.load(source, "gym"), "2026-07-01")
    pd.testing.assert_frame_equal(found.steps, expected.steps, check_dtype=False, rtol=1e-12)

    killer = threading.Timer(1.0, stop, [cluster.workers[0]])
    killer.start()
    again = Funnel(funnel.load(source, "gym"), "2026-07-01")
    tables = [(each.steps, each.retention, each.by("source"), each.cohorts()) for each in (again, expected)]
    killer.join()
    assert cluster.workers[0].poll() is not None
    for one, other in zip(*tables, strict=True):
        pd.testing.assert_frame_equal(one, other, check_dtype=False, rtol=1e-12)
