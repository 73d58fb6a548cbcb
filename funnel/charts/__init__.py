"""Results -> matplotlib axes: every picture, from the tables of `funnel.metrics`.

Each drawing function takes a table and perhaps axes, and returns axes; `save` writes them to a file.
"""

from funnel.charts.cohorts import cohorts
from funnel.charts.drawing.files import save
from funnel.charts.drop_off import drop_off
from funnel.charts.leaks import leaks
from funnel.charts.leavers import leavers
from funnel.charts.plots import Plots
from funnel.charts.retention import retention
from funnel.charts.segments import segments
from funnel.charts.stages import stages
from funnel.charts.survival import survival
from funnel.charts.trends import trends

__all__ = [
    "Plots", "cohorts", "drop_off", "leaks", "leavers", "retention", "save", "segments", "stages",
    "survival", "trends",
]  # fmt: skip
