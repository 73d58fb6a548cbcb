"""Companies: which column names a client's company, and whether its contacts stand for all of it."""

from __future__ import annotations

from pydantic import Field

from funnel.journey.base import Frozen


class Company(Frozen):
    """How the contacts of one company hang together.

    Parameters
    ----------
    column : the header of the column that names the company; that of the role `company` where not given.
    sync : when one contact becomes a customer, the whole company does; false: each for themselves.

    >>> Company(column="Firm", sync=True).sync
    True
    """

    column: str | None = Field(default=None, min_length=1)
    sync: bool = False
