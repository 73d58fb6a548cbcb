"""The classes `Clients`, `Layout` and `Problem`; other rooms create them."""

from funnel.clients.clients import Clients, FollowedUp, Layout
from funnel.clients.problems import KINDS, Problem
from funnel.clients.reading import Reading

__all__ = ["KINDS", "Clients", "FollowedUp", "Layout", "Problem", "Reading"]
