"""The weekly job: its command, its time, and the file that each scheduler needs."""

from funnel.schedule.installer import Installed, install, this_system
from funnel.schedule.job import Every, Job
from funnel.schedule.systems import SYSTEMS, System, texts

__all__ = ["SYSTEMS", "Every", "Installed", "Job", "System", "install", "texts", "this_system"]
