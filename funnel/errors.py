"""The errors of funnel, each with a message for users.

A message states what happened and where (file, tab, cell), the nearest match if there is one, and what to do.
The command line prints the message and exits with the exit code; a traceback needs ``--debug``.
"""


class FunnelError(Exception):
    """Base class of all errors that funnel raises on purpose, with the exit code of the command.

    >>> FunnelError("Nothing to do.").exit_code
    2
    """

    exit_code = 2


class UsageError(FunnelError):
    """The command or the call was wrong (exit 2)."""


class JourneyError(UsageError):
    """The journey file, or a journey made in Python, is wrong; the message names file and key (exit 2)."""


class ReadError(FunnelError):
    """The sheet could not be read, or no journey fits it (exit 3)."""

    exit_code = 3


class NoClients(ReadError):  # noqa: N818 - it says what is missing
    """A person answered that the sheet contains no clients (exit 3)."""


class Unanswered(ReadError):  # noqa: N818 - it says what is missing
    """The reading of the sheet has open questions (exit 3)."""

    def __init__(self, message: str, reading: object = None) -> None:
        super().__init__(message)
        self.reading = reading


class WriteError(FunnelError):
    """The sheet could not be written, and is unchanged (exit 4)."""

    exit_code = 4


class SheetChanged(WriteError):  # noqa: N818
    """The sheet was changed while it was being written: read and plan again, once."""


def install_hint(extra: str) -> str:
    """Return how to install an extra of the package, which is not on PyPI yet.

    >>> print(install_hint("lab"))
    In your copy of the project, type uv tool install ".[lab]", or start with uv run --extra lab funnel …
    """
    return (
        f'In your copy of the project, type uv tool install ".[{extra}]", '
        f"or start with uv run --extra {extra} funnel …"
    )


def first_line(error: Exception) -> str:
    """Return the first line of an engine's error; of one of Java, without what Python puts before it.

    >>> first_line(Exception("An error occurred while calling o3.\\n: java.io.IOException: no space"))
    'no space'
    """
    first, *more = str(error).strip().splitlines() or [""]
    if first.startswith("An error occurred while calling") and more:
        return more[0].removeprefix(": ").partition(": ")[2] or more[0]
    return first
