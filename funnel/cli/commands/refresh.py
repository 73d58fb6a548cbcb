"""`funnel refresh`: write into a sheet, print what changed in the funnel, and log the run."""

from __future__ import annotations

import datetime as dt
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from funnel.cli import printing
from funnel.cli.options import SheetRequest, takes_sheet
from funnel.errors import FunnelError, UsageError, WriteError
from funnel.sheets.source_file import has_bytes
from funnel.text import count, listed, real_path, visible

if TYPE_CHECKING:
    from funnel.plan import Plan
    from funnel.workflows.notify import Notifier

LONGEST_LOG = 1_000_000
"""Bytes after which a log is rotated: some years of a daily job."""

_RUN = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d|$")
_WEEK = re.compile(rb"Week \d{4}-W\d\d, as of |$")


@click.command()
@takes_sheet
@click.option("--dry-run", is_flag=True, help="Print what would change; change nothing.")
@click.option("--undo", is_flag=True, help="Restore the sheet as it was before the last refresh.")
@click.option("--remove", is_flag=True, help="Remove everything that funnel wrote into SHEET.")
@click.option("-o", "--out", metavar="FILE", help="Write into this new file and do not change SHEET.")
@click.option(
    "--totals", type=click.Choice(["bottom", "top"]), help="Position of the totals; default: bottom."
)
@click.option(
    "--highlight", type=click.Choice(["rule", "fill", "none"]),
    help="Colour rows green and red by a live rule (default), by fill, or not at all.",
)  # fmt: skip
@click.option("--quiet", is_flag=True, help="Print only errors.")
@click.option(
    "--log", type=click.Path(path_type=Path), metavar="FILE", help="Append one line on this run to a file."
)
@click.option(
    "--summary", type=click.Path(path_type=Path), metavar="FILE",
    help="Write the changes since the last recorded week into this file.",
)  # fmt: skip
@click.option(
    "--notify", multiple=True, metavar="URL|FILE",
    help="Also send them, by Apprise: mailto://…, slack://…, or a file of such addresses, one per line.",
)  # fmt: skip
def refresh(
    request: SheetRequest, dry_run: bool, undo: bool, remove: bool, out: str | None,
    totals: Literal["bottom", "top"] | None, highlight: Literal["rule", "fill", "none"] | None,
    quiet: bool, log: Path | None, summary: Path | None, notify: tuple[str, ...],
) -> None:  # fmt: skip
    """Write totals, colours, charts and history into SHEET.

    Live totals and drop-off under the columns, green and red rows, the tab Funnel with charts, and a row
    of history each week. Nothing else is changed, and a backup of a workbook is kept beside it. Preview
    with --dry-run. Example: funnel refresh clients.xlsx
    """
    from funnel.cli.run import after_writing, leave, measure
    from funnel.workflows import refresh as refreshing
    from funnel.workflows import remove as removing

    chosen = request.journey or request.tab or out or totals or highlight or summary or notify
    if undo and (dry_run or chosen):
        raise UsageError("--undo cannot be combined with other options.")
    if remove and (undo or chosen):
        raise UsageError("--remove can only be combined with --dry-run.")
    with logged(log, out or request.sheet) as done:
        if summary and not dry_run:
            _check_summary(summary)
        notifier = _notifier(notify) if notify else None
        if undo:
            written = removing.undo(request.sheet)
            done[:] = ["put back", *written.notes]
            named = written.backup.name if written.backup else "its backup"
            sentence = f"{request.sheet} was restored as it was before the last refresh (from {named})."
            with after_writing(request.sheet):
                _say("\n".join([sentence, *written.notes]), quiet)
            return
        with printing.busy(f"Refreshing {request.sheet}"):
            plan = removing.remove(request.sheet, dry_run=dry_run) if remove else refreshing.refresh(
                request.sheet, journey=request.journey, tab=request.tab, as_of=request.as_of,
                dry_run=dry_run, out=out, totals=totals, highlight=highlight,
            )  # fmt: skip
        done[:] = [f"{_changes(plan)}{' (dry run)' if dry_run else ''}"]
        sent = _send(notifier, out or request.sheet, plan, dry_run) if notifier else _Sent()
        done += [sent.note] if sent.note else []
    problems = 0
    with after_writing(out or request.sheet) if plan and not dry_run else nullcontext():
        if summary:
            _write_summary(summary, visible(plan.weekly) + "\n")
        if not quiet:
            _print(request, plan, out, dry_run)
        if sent.failed or (sent.note and request.form == "table" and not quiet):
            click.echo(sent.note, err=sent.failed)
        if request.strict:
            problems = 1  # they cannot be counted
            problems = len(measure(request).problems)
    leave(request.strict, problems)


@dataclass(frozen=True)
class _Sent:
    """What became of the message, in a sentence; empty if none was asked for."""

    note: str = ""
    failed: bool = False


def _notifier(addresses: tuple[str, ...]) -> Notifier:
    """Check the addresses, before anything is read or written."""
    from funnel.workflows.notify import Notifier

    return Notifier.of(addresses)


def _send(notifier: Notifier, sheet: str, plan: Plan, dry_run: bool) -> _Sent:
    """Send what changed in the funnel; a service that fails does not change the outcome of the refresh."""
    from funnel.sheets import path_of

    path = path_of(sheet)
    title = f"Funnel of {path.name if path else 'your Google Sheet'}"
    if dry_run:
        return _Sent(f"That text would be sent to {listed(notifier.services)}, titled {title!r}.")
    if not (failed := notifier.send(visible(title), visible(plan.weekly))):
        return _Sent(f"Sent to {listed(notifier.services)}.")
    state = f"{sheet} was written" if plan else f"{sheet} needed no change"
    return _Sent(
        f"{state}, but the message could not be sent to {listed(failed)}. Check the address and the network.",
        failed=True,
    )


def _say(sentence: str, quiet: bool) -> None:
    if not quiet:
        click.echo(sentence)


def _print(request: SheetRequest, plan: Plan, out: str | None, dry_run: bool) -> None:
    """Print what was written, how to undo it, and what changed in the funnel."""
    from funnel.cli import formats
    from funnel.sheets import capabilities_of

    if request.form == "json":
        formats.print_json(formats.plan_json(plan, written=bool(plan) and not dry_run))
        return
    click.echo(plan)
    if request.form != "table":
        return
    if dry_run and not out and (new := printing.into(request.sheet)):
        command = printing.typed(f"funnel refresh {printing.shown(request.sheet)}{new}")
        click.echo(f"This kind of file cannot contain that. Write into a new workbook: {command}")
    if plan and not dry_run:
        sheet = printing.shown(out or request.sheet)
        versions = capabilities_of(out or request.sheet).version_history
        back = f"to undo, open {versions}" if versions else f"to undo: funnel refresh {sheet} --undo"
        click.echo(f"Written. Open {sheet}; or {back}")
    if plan and plan.as_of and plan.as_of != dt.date.today():
        click.echo(
            f"No moves were logged: they are known only as of today, not as of {plan.as_of}. Leave out "
            "--as-of to log them."
        )
    if plan.weekly:
        click.echo(f"\n{plan.weekly}")


def _changes(plan: Plan) -> str:
    """Return the number of changes in a plan, for the log."""
    lines = sum(len(change.describe()) for change in plan.changes)
    return count(lines, "change") if lines else "nothing to change"


def _check_summary(path: Path) -> None:
    """Raise a WriteError if a file cannot be written or is a person's, before the sheet is written."""
    from funnel.sheets.files import temporary_file
    from funnel.sheets.outputs import check_output

    try:
        _check_ours(path, "summary", _WEEK)
        if path.is_file() and has_bytes(path):
            check_output(path, _is_summary)
        if path.exists():
            path.open("a").close()
        else:
            with temporary_file(real_path(path)):
                pass
    except OSError as error:
        raise WriteError(
            f"The summary {path} cannot be written: {error.strerror}, so nothing was written. Name another "
            "file with --summary."
        ) from None


def _write_summary(path: Path, text: str) -> None:
    from funnel.sheets.outputs import write_output

    if path.exists() and not path.is_file():  # a terminal
        path.write_text(text, encoding="utf-8")
    else:
        write_output(path, text.encode("utf-8"), _is_summary)


def _is_summary(path: Path) -> bool:
    return bool(_WEEK.match(_first_bytes(path)))


def _check_ours(path: Path, what: str, begins: re.Pattern[bytes]) -> None:
    """Raise a WriteError if a file exists that funnel did not write: a path may be that of a sheet.

    Parameters
    ----------
    begins : how a file of ours begins; an empty file and a terminal may be written.
    """
    waits = path.is_fifo() and not str(path).startswith("/dev/")  # for a reader, who may never come
    system = path.is_file() and real_path(path).parts[1:2] in (("proc",), ("sys",))
    if waits or system or (path.is_file() and not begins.match(_first_bytes(path))):
        raise WriteError(
            f"The {what} {path} exists and was not written by funnel, so nothing was written. Name another "
            f"file with --{what}."
        )


def _first_bytes(path: Path) -> bytes:
    if not has_bytes(path):  # a file of the system, such as /proc/kmsg, may have no end
        return b""
    with path.open("rb") as file:
        return file.read(64)


@contextmanager
def logged(path: Path | None, sheet: str) -> Iterator[list[str]]:
    """Add one line to a log, however the block ends; the block puts its outcome into the list.

    Raises
    ------
    WriteError : the log cannot be written; this is checked before the block begins.
    """
    if path is None:
        yield []
        return
    _add(path, "")
    begun = time.monotonic()
    done = ["stopped"]
    outcome = "failed (interrupted)"
    try:
        yield done
        outcome = "ok"
    except FunnelError as error:
        outcome = f"failed (exit {error.exit_code})"
        done[:] = [str(error)]
        raise
    except Exception as error:
        outcome = "failed (a fault in funnel)"
        done[:] = [f"{type(error).__name__}: {error}"]
        raise
    finally:
        now = dt.datetime.now().astimezone().isoformat(timespec="seconds")
        message = " ".join(" ".join(done).split())
        name = " ".join(sheet.splitlines())  # of a file, which may contain a line end
        try:
            _add(
                path, visible(f"{now} {outcome} {name}: {message} ({time.monotonic() - begun:.1f} s)") + "\n"
            )
        except WriteError as error:  # must not hide the outcome of the run
            click.echo(f"The run has ended ({outcome}), but: {error}", err=True)


def _add(path: Path, text: str) -> None:
    """Append to a log; rotate a long one."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _check_ours(path, "log", _RUN)
        if path.is_file() and path.stat().st_size > LONGEST_LOG:
            path.replace(path.with_name(f"{path.name}.1"))
        with path.open("a", encoding="utf-8", errors="replace") as log:
            log.write(text)
    except OSError as error:
        raise WriteError(
            f"The log {path} cannot be written: {error.strerror}. Name another file with --log."
        ) from None
