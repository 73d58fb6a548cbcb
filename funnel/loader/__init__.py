"""Grid + Journey -> Clients: header matching, marks, dates, problems."""

from funnel.loader.clients import Clients, Layout, Problem, date_column

__all__ = ["Clients", "Layout", "Problem", "date_column"]
