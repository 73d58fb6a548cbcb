"""Send a short text to addresses that the user configured, with Apprise (the extra `notify`).

An address contains a password or a token. No message, log line or error of funnel contains one.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from funnel.errors import UsageError, install_hint
from funnel.sheets.source_file import has_bytes
from funnel.text import home_path

_LONGEST_FILE = 1 << 16


@dataclass(frozen=True)
class Notifier:
    """The configured services; nothing is sent before `send`.

    >>> Notifier.of(["json://localhost/secret"]).services
    ('JSON',)
    """

    services: tuple[str, ...]
    _channels: tuple[Any, ...]

    def __repr__(self) -> str:
        return f"Notifier: {', '.join(self.services)}"

    @classmethod
    def of(cls, addresses: Iterable[str]) -> Notifier:
        """Read addresses, and files with one address a line (blank lines and those with # are skipped).

        Raises
        ------
        UsageError : Apprise is not installed, does not know an address, or a file has none.
        """
        try:
            import apprise
        except ImportError:
            raise UsageError(
                f"--notify needs the library Apprise, which is not installed. {install_hint('notify')}"
            ) from None
        # Apprise logs addresses and answers of services
        logging.getLogger("apprise").addHandler(logging.NullHandler())
        logging.getLogger("apprise").propagate = False
        services, channels = [], []
        for number, address in enumerate(_every_address(addresses), start=1):
            channel = apprise.Apprise()
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of the modules that it imports
                known = channel.add(address)
            if not known:
                raise UsageError(
                    f"Apprise does not know address {number} of --notify, which is not shown because it may "
                    "contain a password. Write it like mailto://… or slack://…: "
                    "https://github.com/caronc/apprise/wiki"
                )
            services.append(str(channel[0].service_name))
            channels.append(channel)
        return cls(tuple(services), tuple(channels))

    def send(self, title: str, text: str) -> list[str]:
        """Send a text to every service, and return the names of those that did not take it."""
        return [
            service
            for service, channel in zip(self.services, self._channels, strict=True)
            if not channel.notify(title=title, body=text, body_format="text")
        ]


def _read(path: Path) -> str:
    """Read the first part of a file, or of a pipe of the shell, as in ``--notify <(pass show mail)``.

    Another pipe could wait for ever; a device or a file of the system could have no end.
    """
    if not (has_bytes(path) or (path.is_fifo() and str(path).startswith(("/dev/fd/", "/proc/self/fd/")))):
        return ""
    with path.open("rb") as file:
        return file.read(_LONGEST_FILE).decode("utf-8")


def _every_address(given: Iterable[str]) -> list[str]:
    """Return the addresses, with those of each file in its place."""
    found = []
    for text in given:
        try:
            lines = (text if "://" in text else _read(home_path(text))).splitlines()
        except (OSError, UnicodeError):
            raise UsageError(
                "--notify takes an address like mailto://…, or a file that contains addresses, one a line. "
                "What was given is neither; it is not shown because it may contain a password."
            ) from None
        addresses = [line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#")]
        if not addresses:
            raise UsageError("The file of --notify contains no address. Write one a line, like mailto://…")
        found += addresses
    return found
