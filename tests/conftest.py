"""What tests may need from outside: the read-only material beside the repository, LibreOffice, a browser.

Where one is missing the test is skipped with the reason; in CI (``CI=true``) that is a failure, so that
nothing goes untested unnoticed.
"""

import csv
import gc
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn

import pytest
from examples import examples
from hypothesis import HealthCheck, settings

from funnel.grid import Grid

# No test fails because a machine is slow or busy, so no example has a deadline. CI tries the same examples
# each time, because it judges a change; elsewhere they are new ones.
settings.register_profile(
    "local", deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=examples(40)
)
settings.register_profile("ci", settings.get_profile("local"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") == "true" else "local")

ROOT = Path(__file__).resolve().parents[1]
OFFICES = (
    "soffice",
    "libreoffice",
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
    r"C:\Program Files\LibreOffice\program\soffice.exe",
)
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")


# Tests that need one of these run in one worker of pytest-xdist (`--dist loadgroup`), so that it starts once.
SLOW_JUDGES = ("corpus", "office", "browser", "notebooks")


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Group the tests of each slow judge, and those that share a review, which takes seconds to make."""
    for item in items:
        group = next((name for name in SLOW_JUDGES if item.get_closest_marker(name)), None)
        if not group and "reports/documents/" in item.nodeid:
            group = "reviews"
        if group:
            item.add_marker(pytest.mark.xdist_group(group))


def pytest_collection_finish() -> None:
    """Collect garbage seldom, and never what is imported: it took a fifth of the time of metrics tests."""
    gc.freeze()
    gc.set_threshold(50_000, 10, 10)


def _missing(what: str) -> NoReturn:
    """Skip with a reason; fail in CI, where everything has to be there."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{what}; in CI it must be there")
    pytest.skip(what)


def _program(names: tuple[str, ...], what: str) -> str:
    found = next(filter(None, map(shutil.which, names)), None)
    if not found:
        _missing(f"{what} is not installed")
    return found


@pytest.fixture(scope="session", autouse=True)
def _state(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Locks and logs of the tests, away from those of whoever runs them."""
    from funnel.sheets.google.client.quota import READS

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FUNNEL_STATE", str(tmp_path_factory.mktemp("state")))
        patch.setattr(READS, "calls", 1_000_000)  # a server of our own has no quota
        yield


@pytest.fixture(autouse=True)
def settings_of_no_other_test() -> Iterator[None]:
    """Forget what a test chose in the explorer, which keeps the settings of each sheet while Python runs."""
    yield
    if (module := sys.modules.get("funnel.explorer.exploration")) is not None:
        module._KEPT.clear()


@pytest.fixture(autouse=True)
def _no_shortcut(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read a sheet again for each refresh: a test of one that changes nothing is to test the whole way."""
    monkeypatch.setattr("funnel.workflows.unchanged.recall", lambda facts: None)


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository's root folder."""
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Callable[[str], Path]:
    """``shared("workbooks")``: a file or folder of the material that stands beside the repository."""

    def find(name: str) -> Path:
        path = ROOT.parent / "shared" / name
        if not path.exists():
            _missing(f"shared/{name} does not stand beside the repository")
        return path

    return find


@pytest.fixture(scope="session")
def office() -> str:
    """The path of LibreOffice's soffice."""
    return _program(OFFICES, "LibreOffice (soffice)")


@pytest.fixture(scope="session")
def browser() -> str:
    """The path of a Chromium-like browser."""
    return _program(BROWSERS, "a Chromium browser")


@pytest.fixture(scope="session")
def office_convert(
    office: str, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[Path, str, Path], Path]:
    """``office_convert(path, "pdf", outdir)``: the new file, made by LibreOffice in a profile of its own.

    Converting .xlsx to "xlsx" recalculates it.
    """
    profile = tmp_path_factory.mktemp("office-profile").as_uri()

    def convert(path: Path, to: str, outdir: Path) -> Path:
        outdir.mkdir(parents=True, exist_ok=True)
        command = [office, "--headless", f"-env:UserInstallation={profile}", "--convert-to", to]
        done = subprocess.run(
            [*command, "--outdir", str(outdir), str(path)],
            capture_output=True, text=True, timeout=180, check=False,
        )  # fmt: skip
        made = outdir / f"{path.stem}.{to.partition(':')[0]}"
        if done.returncode or not made.exists():
            pytest.fail(f"LibreOffice did not convert {path.name} to {to}: {done.stdout}{done.stderr}")
        return made

    return convert


def make(*rows, tab="Clients", **more):
    width = max(map(len, rows), default=0)
    filled = [[*row, *[None] * (width - len(row))] for row in rows]
    return Grid(tab, [list(column) for column in zip(*filled, strict=True)], **more)


@pytest.fixture
def sheet():
    return make


@pytest.fixture
def worked():
    """The twelve clients of the worked example, as a CSV file gives them: all text."""
    from worked_example import SHEET

    rows = csv.reader(SHEET.splitlines())
    return make(*([cell or None for cell in row] for row in rows))


_LOOPBACK = ("127.0.0.1", "::1", "localhost", "0.0.0.0", "")


def pytest_configure() -> None:
    """Forbid connections to other computers, unless the test of a real Google Sheet was asked for."""
    if os.environ.get("FUNNEL_LIVE_SHEET"):
        return
    for name in ("connect", "connect_ex"):
        setattr(socket.socket, name, _local_only(getattr(socket.socket, name)))


def _local_only(connect: Callable[..., Any]) -> Callable[..., Any]:
    def guarded(self: socket.socket, address: Any) -> Any:
        if self.family in (socket.AF_INET, socket.AF_INET6) and str(address[0]) not in _LOOPBACK:
            raise AssertionError(f"A test connects to {address[0]}; tests use this computer only.")
        return connect(self, address)

    return guarded
