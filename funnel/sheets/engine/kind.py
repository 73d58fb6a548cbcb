"""What a table of an engine can do."""

from __future__ import annotations

from typing import Final

from funnel.sheets.base import Capabilities

SCHEMES: Final = ("duckdb://", "spark://")
CAPABILITIES: Final = Capabilities("a table of a database or a data lake", in_engine=True)
