"""Find the adapter of a source: one of ours, or one that an installed package registers.

An adapter is registered in the entry point group `funnel.sheets`, ours too (pyproject.toml). Ours are also
listed here: the installed packages, whose lookup takes as long as reading a small workbook, are asked only if
none of ours is certain, and funnel runs from a source folder that is not installed.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Final

from funnel.errors import ReadError, UsageError
from funnel.sheets.base import Adapter
from funnel.sheets.other_documents import describe_document
from funnel.sheets.source_file import SourceFile

GROUP: Final = "funnel.sheets"
OURS: Final = {
    "google": "funnel.sheets.google.adapter:adapter",
    "ods": "funnel.sheets.ods.adapter:adapter",
    "excel": "funnel.sheets.excel.adapter:adapter",
    "engine": "funnel.sheets.engine.adapter:adapter",
    "delimited": "funnel.sheets.delimited.adapter:adapter",
}
"""Name -> entry point, in the order in which they are asked; text, which reads almost any file, is last."""


def our_adapters() -> Iterator[Adapter]:
    """Load our own adapters one by one."""
    for entry in OURS.values():
        module, _, name = entry.partition(":")
        yield getattr(import_module(module), name)


def other_adapters() -> Iterator[Adapter]:
    """Load the adapters that other installed packages register, in the order of their names."""
    from importlib.metadata import entry_points

    for entry in sorted(entry_points(group=GROUP)):
        if entry.name not in OURS:
            yield entry.load()


def adapter_named(kind: str) -> Adapter:
    """Return an adapter by its name.

    Raises
    ------
    UsageError : there is none of that name.

    >>> adapter_named("excel").endings[0]
    '.xlsx'
    """
    for adapters in (our_adapters, other_adapters):
        for adapter in adapters():
            if adapter.kind == kind:
                return adapter
    raise UsageError(f"There is no kind of sheet {kind!r}. Install the package that registers it.")


def adapter_of(source: str | os.PathLike[str]) -> Adapter:
    """Return the adapter of a URL by its address, of a path by its ending; the file need not exist.

    Raises
    ------
    ReadError : no adapter knows the address.

    >>> adapter_of("https://docs.google.com/spreadsheets/d/1AbC-9/edit").kind, adapter_of("clients.xlsx").kind
    ('google', 'excel')
    """
    name = os.fspath(source)
    if is_url(name):
        return _adapter_of_url(name)
    ending = Path(name).suffix.lower()
    candidates = (a for adapters in (our_adapters, other_adapters) for a in adapters())
    return next((a for a in candidates if ending in a.endings), None) or adapter_named("delimited")


def is_url(source: str) -> bool:
    """Return True if a source is a URL, not a path; Google's may lack "https://", as some browsers show it.

    >>> is_url("https://example.org/a"), is_url("clients.xlsx"), is_url("docs.google.com/spreadsheets/d/1A")
    (True, False, True)
    """
    return "://" in source[:12] or source.startswith("docs.google.com/")


def adapter_of_file(file: SourceFile) -> Adapter:
    """Return the adapter that recognises a file; a name's ending counts only if the content agrees.

    Raises
    ------
    ReadError : the file is missing or cannot be read, or is a folder or a document that no adapter
        recognises.
    """
    for adapter in our_adapters():
        if file.ending in adapter.endings and adapter.recognises(file):
            return adapter
    for adapters in (other_adapters, our_adapters):
        for adapter in adapters():
            if adapter.recognises(file):
                return adapter
    assert file.data  # raises for a folder
    raise ReadError(describe_document(file) or f"{file.path} is not a spreadsheet that funnel reads.")


def file_endings() -> tuple[str, ...]:
    """Return the endings of all sheet files that funnel reads.

    >>> file_endings()[:3]
    ('.ods', '.xlsx', '.xlsm')
    """
    return tuple(ending for adapter in (*our_adapters(), *other_adapters()) for ending in adapter.endings)


def _adapter_of_url(url: str) -> Adapter:
    for adapters in (our_adapters, other_adapters):
        for adapter in adapters():
            if adapter.is_address(url):
                return adapter
    raise ReadError(
        f"{url} is not the address of a Google Sheet. Give a Google Sheets address "
        "(https://docs.google.com/spreadsheets/d/...), or download the file and give its path."
    )
