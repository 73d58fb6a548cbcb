"""Tables of clients as tests write them: with the names that people know, given those of `funnel.schema`."""

from typing import Any

import pandas as pd

from funnel.clients import Clients
from funnel.journey import ROLES, Journey
from funnel.schema import header, step_date, step_mark

OURS = {"row", "client", "painted", *ROLES}


def named(table: pd.DataFrame, journey: Journey) -> pd.DataFrame:
    """The same table, its columns named as the loader names them; "Met · date" dates the marks of "Met"."""
    names = {step.name: step_mark(step.name) for step in journey.steps}
    names |= {f"{step.name} · date": step_date(step.name) for step in journey.steps}
    others = {name: header(name) for name in table if name not in OURS and ":" not in name}
    return table.rename(columns=others | names)


def clients_of(table: pd.DataFrame, journey: Journey, *args: Any, **kwargs: Any) -> Clients:
    return Clients(named(table, journey), journey, *args, **kwargs)
