"""Pages of a long list: clients of an engine are listed a thousand at a time, clients of a sheet at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from funnel.errors import UsageError

if TYPE_CHECKING:
    from funnel.metrics import Funnel


@dataclass(frozen=True)
class Page:
    """A page of a list.

    Parameters
    ----------
    number, of : its number, and how many there are.
    """

    number: int
    of: int

    @property
    def in_json(self) -> dict[str, int]:
        """The keys beside the list."""
        return {"page": self.number, "pages": self.of}

    @property
    def next(self) -> str:
        """How to see the next page; "" on the last one.

        >>> Page(1, 3).next, Page(3, 3).next
        ('Page 1 of 3. The next one: --page 2', '')
        """
        if self.number >= self.of:
            return ""
        return f"Page {self.number} of {self.of:,}. The next one: --page {self.number + 1}"


def page_of(funnel: Funnel, number: int, clients: Callable[[], int]) -> Page:
    """Return a page of the clients of a funnel.

    Parameters
    ----------
    clients : counts the clients of the list; called only for a table of an engine.

    Raises
    ------
    UsageError : there are fewer pages.
    """
    from funnel.clients.frames import in_memory
    from funnel.metrics.core.frames import PAGE

    pages = 1 if in_memory(funnel.clients.table) else max(1, -(-clients() // PAGE))
    if number > pages:
        raise UsageError(f"There is no page {number}; the last one is {pages:,}.")
    return Page(number, pages)
