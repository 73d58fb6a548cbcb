"""The classes `Clients`, `Layout` and `Problem`; other rooms create them."""

from funnel.clients.clients import ActionLog, Clients, FollowedUp, Layout
from funnel.clients.problems import KINDS, Problem
from funnel.clients.reading import Reading

__all__ = ["KINDS", "ActionLog", "Clients", "FollowedUp", "Layout", "Problem", "Reading"]
