"""Results -> matplotlib axes: every picture, from the tables of `funnel.metrics`.

Each drawing function takes a table and perhaps axes, and returns axes; `save` writes them to a file.
"""

from funnel.charts.curve import survival
from funnel.charts.dots import segments
from funnel.charts.files import save
from funnel.charts.heat_map import cohorts
from funnel.charts.lines import trends
from funnel.charts.milestones import retention
from funnel.charts.pareto import leavers
from funnel.charts.plots import Plots
from funnel.charts.ranking import leaks
from funnel.charts.stage_rows import stages
from funnel.charts.step_bars import drop_off

__all__ = [
    "Plots", "cohorts", "drop_off", "leaks", "leavers", "retention", "save", "segments", "stages",
    "survival", "trends",
]  # fmt: skip
