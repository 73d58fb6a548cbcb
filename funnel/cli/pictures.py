"""The pictures that `funnel charts` and `funnel demo` write: the charts of all results."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from funnel.metrics.results import results
from funnel.text import file_part

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from funnel.metrics import Funnel


def write(
    funnel: Funnel,
    folder: Path,
    kinds: Iterable[str],
    by: str | None = None,
    first: bool = False,
    size: str | None = None,
) -> list[Path]:
    """Draw the charts that have data into `folder`, once for each kind of file.

    Parameters
    ----------
    kinds : endings: "png", "svg", "pdf".
    by : also compare the values of this column.
    first : only the charts marked `first`.
    size : "slide", "page" or "phone"; default: what each chart needs.

    Returns
    -------
    The paths written, chart by chart.

    Raises
    ------
    WriteError : a file of such a name exists that funnel did not write, so nothing was written; or a picture
        cannot be written, and those that were are named.
    """
    from funnel.charts.drawing.files import is_picture, render, root_figure
    from funnel.sheets.outputs import write_outputs

    drawn = draw(funnel, by, first, size)
    made = {
        folder / f"{name}.{kind}": render(root_figure(axes.figure), kind)
        for name, axes in drawn
        for kind in kinds
    }
    return write_outputs(made, is_picture)


def draw(
    funnel: Funnel, by: str | None = None, first: bool = False, size: str | None = None
) -> list[tuple[str, Axes]]:
    """Yield each chart that has data, with the name of its file."""
    drawn = []
    for result in results():
        for chart in result.every_chart:
            if (first and not chart.first) or result.no_picture(funnel, chart):
                continue
            plot = partial(getattr(funnel.plot, chart.name), size=size)
            if result.compute:
                drawn.append((chart.file, plot()))
            if by and (chart.by or not result.compute):
                drawn.append(
                    (f"{chart.file}-by-{file_part(by) or 'column'}" if chart.by else chart.file, plot(by))
                )
    return drawn


def not_drawn(funnel: Funnel, by: str | None = None) -> Iterator[str]:
    """Yield a sentence for each chart that could not be drawn, with the reason."""
    for result in results():
        for chart in result.every_chart:
            reason = result.no_picture(funnel, chart)
            if reason:
                yield f"Not drawn: {chart.file}. {reason}"
            elif not result.compute and not by:
                yield f"Not drawn: {chart.file}. Name a column to compare with --by."
