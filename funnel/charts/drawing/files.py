"""Save charts as PNG, SVG or PDF: the same bytes on each run, with title and description as metadata."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure, SubFigure

from funnel.charts.drawing.style import style_context
from funnel.charts.drawing.svg import finish_svg
from funnel.errors import UsageError
from funnel.sheets.outputs import write_outputs
from funnel.text import listed

DPI = 144
FORMATS = ("png", "svg", "pdf")
_SVG_MARK = "<!-- Creator: funnel -->"
_MARKS = {"png": b"tEXtSoftware\0funnel", "svg": _SVG_MARK.encode(), "pdf": b"/Creator (funnel)"}
_LARGEST = 64 << 20  # bytes of a picture


def root_figure(figure: Figure | SubFigure) -> Figure:
    """Return the whole figure of a subfigure."""
    root = figure.get_figure(root=True)
    assert isinstance(root, Figure)
    return root


def alt_text(figure: Figure) -> str:
    """Return the alternative text of a figure: the descriptions of its axes.

    >>> alt_text(Figure())
    ''
    """
    return " ".join(
        str(ax.get_label()) for ax in figure.axes if not str(ax.get_label()).startswith(("_", "<"))
    ).strip()


def _metadata(kind: str, alt: str) -> dict[str, Any]:
    """Return metadata without dates and versions, which differ between runs and machines."""
    title = alt.split(". ")[0]
    if kind == "png":
        return {"Title": title, "Description": alt, "Software": "funnel"}
    if kind == "svg":
        return {"Title": title, "Description": alt, "Creator": "funnel", "Date": None}
    return {"Title": title, "Subject": alt, "Creator": "funnel", "Producer": "funnel", "CreationDate": None}


def render(figure: Figure, kind: str = "png") -> bytes:
    """Render a figure to the bytes of a PNG, SVG or PDF file.

    Parameters
    ----------
    kind : "png", "svg" or "pdf".

    >>> render(Figure(figsize=(1, 1)))[:4]
    b'\\x89PNG'
    >>> render(Figure(figsize=(1, 1)), "svg") == render(Figure(figsize=(1, 1)), "svg")
    True
    """
    buffer, alt = BytesIO(), alt_text(figure)
    with style_context():
        figure.savefig(buffer, format=kind, dpi=DPI, metadata=_metadata(kind, alt))
    if kind == "svg":
        drawing = finish_svg(buffer.getvalue(), alt.split(". ")[0], alt)
        return f'<?xml version="1.0" encoding="utf-8"?>\n{_SVG_MARK}\n{drawing}\n'.encode()
    return buffer.getvalue()


def inline_svg(figure: Figure, prefix: str) -> str:
    """Return a figure as the element `svg` for a page; `prefix` keeps its ids apart from those of others."""
    buffer, alt = BytesIO(), alt_text(figure)
    with style_context():
        figure.savefig(buffer, format="svg", metadata=_metadata("svg", alt))
    return finish_svg(buffer.getvalue(), alt.split(". ")[0], alt, prefix)


def save(figure: Figure | SubFigure, path: str | Path) -> Path:
    """Save a figure in the format of the file name; only a picture that funnel wrote is replaced.

    Parameters
    ----------
    path : a name that ends with ".png", ".svg" or ".pdf". A missing folder is created.

    Returns
    -------
    The path.

    Raises
    ------
    UsageError : the name has another ending.
    WriteError : another file of this name exists, which is unchanged; or the picture cannot be written.

    >>> save(Figure(), "drop_off.gif")
    Traceback (most recent call last):
    funnel.errors.UsageError: Pictures are saved as .png, .svg or .pdf, not as 'drop_off.gif'. Choose ...
    """
    path = Path(path)
    kind = path.suffix.lower().removeprefix(".")
    if kind not in FORMATS:
        endings = listed([f".{name}" for name in FORMATS], last="or")
        raise UsageError(
            f"Pictures are saved as {endings}, not as {path.name!r}. "
            f"Choose a name such as {path.with_suffix('.png').name!r}."
        )
    write_outputs({path: render(root_figure(figure), kind)}, is_picture)
    return path


def is_picture(path: Path) -> bool:
    """Return True if a file has the mark of a picture that funnel wrote."""
    mark = _MARKS[path.suffix.lower().removeprefix(".")]
    return path.stat().st_size < _LARGEST and mark in path.read_bytes()
