"""The declaration of a client journey: model, TOML, presets."""

from funnel.journey.durations import Duration
from funnel.journey.model import ROLES, Column, FollowUp, Journey, Role, Step
from funnel.journey.stages import Stage
from funnel.journey.toml import parse_journey, preset, presets, read_journey

__all__ = [
    "ROLES",
    "Column",
    "Duration",
    "FollowUp",
    "Journey",
    "Role",
    "Stage",
    "Step",
    "parse_journey",
    "preset",
    "presets",
    "read_journey",
]
