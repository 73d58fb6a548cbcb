"""The classes `Clients`, `Layout` and `Problem`; other rooms create them."""

from funnel.clients.clients import Clients, FollowedUp, Layout, Problem
from funnel.clients.problems import KINDS
from funnel.clients.reading import Reading

__all__ = ["KINDS", "Clients", "FollowedUp", "Layout", "Problem", "Reading"]
