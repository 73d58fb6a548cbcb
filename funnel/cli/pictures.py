"""The pictures that `funnel charts` and `funnel demo` write."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from funnel.errors import WriteError

if TYPE_CHECKING:
    from funnel.metrics import Funnel


def write(funnel: Funnel, folder: Path, kinds: Iterable[str]) -> list[Path]:
    """Draw the drop-off and the retention into `folder`, once for each kind of file; the paths."""
    from funnel import charts

    drawn = {"drop-off": charts.drop_off(funnel.steps, as_of=funnel.as_of)}
    if len(funnel.retention):
        drawn["retention"] = charts.retention(funnel.retention, as_of=funnel.as_of)
    try:
        return [
            charts.save(axes.figure, folder / f"{name}.{kind}")
            for name, axes in drawn.items()
            for kind in kinds
        ]
    except OSError as error:
        raise WriteError(
            f"The pictures could not be written into {folder}: {error.strerror}. Name another folder with -o."
        ) from None
