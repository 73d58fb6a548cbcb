"""Companies: the column of a client's company, and whether its clients become customers together."""

from __future__ import annotations

from pydantic import Field

from funnel.journey.base import Frozen


class Company(Frozen):
    """How clients of the same company affect each other.

    Parameters
    ----------
    column : the header of the column that names the company; default: that of the role `company`.
    sync : true if the whole company becomes a customer when one of its clients does.

    >>> Company(column="Firm", sync=True).sync
    True
    """

    column: str | None = Field(default=None, min_length=1)
    sync: bool = False
