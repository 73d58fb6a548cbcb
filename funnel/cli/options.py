"""The options that several commands share, parsed once into one object."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any, Literal, TypeVar

import click

from funnel.errors import UsageError

Form = Literal["table", "json", "csv"]
Command = TypeVar("Command", bound=Callable[..., Any])

KEY = "GOOGLE_APPLICATION_CREDENTIALS"
DEBUG = "funnel.debug"  # key in the click context: whether to print tracebacks


@dataclass(frozen=True, slots=True)
class SheetRequest:
    """The common options of a command that reads a sheet."""

    sheet: str
    journey: str | None
    tab: str | None
    as_of: dt.date
    form: Form
    strict: bool
    where: tuple[tuple[str, str], ...] = ()


class Day(click.DateTime):
    """A day as YYYY-MM-DD, or in any common form whose order is certain."""

    def __init__(self) -> None:
        super().__init__(["%Y-%m-%d"])

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Parse the day; the error shows the format."""
        from funnel.cells.dates import possible_days

        days = [value] if isinstance(value, dt.date) else possible_days(str(value))
        if len(days) > 1:
            either = " or ".join(map(str, days))
            self.fail(f"{str(value)!r} can be {either}; write the one you mean.", param, ctx)
        if not days:
            self.fail(
                f"{str(value)!r} is not a day; write it like 2026-11-21 (year, month, day).", param, ctx
            )
        found = days[0]
        return dt.datetime(found.year, found.month, found.day)


def _as_date(_ctx: click.Context, _param: click.Parameter, value: dt.datetime | None) -> dt.date:
    return value.date() if value else dt.date.today()


def _remember_debug(ctx: click.Context, _param: click.Parameter, value: bool) -> None:
    if value:
        ctx.meta[DEBUG] = True


def _sign_in(ctx: click.Context, _param: click.Parameter, value: Path | None) -> None:
    """Set the environment variable for the key file while the command runs."""
    if value is None:
        return
    before = os.environ.get(KEY)
    os.environ[KEY] = str(value)
    ctx.call_on_close(lambda: os.environ.pop(KEY) if before is None else os.environ.update({KEY: before}))


def pairs(texts: Iterable[str], option: str, example: str = "coach=Zoe") -> tuple[tuple[str, str], ...]:
    """Parse texts such as COLUMN=VALUE into pairs.

    >>> pairs(["coach=Zoe"], "--where")
    (('coach', 'Zoe'),)
    """
    parted = [text.partition("=") for text in texts]
    for name, equals, value in parted:
        if not equals or not name.strip():
            raise UsageError(
                f"{option} {name + value!r} is not COLUMN=VALUE; write it like {option} {example}."
            )
    return tuple((name.strip(), value.strip()) for name, _, value in parted)


sheet_argument = click.argument("sheet")
journey_option = click.option(
    "--journey", metavar="FILE", help="Journey file (TOML) or preset; default: inferred."
)
tab_option = click.option(
    "--tab", metavar="NAME", help="The tab with the clients; default: found by its headers."
)
as_of_option = click.option(
    "--as-of", type=Day(), callback=_as_date, metavar="YYYY-MM-DD",
    help="The date of the results; default: today.",
)  # fmt: skip
form_option = click.option(
    "--format", "form", type=click.Choice(["table", "json", "csv"]), default="table", show_default=True,
    help="How to print the results.",
)  # fmt: skip
where_option = click.option(
    "--where", multiple=True, metavar="COLUMN=VALUE",
    callback=lambda _ctx, _param, texts: pairs(texts, "--where"),
    help='Only these clients: coach=Zoe, stage="Hot Lead", "stage=(lost)"; may be given several times.',
)  # fmt: skip
within_option = click.option(
    "--within", metavar="TIME",
    help='Count only steps reached within this time after the lead: "30 days", "2 weeks", "1 month".',
)  # fmt: skip
page_option = click.option(
    "--page", type=click.IntRange(1), default=1, metavar="N",
    help="For a table in a database or data lake: the number of the page of 1,000 clients.",
)  # fmt: skip
strict_option = click.option("--strict", is_flag=True, help="Exit with code 1 if there are problems.")
debug_option = click.option(
    "--debug", is_flag=True, expose_value=False, is_eager=True, callback=_remember_debug,
    help="Print Python's traceback with an error.",
)  # fmt: skip


credentials_option = click.option(
    "--credentials", type=click.Path(path_type=Path), metavar="FILE", expose_value=False, callback=_sign_in,
    help="Key file of a service account, for a Google Sheet; else GOOGLE_APPLICATION_CREDENTIALS.",
)  # fmt: skip


def takes_sheet(command: Command) -> Command:
    """Add the sheet and the common options to a command, as one `SheetRequest`."""

    @wraps(command)
    def call(
        sheet: str,
        journey: str | None,
        tab: str | None,
        as_of: dt.date,
        form: Form,
        strict: bool,
        where: tuple[tuple[str, str], ...],
        **more: Any,
    ) -> Any:
        return command(SheetRequest(sheet, journey, tab, as_of, form, strict, where), **more)

    wrapped: Any = call
    for option in (
        debug_option, strict_option, form_option, where_option, as_of_option,
        credentials_option, tab_option, journey_option,
    ):  # fmt: skip
        wrapped = option(wrapped)
    return sheet_argument(wrapped)  # type: ignore[no-any-return]
