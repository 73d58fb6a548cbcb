"""The boundary of the command line: errors as one paragraph, exit codes, a console that can print."""

from __future__ import annotations

import atexit
import codecs
import gc
import io
import re
import sys
from collections.abc import Callable
from pathlib import Path
from types import FunctionType, TracebackType
from typing import Any, TextIO, TypeVar, cast

import click

from funnel.cli.options import DEBUG
from funnel.cli.printing import VisibleStream, shown, spell, typed
from funnel.errors import FunnelError
from funnel.sheets.adapters import is_url
from funnel.text import listed, visible

_Function = TypeVar("_Function", bound=Callable[..., Any])
_NO_COMMAND = re.compile("No such command '(.+)'")
_STOPPED = "Stopped. A file is as it was, or completely written; the next run completes a Google Sheet."
_FRAME = 17_000  # words of memory: 136 kB, for which Python takes a chunk of 256 kB


def with_large_frame(function: _Function) -> _Function:
    """Give a function a frame so large that the frames of all calls inside it fit into the same chunk.

    Python takes memory for frames in chunks of 16 kB, and its versions before 2026 return a chunk as soon
    as it is empty. If a loop calls functions across the end of a chunk, each call takes one and returns it
    (https://github.com/python/cpython/issues/142183): a fifth of the time of `funnel show`.
    """
    plain = cast("FunctionType", function)
    plain.__code__ = plain.__code__.replace(co_stacksize=_FRAME)
    return function


class ErrorBoundary(click.Group):
    """A group of commands that turns errors into a paragraph and an exit code.

    The codes: docs/definitions.md#exit-codes.
    """

    @with_large_frame
    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run the command line; a sign that the console cannot print is spelled, or a question mark.

        Garbage collection is off: in a short command it frees little and takes a fifth of the time.
        """
        codecs.register_error("spell", spell)
        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(errors="spell")
        gc.disable()
        atexit.register(gc.freeze)
        streams = sys.stdout, sys.stderr
        sys.stdout, sys.stderr = (
            cast("TextIO", VisibleStream(stream or io.StringIO())) for stream in streams
        )
        try:
            return super().main(*args, **kwargs)
        finally:
            sys.stdout, sys.stderr = streams
            gc.enable()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.groups: dict[str, list[str]] = {}
        """Title of a group in `--help` -> the names of its commands."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order of declaration, which is that in which users need them."""
        return list(self.commands)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands by group, each with the first sentence of its help."""
        width = max(map(len, self.commands), default=0)
        for title, names in self.groups.items():
            with formatter.section(title):
                rows = [(f"{name:{width}}", self.commands[name].get_short_help_str(70)) for name in names]
                formatter.write_dl(rows)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; print a `FunnelError` and exit with its code."""
        try:
            return super().invoke(ctx)
        except click.UsageError as error:
            raise _clearer(error) from None
        except FunnelError as error:
            if ctx.meta.get(DEBUG):
                raise
            click.echo(typed(f"Error: {error}"), err=True)
            ctx.exit(error.exit_code)
        except KeyboardInterrupt:
            click.echo(_STOPPED, err=True)
            ctx.exit(130)  # as shells report Ctrl+C
        except BrokenPipeError:
            raise  # the output was closed by its reader
        except (OSError, MemoryError) as error:
            if ctx.meta.get(DEBUG):
                raise
            click.echo(f"Error: {_explain(error)}", err=True)
            ctx.exit(3)


def _clearer(error: click.UsageError) -> click.UsageError:
    """Return a usage error in words for owners, with what to type instead; else the error itself."""
    command = error.ctx.command_path if error.ctx else "funnel"
    if isinstance(error, click.MissingParameter) and error.param and error.param.name == "sheet":
        files = (
            path for ending in ("xlsx", "xlsm", "ods", "csv") for path in sorted(Path().glob(f"*.{ending}"))
        )
        names = [path.name for path in files if path.stat().st_size and not path.name.startswith("~$")]
        there = f" This folder contains {listed(names, most=5)}." if len(names) > 1 else ""
        message = f"Name your sheet, such as: {command} {names[0] if names else 'clients.xlsx'}.{there}"
    elif isinstance(error, click.MissingParameter) and isinstance(error.param, click.Option):
        message = f"Add {error.param.opts[0]} {error.param.metavar or ''}. {error.param.help}"
    elif error.message.startswith("Got unexpected extra argument"):
        message = f'{error.message}. A name with blanks needs quotes, such as: {command} "my clients.xlsx"'
    elif (no := _NO_COMMAND.match(error.message)) and (Path(no[1]).suffix or is_url(no[1])):
        message = typed(f"{no[1]!r} is not a command. To look at a sheet: funnel show {shown(no[1])}")
    else:
        return error
    return click.UsageError(message, error.ctx)


def _explain(error: OSError | MemoryError) -> str:
    """Explain an error of the system; commands that write handle errors after writing themselves."""
    if isinstance(error, MemoryError):
        return (
            "This computer has too little memory for this sheet. Nothing was written. Close other programs, "
            "or copy the clients into a new workbook, and try again."
        )
    what = error.filename if isinstance(error.filename, str) else "A file or the output"
    return (
        f"{what} could not be read or written ({error.strerror or error}). No sheet was changed. Check the "
        "path and the disk, and try again."
    )


def install_crash_message() -> None:
    """Print what to do after an unexpected error, instead of Python's traceback."""
    plain = sys.excepthook

    def say(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if "--debug" in sys.argv or not issubclass(kind, Exception):
            plain(kind, error, trace)
            return
        message = (
            f"Error: This is a bug in funnel ({kind.__name__}: {error}). "
            f"{' '.join(getattr(error, '__notes__', ['Your sheet is unchanged.']))} "
            "Run the same command with --debug, and report what it prints."
        )
        click.echo(visible(message), err=True)

    sys.excepthook = say
