"""Write a review as HTML, PDF, PPTX or XLSX, by the ending of the file name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from funnel.errors import UsageError, WriteError
from funnel.reports.review import Review
from funnel.text import listed

Make: TypeAlias = Callable[[Review], bytes]


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
    if not kind:
        return [_write(review, path / f"review.{kind}", make) for kind, make in FORMATS.items()]
    return [_write(review, path, FORMATS[kind])]


def check_name(path: Path) -> str:
    """Return the kind of file of a name; "" for a folder.

    Raises
    ------
    UsageError : it has another ending.

    >>> check_name(Path("review.HTML")), check_name(Path("reviews"))
    ('html', '')
    """
    kind = path.suffix.lower().removeprefix(".")
    if not kind or path.is_dir():
        return ""
    if kind not in FORMATS:
        endings = listed([f".{name}" for name in FORMATS], last="or")
        raise UsageError(f"A review is written as {endings}, or into a folder; not as {path.name!r}.")
    return kind


def _write(review: Review, path: Path, make: Make) -> Path:
    """Write one file, whole or not at all."""
    data = make(review)
    fresh = path.with_name(f".{path.name}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh.write_bytes(data)
        fresh.replace(path)
    except OSError as error:
        raise WriteError(
            f"The review {path} could not be written: {error.strerror}. Name another file with -o."
        ) from None
    return path
