"""What can go wrong, in one paragraph a person understands.

A message says what happened, where (file, tab, cell), the nearest match where there is one, and what to do
next. The command line prints the message and leaves with the exit code; a traceback needs ``--debug``.
"""


class FunnelError(Exception):
    """Anything `funnel` refuses, with the exit code it leaves with.

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


class WriteError(FunnelError):
    """The sheet could not be written, and is unchanged (exit 4)."""

    exit_code = 4


class Moved(WriteError):  # noqa: N818 - it says what happened
    """The sheet was changed by somebody else while it was being written: read it and plan again, once."""
