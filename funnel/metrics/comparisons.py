"""The results of a `Funnel` for each value of a column."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

import pandas as pd

from funnel.metrics.result_table import ResultTable, result_table
from funnel.metrics.statistics.tests import LogRank, log_rank
from funnel.metrics.tables.differences import differences
from funnel.metrics.tables.segments import (
    Segments,
    segments_of,
    segments_retention,
    segments_stages,
    segments_survival,
    segments_table,
    with_pooled_rates,
)

if TYPE_CHECKING:
    from funnel.metrics.core.result import Measured
    from funnel.metrics.tables.steps import Counts
else:
    Measured = object  # a protocol's properties would hide the attributes of a dataclass


class Comparisons(Measured):
    """Results of `Funnel` for each value of a column; the clients are split once for each column."""

    if TYPE_CHECKING:

        @property
        def counts(self) -> Counts:
            """The count from which rates are computed."""

        @property
        def has_leaving_data(self) -> bool:
            """True if a column or a painted row shows who left."""

    def compare(self, column: str) -> ResultTable:
        """Compare the steps of each value of a column, as `by` and the command ``funnel compare`` do."""
        return self.by(column)

    def by(self, column: str, pooled: bool = True) -> ResultTable:
        """Compare the steps of each value of a column, with tests and pooled rates.

        Parameters
        ----------
        column : a role ("source", "coach"), a header, or "month" or "quarter" (of the lead date).
        pooled : False leaves out the pooled rates, the only columns that need SciPy.

        Returns
        -------
        DataFrame, a row for each value and step; `RESULT` of the module `segments` describes its columns.
        """
        if not pooled:
            return self._remembered("segments", lambda: self._tested(column), column, "tested")
        return self._remembered(
            "segments", lambda: with_pooled_rates(self._tested(column), self.counts), column
        )

    def _tested(self, column: str) -> pd.DataFrame:
        """Return the segments without pooled rates, by position: an index of two names slows every access."""
        if column not in self._tests:
            found = segments_table(self._segments(column), self.counts, self.clients.layout)
            self._tests[column] = found
        return self._tests[column]

    def _remembered(self, name: str, compute: Callable[[], pd.DataFrame], *given: object) -> ResultTable:
        """Return a copy of a result's table, which is computed once for each choice of arguments."""
        if (name, *given) not in self._tables:
            self._tables[name, *given] = result_table(name, compute(), self)
        return self._tables[name, *given].copy(deep=False)  # pandas copies what is changed

    def retention_by(self, column: str) -> pd.DataFrame:
        """Return the retention table for each value of a column."""
        return segments_retention(self._segments(column))

    def stages_by(self, column: str) -> pd.DataFrame:
        """Return the stage cards for each value of a column: by, value_of, of (its clients), cards."""
        return segments_stages(self._segments(column))

    def survival_by(self, column: str) -> pd.DataFrame:
        """Compare how long the clients of each value stay: median days, log-rank test against the rest."""
        return segments_survival(self._segments(column))

    def log_rank(self, column: str) -> LogRank:
        """Test whether the clients of all values of a column stay equally long."""
        return log_rank([survival.lifetimes for survival in self._segments(column).survivals()])

    def differences(self, column: str) -> tuple[str, ...]:
        """Return sentences on the values of a column that differ from the others beyond chance."""
        return differences(self._tested(column), self.log_rank(column) if self.has_leaving_data else None)

    def _segments(self, column: str) -> Segments:
        if column not in self._segmented:
            self._segmented[column] = segments_of(self.clients, self.flagged, column)
        return self._segmented[column]

    @cached_property
    def _segmented(self) -> dict[str, Segments]:
        """Cache of the segments, by column."""
        return {}

    @cached_property
    def _tests(self) -> dict[str, pd.DataFrame]:
        """Cache of the tested segments, by column."""
        return {}

    @cached_property
    def _tables(self) -> dict[tuple[object, ...], ResultTable]:
        """Cache of the tables, by name and arguments."""
        return {}
