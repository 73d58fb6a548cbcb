"""The pictures that `funnel charts` and `funnel demo` write."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from funnel.errors import WriteError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from funnel.metrics import Funnel

FIRST = ("drop-off", "retention")
"""What a first look needs."""

ALL = ("stages", *FIRST, "leaks", "survival", "cohorts", "trends", "leavers")


def write(
    funnel: Funnel, folder: Path, kinds: Iterable[str], chosen: Iterable[str] = FIRST, by: str | None = None
) -> list[Path]:
    """Draw the chosen charts that have something to show into `folder`, once for each kind of file.

    Parameters
    ----------
    kinds : endings: "png", "svg", "pdf".
    chosen : names of `ALL`.
    by : also compare the values of this column.

    Returns
    -------
    The paths written, chart by chart.

    Raises
    ------
    WriteError : where the folder cannot be written.
    """
    from funnel import charts

    drawn = [(name, draw()) for name, draw in _drawings(funnel, by).items() if name in {*chosen, "segments"}]
    try:
        return [charts.save(axes.figure, folder / f"{name}.{kind}") for name, axes in drawn for kind in kinds]
    except OSError as error:
        raise WriteError(
            f"The pictures could not be written into {folder}: {error.strerror}. Name another folder with -o."
        ) from None


def _drawings(funnel: Funnel, by: str | None) -> Mapping[str, Callable[[], Axes]]:
    """How each chart is drawn that these clients can fill."""
    plot = funnel.plot
    drawings: dict[str, Callable[[], Axes]] = {"stages": plot.stages} if funnel.journey.stages else {}
    drawings["drop-off"] = plot.drop_off
    if funnel.retention["rate"].notna().any():
        drawings["retention"] = plot.retention
    drawings["leaks"] = plot.leaks
    if len(funnel.survival):
        drawings["survival"] = plot.survival
    if "lead_date" in funnel.clients.table:
        drawings |= {"cohorts": plot.cohorts, "trends": plot.trends}
    if funnel.says_who_left:
        drawings["leavers"] = plot.leavers
    if by is not None:
        drawings["segments"] = lambda: plot.segments(by)
    return drawings
