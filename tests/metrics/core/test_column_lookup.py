"""Naming clients by the values of columns, by month, and by blank cells."""

from collections.abc import Callable

import pandas as pd
import pytest

from funnel.clients import Clients
from funnel.errors import UsageError
from funnel.journey import Journey, Step
from funnel.metrics import Funnel


@pytest.mark.parametrize(
    ("by", "names"),
    [
        ({"month": "2026-01"}, ["Dan", "Eva"]),
        ({"quarter": "2026-Q2"}, ["Ida", "Jon", "Kim"]),
        ({"month": "(blank)"}, ["Lee"]),
        ({"month": None}, ["Lee"]),
        ({"source": "(blank)"}, ["Jon"]),
        ({"value": "200"}, ["Ida"]),
        ({"value": "many"}, []),
        ({"paid": "true", "source": "Referral"}, ["Ana", "Cat", "Dan", "Hal"]),
    ],
)
def test_who_is_meant(clients: Clients, by: dict[str, str | None], names: list[str]) -> None:
    assert Funnel(clients, "2026-07-01").people("met", by=by)["client"].tolist() == names


def test_months_begin_and_end_at_midnight(make_clients: Callable[..., Clients]) -> None:
    rows = pd.DataFrame({"client": ["a", "b"], "lead_date": ["2026-01-31", "2026-02-01"], "met": ["1", ""]})
    clients = make_clients(rows, Journey(steps=(Step(name="met"),)))
    clients.table["lead_date"] += pd.Timedelta(hours=23)
    funnel = Funnel(clients, "2026-07-01")
    assert funnel.people("met", by={"month": "2026-01"})["client"].tolist() == ["a"]
    assert funnel.by("month")["value"].tolist() == ["2026-01", "2026-02"]


def test_a_value_is_found_but_for_case_or_named(make_clients: Callable[..., Clients]) -> None:
    rows = pd.DataFrame({"client": ["a", "b", "c"], "coach": ["Zoe", "zoe", "Kit"], "met": ["1", "", ""]})
    funnel = Funnel(make_clients(rows, Journey(steps=(Step(name="met"),))), "2026-07-01")
    assert [funnel.where(coach=said).leads for said in ("Zoe", "ZOE", "kit")] == [1, 2, 1]
    with pytest.raises(UsageError) as raised:
        funnel.where(coach="Zoee")
    assert str(raised.value) == (
        "There is no client whose 'coach' is 'Zoee'; did you mean 'Zoe'? There are 'Kit', 'Zoe' and 'zoe'."
    )
