"""Write a review as HTML, PDF, PPTX or XLSX, by the ending of the file name."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from funnel.errors import UsageError, WriteError
from funnel.reports.review import Review
from funnel.sheets.outputs import check_output, write_outputs
from funnel.text import listed

Make: TypeAlias = Callable[[Review], bytes]

_LARGEST = 64 << 20  # bytes of a page or document that is looked at
_HEAD = 1 << 16  # of a part of a workbook or of slides


def _html(review: Review) -> bytes:
    from funnel.reports.documents.html import html

    return html(review).encode("utf-8")


def _pdf(review: Review) -> bytes:
    from funnel.reports.documents.pdf import pdf

    return pdf(review)


def _pptx(review: Review) -> bytes:
    from funnel.reports.documents.pptx import pptx

    return pptx(review)


def _xlsx(review: Review) -> bytes:
    from funnel.reports.documents.xlsx import xlsx

    return xlsx(review)


FORMATS: dict[str, Make] = {"html": _html, "pdf": _pdf, "pptx": _pptx, "xlsx": _xlsx}
"""Ending -> function that returns the bytes of such a file."""


def save(review: Review, path: Path) -> list[Path]:
    """Write the review; a path without an ending is a folder for a file of each kind.

    Returns
    -------
    The paths written.

    Raises
    ------
    UsageError : the name has another ending.
    WriteError : a file cannot be written, or a library for it is missing.
    """
    kind = check_name(path)
    paths = {path: FORMATS[kind]} if kind else {path / f"review.{each}": FORMATS[each] for each in FORMATS}
    made = {path: make(review) for path, make in paths.items()}
    return write_outputs(made, is_review)


def check_name(path: Path) -> str:
    """Return the kind of file of a name; "" for a folder.

    Raises
    ------
    UsageError : it has another ending.
    WriteError : there is a file of this name that funnel did not write, such as the sheet itself.

    >>> check_name(Path("review.HTML")), check_name(Path("reviews"))
    ('html', '')
    """
    kind = path.suffix.lower().removeprefix(".")
    if path.is_dir():
        return ""
    if not kind:
        if path.exists():
            raise WriteError(
                f"{path} is no folder for reviews. Name a new folder, or a file such as review.html."
            )
        return ""
    if kind not in FORMATS:
        endings = listed([f".{name}" for name in FORMATS], last="or")
        raise UsageError(f"A review is written as {endings}, or into a folder; not as {path.name!r}.")
    check_output(path, is_review)
    return kind


def is_review(path: Path) -> bool:
    """Return True for a review as funnel wrote it: other programs leave their own marks when they save it."""
    if path.suffix.lower() in (".xlsx", ".pptx"):
        try:
            with zipfile.ZipFile(path) as book:
                return _is_ours(book)
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, zlib.error):
            return False
    page = b'<meta name="generator" content="funnel">'
    mark = b"/Author(funnel)" if path.suffix.lower() == ".pdf" else page
    return path.stat().st_size < _LARGEST and mark in path.read_bytes()


def _is_ours(book: zipfile.ZipFile) -> bool:
    names = book.namelist()
    if (core := "docProps/core.xml") in names:  # slides; a workbook as we write it has no such part
        with book.open(core) as part:
            return b"<cp:lastModifiedBy>funnel</cp:lastModifiedBy>" in part.read(_HEAD)
    if "xl/workbook.xml" not in names or any(name.startswith("docProps/") for name in names):
        return False
    with book.open("xl/workbook.xml") as part:
        return b'<sheet name="Review"' in part.read(_HEAD)
