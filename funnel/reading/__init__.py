"""Grid -> Reading: beliefs about a sheet, their confidence, and the open questions."""

from funnel.clients.reading import Reading
from funnel.reading.choice import read_grids

__all__ = ["Reading", "read_grids"]
