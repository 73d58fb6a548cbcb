"""The fixtures of the worked example."""

from worked_example import clients, journey, make_clients, rows

__all__ = ["clients", "journey", "make_clients", "rows"]
