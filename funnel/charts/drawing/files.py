"""Pictures as files: PNG, SVG and PDF, the same bytes on each run, with a title and a description inside."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure, SubFigure

from funnel.charts.drawing.style import context
from funnel.errors import UsageError
from funnel.text import listed

DPI = 144
FORMATS = ("png", "svg", "pdf")


def root_of(figure: Figure | SubFigure) -> Figure:
    """The whole figure, of which this may be a part."""
    root = figure.get_figure(root=True)
    assert isinstance(root, Figure)
    return root


def alt_text(figure: Figure) -> str:
    """Describe a figure in words, for those who cannot see it: what its charts wrote on themselves.

    >>> alt_text(Figure())
    ''
    """
    return " ".join(
        str(ax.get_label()) for ax in figure.axes if not str(ax.get_label()).startswith(("_", "<"))
    ).strip()


def _metadata(kind: str, alt: str) -> dict[str, Any]:
    """Metadata of a format, without dates and versions, which would differ between runs and machines."""
    title = alt.split(". ")[0]
    if kind == "png":
        return {"Title": title, "Description": alt, "Software": "funnel"}
    if kind == "svg":
        return {"Title": title, "Description": alt, "Creator": "funnel", "Date": None}
    return {"Title": title, "Subject": alt, "Creator": "funnel", "Producer": "funnel", "CreationDate": None}


def rendered(figure: Figure, kind: str = "png") -> bytes:
    """Draw a figure as the bytes of a PNG, SVG or PDF file.

    Parameters
    ----------
    figure : what to draw.
    kind : "png", "svg" or "pdf".

    >>> rendered(Figure(figsize=(1, 1)))[:4]
    b'\\x89PNG'
    >>> rendered(Figure(figsize=(1, 1)), "svg") == rendered(Figure(figsize=(1, 1)), "svg")
    True
    """
    buffer = BytesIO()
    with context():
        figure.savefig(buffer, format=kind, dpi=DPI, metadata=_metadata(kind, alt_text(figure)))
    return buffer.getvalue()


def save(figure: Figure | SubFigure, path: str | Path) -> Path:
    """Write a figure to a file, in the format its name ends with.

    The same figure gives the same bytes on each run. The description is in the file's metadata.

    Parameters
    ----------
    figure : what to write.
    path : where; ".png", ".svg" or ".pdf". Its folder is made where it is missing.

    Returns
    -------
    The path.

    Raises
    ------
    UsageError
        The name ends with something else.

    >>> save(Figure(), "drop_off.gif")
    Traceback (most recent call last):
    funnel.errors.UsageError: 'drop_off.gif' is no picture we can write: pictures end with .png, .svg or ...
    """
    path = Path(path)
    kind = path.suffix.lower().removeprefix(".")
    if kind not in FORMATS:
        endings = listed([f".{name}" for name in FORMATS], last="or")
        raise UsageError(
            f"{path.name!r} is no picture we can write: pictures end with {endings}. "
            f"Give it another name, such as {path.with_suffix('.png').name!r}."
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(rendered(root_of(figure), kind))
    return path
