"""`ResultTable`: a pandas DataFrame that notebooks show with titles and units."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

import pandas as pd

from funnel.metrics.results import result

if TYPE_CHECKING:
    from funnel.metrics.core.result import Measured, Result


class ResultTable(pd.DataFrame):
    """A DataFrame with the titles and units of its result, for notebooks.

    Its rows are indexed by name: `f.steps.loc["Client meeting had"]`. Its columns are those of JSON and CSV.
    A selection (`f.steps[["step", "of_leads"]]`) keeps the titles.
    """

    _internal_names: ClassVar[list[str]] = [*getattr(pd.DataFrame, "_internal_names"), "about"]  # noqa: B009
    _internal_names_set: ClassVar[set[str]] = set(_internal_names)
    about: tuple[Result, Measured] | None = None

    @property
    def _constructor(self) -> Callable[..., ResultTable]:
        return ResultTable

    def __finalize__(self, other: Any, method: str | None = None, **more: Any) -> ResultTable:
        """Copy the titles to a derived table."""
        made: ResultTable = super().__finalize__(other, method, **more)  # type: ignore[misc]
        made.about = getattr(other, "about", None)
        return made

    def _repr_html_(self) -> str | None:
        if self.about is None:
            return super()._repr_html_()  # type: ignore[misc,no-any-return]
        from funnel.metrics.html import table_html

        return table_html(self, *self.about)


def result_table(name: str, table: pd.DataFrame, funnel: Measured) -> ResultTable:
    """Return the table of a result with its index.

    >>> from funnel.metrics.results import result
    >>> table = pd.DataFrame({"step": ["Met", "Paid"], "n": [12, 7]})
    >>> result_table("leaks", table, None).loc["Paid", "n"].item()
    7
    """
    declared = result(name)
    made = ResultTable(table)
    names = [column for column in declared.index if column in made]
    if len(names) == 1:
        made.index = pd.Index(made[names[0]].to_list(), dtype=object)
    elif names:
        made.index = pd.MultiIndex.from_arrays([made[name].to_list() for name in names])
    made.about = (declared, funnel)
    return made
