import datetime as dt

import pandas as pd

from funnel.journey import Journey, Step
from funnel.metrics.core.flags import flagged
from funnel.metrics.core.tally import condense


def test_a_table_in_memory_is_left_as_it_is():
    table = pd.DataFrame({"step:^met": [True, True]})
    flags = flagged(table, Journey(steps=(Step(name="Met"),)), dt.date(2026, 7, 1))
    assert condense(flags) is flags
