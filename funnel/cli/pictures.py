"""The pictures that `funnel charts` and `funnel demo` write: the charts of the registry of results."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from funnel.errors import WriteError
from funnel.metrics.results import results

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from funnel.metrics import Funnel


def write(
    funnel: Funnel, folder: Path, kinds: Iterable[str], by: str | None = None, first: bool = False
) -> list[Path]:
    """Draw the charts that have something to show into `folder`, once for each kind of file.

    Parameters
    ----------
    kinds : endings: "png", "svg", "pdf".
    by : also compare the values of this column.
    first : only the charts for a first look.

    Returns
    -------
    The paths written, chart by chart.

    Raises
    ------
    WriteError : where the folder cannot be written.
    """
    from funnel.charts.drawing.files import save

    drawn = draw(funnel, by, first)
    try:
        return [save(axes.figure, folder / f"{name}.{kind}") for name, axes in drawn for kind in kinds]
    except OSError as error:
        raise WriteError(
            f"The pictures could not be written into {folder}: {error.strerror}. Name another folder with -o."
        ) from None


def draw(funnel: Funnel, by: str | None = None, first: bool = False) -> list[tuple[str, Axes]]:
    """Draw each chart that these clients can fill; return it with the name of its file."""
    drawn = []
    for result in results():
        if result.chart and result.has_picture(funnel) and (result.chart.first or not first):
            compared = () if result.compute else (by,)
            if compared != (None,):
                drawn.append((result.chart.file, getattr(funnel.plot, result.chart.name)(*compared)))
    return drawn
