"""The declaration of a client journey: model, TOML, presets, inference from headers."""

from funnel.journey.durations import Duration
from funnel.journey.infer import ColumnProfile, Doubt, Inference, infer_journey
from funnel.journey.model import ROLES, Column, FollowUp, Journey, Role, Step
from funnel.journey.stages import Stage
from funnel.journey.template import write_toml
from funnel.journey.toml import parse_journey, preset, presets, read_journey

__all__ = [
    "ROLES",
    "Column",
    "ColumnProfile",
    "Doubt",
    "Duration",
    "FollowUp",
    "Inference",
    "Journey",
    "Role",
    "Stage",
    "Step",
    "infer_journey",
    "parse_journey",
    "preset",
    "presets",
    "read_journey",
    "write_toml",
]
