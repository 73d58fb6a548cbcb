"""Grid + Journey -> Clients: header matching, marks, dates, problems."""

from funnel.loader.choose import find_tab
from funnel.loader.clients import Clients, Layout, Problem, date_column
from funnel.loader.header import Header, find_header
from funnel.loader.load import load
from funnel.loader.problems import KINDS
from funnel.loader.profile import profile
from funnel.loader.table import from_table

__all__ = [
    "KINDS",
    "Clients",
    "Header",
    "Layout",
    "Problem",
    "date_column",
    "find_header",
    "find_tab",
    "from_table",
    "load",
    "profile",
]
