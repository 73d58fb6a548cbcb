"""Let the n-th call on the files of one folder fail: open, read, write, fsync, rename, unlink, stat."""

from __future__ import annotations

import builtins
import io
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

NAMES: Final = (
    *("open", "fsync", "replace", "rename", "unlink", "stat", "lstat", "chmod", "utime", "chown"),
    *("scandir", "listdir", "mkdir", "sendfile", "link"),
)


class Faults:
    """Count the calls on paths in a folder, and let the n-th one fail.

    Parameters
    ----------
    folder : calls on other paths are neither counted nor failed.
    at : number of the call that fails, from 1; 0 counts only.
    error : number of the error.
    lasting : all later calls of the same kind fail too.
    """

    def __init__(self, folder: Path, at: int, error: int, lasting: bool = False) -> None:
        self.folder = str(folder)
        self.at = at
        self.error = error
        self.lasting = lasting
        self.calls: list[str] = []
        self.failed = ""
        self.handles: set[int] = set()

    def concerns(self, target: object) -> bool:
        """Return True for a path in the folder, and for a handle of a file in it."""
        if isinstance(target, int):
            return target in self.handles
        try:
            return os.fspath(target).startswith(self.folder)  # type: ignore[call-overload, no-any-return]
        except TypeError:
            return False

    def count(self, name: str, target: object) -> None:
        """Count a call; raise an OSError if it is the one that fails."""
        self.calls.append(f"{name} {Path(str(target)).name}")
        if len(self.calls) == self.at or (self.lasting and self.failed.split(" ")[0] == name):
            self.failed = self.failed or self.calls[-1]
            raise OSError(self.error, os.strerror(self.error), str(target))

    def call(self, name: str, real: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Make a call of the operating system, unless it is to fail."""
        if not any(self.concerns(arg) for arg in args[:2]):
            return real(*args, **kwargs)
        self.count(name, args[0])
        result = real(*args, **kwargs)
        if name == "open" and isinstance(result, int):
            self.handles.add(result)
        return result

    def open(self, real: Callable[..., Any], file: Any, mode: str = "r", *args: Any, **kwargs: Any) -> Any:
        """Open a file whose reads and writes are counted."""
        if not self.concerns(file):
            return real(file, mode, *args, **kwargs)
        self.count("open", file)
        made = real(file, mode, *args, **kwargs)
        self.handles.add(made.fileno())
        return _Counted(made, self, str(file))


class _Counted:
    """A file whose reads and writes are counted."""

    def __init__(self, file: Any, faults: Faults, name: str) -> None:
        self._file, self._faults, self._name = file, faults, name

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._file, name)
        if name not in ("read", "readinto", "write", "flush"):
            return found

        def counted(*args: Any) -> Any:
            self._faults.count(name, self._name)
            return found(*args)

        return counted

    def __iter__(self) -> Iterator[Any]:
        return iter(self._file)

    def __enter__(self) -> _Counted:
        return self

    def __exit__(self, *error: object) -> None:
        self._faults.handles.discard(self._file.fileno())
        self._file.close()


@contextmanager
def faults(folder: Path, at: int, error: int, lasting: bool = False) -> Iterator[Faults]:
    """Let the `at`-th call in a folder fail within the block; 0 counts only."""
    plan = Faults(folder, at, error, lasting)
    real: list[tuple[Any, str, Any]] = [(os, name, getattr(os, name)) for name in NAMES]
    real += [(io, "open", io.open), (builtins, "open", builtins.open)]
    for module, name, function in real:
        if module is os:
            changed: Any = _counting(plan, name, function)
        else:
            changed = _opening(plan, function)
        setattr(module, name, changed)
    try:
        yield plan
    finally:
        for module, name, function in real:
            setattr(module, name, function)


def _counting(plan: Faults, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *args, **kwargs: plan.call(name, real, *args, **kwargs)


def _opening(plan: Faults, real: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *args, **kwargs: plan.open(real, *args, **kwargs)
