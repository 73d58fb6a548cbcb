"""Grid -> Reading: what a sheet is, how sure that is, and what has to be asked."""

from funnel.clients.reading import Reading
from funnel.reading.choice import read_grids

__all__ = ["Reading", "read_grids"]
