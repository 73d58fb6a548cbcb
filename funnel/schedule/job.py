"""A `Job`: the command that a scheduler runs, and when; independent of the scheduler."""

from __future__ import annotations

import re
from dataclasses import dataclass

from funnel.errors import UsageError
from funnel.text import UNSAFE, nearest

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
DAILY = "day"

_CLOCK = re.compile(r"([01]?\d|2[0-3])[:.h]([0-5]\d)", re.IGNORECASE)
_EXAMPLE = 'Write a weekday and a time, like "monday 07:00", or "day 07:00" for every day.'


@dataclass(frozen=True, slots=True)
class Every:
    """A weekly or daily time, in the local time of the computer that runs the job.

    Parameters
    ----------
    weekday : 0 for Monday … 6 for Sunday; None for every day.
    hour, minute : 0–23 and 0–59.
    """

    weekday: int | None
    hour: int
    minute: int

    @classmethod
    def parse(cls, text: str) -> Every:
        """Parse a weekly or daily time, as people write it.

        Raises
        ------
        UsageError : it is not such a time; with the nearest weekday.

        >>> print(Every.parse("Mon 7:00")), print(Every.parse("every day at 18:30"))
        Monday 07:00
        day 18:30
        (None, None)
        """
        words = [word for word in text.replace(",", " ").lower().split() if word not in ("every", "at", "on")]
        clocks = [match for word in words if (match := _CLOCK.fullmatch(word))]
        days = [word for word in words if not _CLOCK.fullmatch(word)]
        if len(clocks) != 1 or len(days) != 1:
            raise UsageError(f"{text!r} is not a weekly time. {_EXAMPLE}")
        hour, minute = int(clocks[0][1]), int(clocks[0][2])
        return cls(_weekday(days[0], text), hour, minute)

    @property
    def clock(self) -> str:
        """The time of day, as in ``07:00``."""
        return f"{self.hour:02}:{self.minute:02}"

    def __str__(self) -> str:
        day = DAILY if self.weekday is None else WEEKDAYS[self.weekday].capitalize()
        return f"{day} {self.clock}"


def _weekday(word: str, text: str) -> int | None:
    """Return the number of a weekday by its name or an abbreviation; None for every day."""
    if word in (DAILY, "daily"):
        return None
    found = [number for number, day in enumerate(WEEKDAYS) if len(word) >= 3 and day.startswith(word)]
    if found:
        return found[0]
    near = nearest(word, WEEKDAYS)
    meant = f" Did you mean {text.lower().replace(word, near)!r}?" if near else ""
    raise UsageError(f"{word!r} is not a weekday.{meant} {_EXAMPLE}")


@dataclass(frozen=True, slots=True)
class Job:
    """A refresh that a scheduler runs.

    Parameters
    ----------
    name : letters, digits and dashes; the same for the same sheet (`funnel.sheets.run_lock.run_name`).
    sheet : an absolute path, or the address of a Google Sheet.
    every : the time.
    program : the command that runs funnel, such as ``("/usr/bin/python3", "-m", "funnel")``.
    log : the file that gets a line for each run.
    journey, tab, credentials, summary, notify : as for `funnel refresh`. Every path is absolute.

    Raises
    ------
    UsageError : a part contains a line break, which no scheduler accepts.

    >>> job = Job("clients-1a2b3c4d", "/x/clients.xlsx", Every(0, 7, 0), ("/bin/funnel",), "/y/log.txt")
    >>> job.unit, " ".join(job.command)
    ('funnel-clients-1a2b3c4d', '/bin/funnel refresh /x/clients.xlsx --quiet --log /y/log.txt')
    """

    name: str
    sheet: str
    every: Every
    program: tuple[str, ...]
    log: str
    journey: str | None = None
    tab: str | None = None
    credentials: str | None = None
    summary: str | None = None
    notify: str | None = None

    def __post_init__(self) -> None:
        for text in self.command:
            if UNSAFE.search(text) or "\n" in text or "\t" in text:
                raise UsageError(
                    f"{text!r} contains a line break or control character, which no scheduler "
                    "accepts. Rename it."
                )

    @property
    def unit(self) -> str:
        """The name of the job in the scheduler."""
        return f"funnel-{self.name}"

    @property
    def command(self) -> tuple[str, ...]:
        """The program and all its arguments."""
        options = {
            "--journey": self.journey, "--tab": self.tab, "--credentials": self.credentials,
            "--log": self.log, "--summary": self.summary, "--notify": self.notify,
        }  # fmt: skip
        given = [word for name, value in options.items() if value is not None for word in (name, value)]
        return (*self.program, "refresh", self.sheet, "--quiet", *given)
