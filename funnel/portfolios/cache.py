"""A cache with an entry for each sheet: its numbers, and what gives them as of another date.

Two files: `.json`, the numbers as of the last date; `.npz`, a row for each client with its dates and marks,
and whether it left, without names or other texts of its row. An entry holds while the sheet, its journey
files and the code are unchanged. A changed sheet replaces its entry.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import functools
import hashlib
import json
import os
import threading
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
import pandas as pd

from funnel.portfolios.declaration import Business
from funnel.portfolios.numbers import BusinessNumbers, numbers_of
from funnel.sheets.adapters import is_url
from funnel.sheets.files import version_of
from funnel.sheets.source_file import LARGEST_FILE, has_bytes
from funnel.text import home_folder
from funnel.workflows.journey_files import SHARED, journey_path
from funnel.workflows.unchanged import code_version

if TYPE_CHECKING:
    from funnel.clients import Clients
    from funnel.workflows.load import Opened

LEFT = "left"
"""In the cache, the reason of each client who left."""
_JOURNEY = {"steps", "period", "red", "green"}
"""The parts of a journey without stages that decide the numbers."""
_ROLES = ("lead_date", "left_date", "left_reason", "painted")


def cache_folder() -> Path:
    """Return the folder of the cache: that of the system, or `FUNNEL_CACHE`."""
    named = os.environ.get("FUNNEL_CACHE")
    home = os.environ.get("XDG_CACHE_HOME") or home_folder() / ".cache"
    return Path(named) if named else Path(home) / "funnel" / "portfolio"


@functools.cache
def _code() -> str:
    return code_version()


@dataclass(frozen=True, slots=True)
class Entry:
    """The entry of one sheet, read with a journey and a tab (both may be empty)."""

    sheet: str
    journey: str
    tab: str

    @classmethod
    def of(cls, business: Business, journey: str | None) -> Entry:
        """Return the entry of a business in a portfolio with this journey."""
        return cls(business.sheet, business.journey or journey or "", business.tab or "")

    @property
    def is_file(self) -> bool:
        """True if the sheet is a file on this computer: its bytes show whether it has changed."""
        return not is_url(self.sheet) and Path(self.sheet).is_file()

    def content(self, version: str = "") -> str | None:
        """Return a hash of all that the numbers depend on; None if it is not known.

        Parameters
        ----------
        version : for a sheet at a service, the hash of what was sent; of a file, the bytes count.
        """
        if not version and not self.is_file:
            return None
        digest = hashlib.sha256(repr((_code(), self, version)).encode())
        try:
            for path in self._files():
                if path.is_file() and path.stat().st_size > LARGEST_FILE:
                    return None
                digest.update(version_of(path).encode() if path.is_file() and has_bytes(path) else b"none")
        except OSError:
            return None
        return digest.hexdigest()

    def _files(self) -> Iterator[Path]:
        """Yield the sheet, its log of moves, and the journey files that it may have."""
        if not is_url(self.sheet):
            path = Path(self.sheet)
            yield from (path, path.with_name(f"{path.stem}.funnel-log.csv"))
        own = journey_path(self.sheet)
        yield from (own, own.with_name(SHARED), Path(self.journey))

    def last(self, content: str | None) -> BusinessNumbers | None:
        """Return the numbers as of the last date; None if there are none of this content."""
        try:
            data = json.loads(self._path(".json").read_text("utf-8"))
            return BusinessNumbers.from_json(data["numbers"]) if data["content"] == content else None
        except (OSError, ValueError, TypeError, LookupError):
            return None

    def as_of(self, content: str | None, day: dt.date) -> BusinessNumbers | None:
        """Return the numbers as of any date, measured again if need be; None if the sheet must be loaded."""
        from funnel.metrics import Funnel

        last = self.last(content)
        if last is None or last.as_of == day:
            return last
        if last.question:
            return replace(last, as_of=day)
        clients = self._clients(content)
        if clients is None or content is None:
            return None
        found = replace(numbers_of(last.name, Funnel(clients, day)), problems=last.problems)
        self._keep_numbers(content, found)
        return found

    def keep(self, content: str | None, opened: Opened, numbers: BusinessNumbers) -> None:
        """Keep the numbers of a sheet, and its clients if dates, marks and leaving decide them.

        Nothing with an event log, which may be another file. Of a service nothing with stages, because the
        lists of choices that order them are not part of its version.
        """
        journey = opened.clients.journey
        if content is None or journey.events or (journey.stages and not self.is_file):
            return
        with contextlib.suppress(OSError):  # never the numbers of one content beside other clients
            self._path(".json").unlink(missing_ok=True)
        if not journey.stages:
            self._keep_clients(content, opened)
        self._keep_numbers(content, numbers)

    def _keep_numbers(self, content: str, numbers: BusinessNumbers) -> None:
        data = json.dumps({"content": content, "numbers": numbers.to_json()}).encode()
        self._write(".json", lambda file: file.write(data))

    def _keep_clients(self, content: str, opened: Opened) -> None:
        """Keep the clients, unless the sheet may be read in another way on another day."""
        from funnel.clients.frames import in_memory

        table, journey, reading = opened.clients.table, opened.clients.journey, opened.clients.reading
        if not in_memory(table) or reading is None or reading.for_today:
            return
        names = [name for name in map(str, table) if name in _ROLES or name.startswith(("step:", "when:"))]
        about = {"content": content, "columns": names, "journey": journey.model_dump_json(include=_JOURNEY)}
        arrays: dict[str, Any] = {f"column{at}": _array(table[name]) for at, name in enumerate(names)}
        self._write(".npz", lambda file: np.savez_compressed(file, about=json.dumps(about), **arrays))

    def _clients(self, content: str | None) -> Clients | None:
        """Return the clients, without names; None if there are none of this content."""
        from funnel.clients import Clients
        from funnel.journey import Journey

        try:
            with np.load(self._path(".npz"), allow_pickle=False) as found:
                about = json.loads(str(found["about"]))
                if about["content"] != content:
                    return None
                arrays = {name: found[f"column{at}"] for at, name in enumerate(about["columns"])}
            table = pd.DataFrame({name: _column(array) for name, array in arrays.items()})
            return Clients(table, Journey.model_validate_json(about["journey"]))
        except (OSError, EOFError, ValueError, TypeError, LookupError, zipfile.BadZipFile):
            return None

    def _path(self, suffix: str) -> Path:
        sheet = self.sheet if is_url(self.sheet) else Path(self.sheet).absolute().as_posix()
        name = hashlib.sha256(repr((sheet, self.journey, self.tab)).encode()).hexdigest()
        return cache_folder() / f"{name}{suffix}"

    def _write(self, suffix: str, write: Callable[[BinaryIO], object]) -> None:
        """Write a file whole, for this user only; if the folder cannot be written, do nothing."""
        path = self._path(suffix)
        fresh = path.with_suffix(f".{os.getpid()}-{threading.get_ident()}")
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                write(file)
            fresh.replace(path)
        except OSError:
            return


def _array(column: pd.Series[Any]) -> np.ndarray[Any, Any]:
    """Return a column as an array; of a reason, only whether there is one."""
    if column.dtype.kind in "bM":
        return column.to_numpy()
    texts = column.fillna("")
    if column.name == "left_reason":
        texts = texts.where(texts == "", LEFT)
    return texts.to_numpy(dtype="U8")


def _column(array: np.ndarray[Any, Any]) -> Any:
    """Return an array as a column, with null for a blank text."""
    return pd.array([text or None for text in array], dtype="str") if array.dtype.kind == "U" else array
