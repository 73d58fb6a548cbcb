"""What is said is what happened: fail every call on the files of every command that writes.

`python -m benchmarks.safety.faults [CASE ...]` fails each call in turn with each of three errors.
"""

from __future__ import annotations

import csv
import datetime as dt
import errno
import gc
import os
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from click.testing import CliRunner, Result

from benchmarks.safety.injector import faults
from funnel.cli import main as funnel
from funnel.workflows import refresh as refreshing

ERRORS: Final = (errno.EIO, errno.EACCES, errno.ENOSPC)
NOT_RECORDED: Final = "The history was not recorded: "
STAGED: Final = """name = "Club"
[columns]
client = "Client name"
lead_date = "Date of lead"
stage = "Stage"
[[stage]]
name = "New"
default = true
[[stage]]
name = "Joined"
paid = true
"""
HISTORY: Final = "p.history.csv"
HEADERS: Final = ("Client name", "Date of lead", "Source of lead", "Client contacted", "First paid session")


@dataclass(frozen=True)
class Case:
    """A command that writes, and the file that it writes.

    `{dir}` in the arguments is the folder of the trial; `before` are the files that are there; `beside` are
    files that may be written whatever becomes of `written`, such as a history.
    """

    name: str
    before: tuple[str, ...]
    arguments: tuple[str, ...]
    written: str
    backup: bool = False
    beside: tuple[str, ...] = ()


def _report(kind: str, before: tuple[str, ...] = ()) -> Case:
    arguments = ("report", "{dir}/clients.xlsx", "-o", f"{{dir}}/r.{kind}")
    return Case(f"report {kind}{' again' * bool(before)}", ("clients.xlsx", *before), arguments, f"r.{kind}")


def _portfolio(form: str, *options: str, written: str = HISTORY, before: tuple[str, ...] = ()) -> Case:
    beside = () if written == HISTORY else (HISTORY,)
    files = ("clients.xlsx", "p.toml", *before)
    return Case(f"portfolio {form}", files, ("portfolio", "{dir}/p.toml", *options), written, beside=beside)


CASES: Final = (
    Case("refresh", ("clients.xlsx",), ("refresh", "{dir}/clients.xlsx"), "clients.xlsx", backup=True),
    Case("refresh -o", ("clients.xlsx",), ("refresh", "{dir}/clients.xlsx", "-o", "{dir}/b.xlsx"), "b.xlsx"),
    Case("refresh --log --summary", ("clients.xlsx",),
         ("refresh", "{dir}/clients.xlsx", "--log", "{dir}/log", "--summary", "{dir}/sum"),
         "clients.xlsx", True),
    Case("undo", ("done.xlsx", "done.backup"), ("refresh", "{dir}/done.xlsx", "--undo"), "done.xlsx"),
    Case("remove", ("done.xlsx",), ("refresh", "{dir}/done.xlsx", "--remove"), "done.xlsx", backup=True),
    Case("copy", ("clients.xlsx",), ("copy", "{dir}/clients.xlsx", "{dir}/b.xlsx"), "b.xlsx"),
    Case("copy text", ("stages.csv", "j.toml"),
         ("copy", "{dir}/stages.csv", "{dir}/b.xlsx", "--journey", "{dir}/j.toml"), "b.xlsx"),
    Case("move", ("stages.xlsx", "j.toml"),
         ("move", "{dir}/stages.xlsx", "Client 3", "Joined", "--journey", "{dir}/j.toml"),
         "stages.xlsx", True),
    Case("log", ("stages.csv", "j.toml"),
         ("log", "{dir}/stages.csv", "--update", "--journey", "{dir}/j.toml"), "stages.funnel-log.csv"),
    Case("log again", ("stages.csv", "j.toml", "stages.funnel-log.csv"),
         ("log", "{dir}/stages.csv", "--update", "--journey", "{dir}/j.toml"), "stages.funnel-log.csv"),
    Case("new", (), ("new", "{dir}/b.xlsx"), "b.xlsx"),
    Case("add", ("clients.xlsx", "more.csv"), ("add", "{dir}/clients.xlsx", "--from", "{dir}/more.csv"),
         "clients.xlsx", True),
    *map(_report, ("html", "pdf", "pptx", "xlsx")), _report("html", ("r.html",)),
    _portfolio("html", "-o", "{dir}/q.html", written="q.html"),
    _portfolio("xlsx", "-o", "{dir}/q.xlsx", written="q.xlsx"),
    _portfolio("history", "--format", "json"),
    _portfolio("history again", "--format", "csv", before=(HISTORY,)),
    Case("calendar", ("clients.xlsx",), ("due", "{dir}/clients.xlsx", "--calendar", "{dir}/d.ics"), "d.ics"),
    Case("tasks", ("clients.xlsx",), ("due", "{dir}/clients.xlsx", "--todoist", "{dir}/d.csv"), "d.csv"),
    Case("init", ("clients.xlsx",), ("init", "{dir}/clients.xlsx", "--yes"), "clients.journey.toml"),
    Case("init again", ("clients.xlsx", "clients.journey.toml"),
         ("init", "{dir}/clients.xlsx", "--yes", "--force"), "clients.journey.toml"),
)  # fmt: skip


class Trials:
    """The files of all cases, made once, and the trials on copies of them."""

    def __init__(self, folder: Path) -> None:
        self.made = folder / "made"
        self.work = folder / "trial"
        self.made.mkdir()
        self.runner = CliRunner()
        os.environ["FUNNEL_STATE"] = str(folder / "state")
        self._make()

    def _make(self) -> None:
        import openpyxl

        book, staged = openpyxl.Workbook(), openpyxl.Workbook()
        book.active.append(HEADERS)
        staged.active.append(("Client name", "Date of lead", "Stage"))
        for number in range(6):
            day = dt.datetime(2026, 1, 1 + number)
            book.active.append((f"Client {number}", day, "Web", 1, 1 if number % 2 else None))
            staged.active.append((f"Client {number}", day, "New"))
        book.save(self.made / "clients.xlsx")
        staged.save(self.made / "stages.xlsx")
        (self.made / "j.toml").write_text(STAGED)
        with (self.made / "stages.csv").open("w", newline="") as out:
            csv.writer(out).writerows(
                [
                    ("Client name", "Date of lead", "Stage"),
                    *((f"C {n}", "2026-01-05", "New") for n in range(6)),
                ]
            )
        (self.made / "p.toml").write_text('[[business]]\nname = "A"\nsheet = "clients.xlsx"\n')
        (self.made / "more.csv").write_text(",".join(HEADERS) + "\nNew Lead,2026-02-01,Web,1,\n")
        clients = str(self.made / "clients.xlsx")
        for made in (
            ("report", clients, "-o", str(self.made / "r.html")), ("init", clients, "--yes"),
            ("portfolio", str(self.made / "p.toml"), "--as-of", "2026-08-01"),
        ):  # fmt: skip
            assert self.call(*made).exit_code == 0, made
        for name, more in (("clients.journey.toml", "# older\n"), ("r.html", "<!-- older -->\n")):
            with (self.made / name).open("a") as file:
                file.write(more)
        shutil.copy(self.made / "clients.xlsx", self.made / "done.xlsx")
        assert self.call("refresh", str(self.made / "done.xlsx")).exit_code == 0
        for backup in self.made.glob("done.funnel-backup-*"):
            backup.rename(self.made / "done.backup")
            self.backup_name = backup.name
        log = ("log", str(self.made / "stages.csv"), "--update", "--journey", str(self.made / "j.toml"))
        assert self.call(*log).exit_code == 0
        text = (self.made / "stages.funnel-log.csv").read_text().splitlines(keepends=True)
        (self.made / "stages.funnel-log.csv").write_text("".join(text[:-2]))

    def call(self, *arguments: str) -> Result:
        """Run the command line in this process."""
        try:
            return self.runner.invoke(funnel, arguments)
        finally:
            gc.unfreeze()

    def set_up(self, case: Case) -> Path:
        """Return a folder with the files of a case."""
        shutil.rmtree(self.work, ignore_errors=True)
        self.work.mkdir()
        for name in case.before:
            to = self.backup_name if name == "done.backup" else name
            shutil.copy2(self.made / name, self.work / to)
        return self.work

    def calls(self, case: Case) -> list[str]:
        """Return the calls that a case makes, in order."""
        folder = self.set_up(case)
        with faults(folder, 0, 0) as counted:
            result = self.call(*(each.format(dir=folder) for each in case.arguments))
        assert result.exit_code == 0, (case.name, result.output, result.exception)
        return [generic(call) for call in counted.calls]

    def judge(self, case: Case, at: int, error: int) -> list[str]:
        """Fail one call, and return what was not as promised."""
        folder = self.set_up(case)
        before = {path.name: path.read_bytes() for path in folder.iterdir()}
        with faults(folder, at, error) as plan:
            result = self.call(*(each.format(dir=folder) for each in case.arguments))
        after = {path.name: path.read_bytes() for path in folder.iterdir()}
        where = f"{case.name}, call {at} ({generic(plan.failed)}), {errno.errorcode[error]}"
        return [f"{where}: {fault}" for fault in _faults(case, before, after, result)]


def _faults(case: Case, before: dict[str, bytes], after: dict[str, bytes], result: Result) -> Iterator[str]:
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        yield f"unforeseen {result.exception!r}"
    old, new = before.get(case.written), after.get(case.written)
    said, written = result.exit_code == 0, old != new
    if case.written == HISTORY:
        said = said and NOT_RECORDED not in result.output
    if said != written:
        yield f"exit {result.exit_code} though written is {written}: {result.output[-300:]!r}"
    own = {case.written, *case.beside}
    others = {name: data for name, data in before.items() if name not in own and "backup" not in name}
    if any(after.get(name) != data for name, data in others.items()):
        yield "another file is gone or changed"
    left = {generic(name) for name in after.keys() - before.keys() - own - {"log", "sum"}}
    if not written and left:
        yield f"nothing was written, and {sorted(left)} are left"
    if written and case.backup and old not in [after[name] for name in after if "funnel-backup" in name]:
        yield "no backup has the old version"


@contextmanager
def remembered_plans() -> Iterator[dict[object, Any]]:
    """Plan the same version of a sheet once: a plan touches no file, and takes most of the time."""
    plans: dict[object, Any] = {}
    plan_refresh = refreshing.plan_refresh

    def plan(opened: Any, **options: Any) -> Any:
        sheet = opened.sheet
        today = refreshing.dt.date.today()
        key = (sheet.source, sheet.version, opened.clients.journey.name, today, *sorted(options.items()))
        if key not in plans:
            plans[key] = plan_refresh(opened, **options)
        return plans[key]

    refreshing.plan_refresh = plan
    try:
        yield plans
    finally:
        refreshing.plan_refresh = plan_refresh


def generic(name: str) -> str:
    """Return a name without its random and dated parts."""
    return re.sub(r"\d{4}-\d\d-\d\dT\d{6}-[0-9a-f]{12}|(?<=funnel-)[a-z0-9_]{8}(?=\.tmp)", "*", name)


def sampled(calls: list[str]) -> list[int]:
    """Return the numbers of the last call of each kind: most promises break late."""
    return sorted({call: number for number, call in enumerate(calls, 1)}.values())


def main(named: list[str] | None = None, say: Callable[[str], None] = print) -> int:
    """Run all trials of the named cases; return the number of broken promises."""
    gc.freeze()
    broken = trials = 0
    with tempfile.TemporaryDirectory() as folder:
        made = Trials(Path(folder))
        for case in CASES:
            if named and case.name not in named:
                continue
            begun, calls = time.monotonic(), made.calls(case)
            found = [
                fault for error in ERRORS for at in range(1, len(calls) + 1)
                for fault in made.judge(case, at, error)
            ]  # fmt: skip
            broken, trials = broken + len(found), trials + len(calls) * len(ERRORS)
            say("\n".join([f"{case.name}: {len(calls)} calls x {len(ERRORS)} errors, {len(found)} broken "
                           f"({time.monotonic() - begun:.0f} s)", *found]))  # fmt: skip
    say(f"{trials} trials, {broken} broken promises")
    return broken


if __name__ == "__main__":
    sys.exit(bool(main(sys.argv[1:])))
