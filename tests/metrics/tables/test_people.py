"""The clients behind a cell."""

from collections.abc import Callable

import pandas as pd
import pytest

from funnel.clients import Clients
from funnel.errors import UsageError
from funnel.journey import Journey, Step
from funnel.metrics import Funnel
from funnel.metrics.core.flags import FLAGS


def test_every_cell_of_the_steps_table_has_its_people(clients: Clients) -> None:
    funnel = Funnel(clients, "2026-07-01")
    for step in funnel.steps.to_dict("records"):
        assert len(funnel.people(step["step"])) == 12
        for count in FLAGS:
            assert len(funnel.people(step["step"], count)) == step[count], (step["step"], count)


def test_who_they_are_and_how_long_they_wait(clients: Clients) -> None:
    people = Funnel(clients, "2026-07-01").people("paid", "not_due")
    assert list(people) == ["row", "client", "status", "last_step", "due", "days_waiting", "days_silent"]
    assert people["days_waiting"].isna().all()  # not overdue
    assert people.drop(columns=["due", "days_waiting"]).to_numpy().tolist()[:2] == [
        [10, "Ida", "not_due", "met", 72.0],  # since the lead
        [11, "Jon", "not_due", "1m", 6.0],  # since the month that was marked
    ]
    assert [f"{day:%Y-%m-%d}" for day in people["due"]] == ["2026-07-19", "2026-08-23", "2026-09-18"]


def test_those_who_reached_or_left_do_not_wait(clients: Clients) -> None:
    funnel = Funnel(clients, "2026-07-01")
    gus = funnel.people("met", "overdue").iloc[0]
    assert (gus["client"], str(gus["due"])[:10], gus["days_waiting"], gus["days_silent"]) == (
        "Gus", "2026-05-21", 41, 131,
    )  # fmt: skip
    assert funnel.people("met", "reached")["days_waiting"].isna().all()
    assert funnel.people("6m", "left")["days_waiting"].isna().all()


def test_by_other_columns(clients: Clients, make_clients: Callable[..., Clients]) -> None:
    funnel = Funnel(clients, "2026-07-01")
    assert funnel.people("met", "overdue", by={"Source of lead": "Ads"})["client"].tolist() == ["Gus"]
    assert funnel.people("met", by={"source": None})["client"].tolist() == ["Jon"]
    assert funnel.people("met", by={"source": "Ads", "value": 200})["client"].tolist() == ["Ida"]
    rows = pd.DataFrame({"client": ["Ana", "Ben"], "coach": ["Zoe", None], "met": ["1", ""]})
    people = Funnel(make_clients(rows, Journey(steps=(Step(name="met"),))), "2026-07-01").people("met")
    assert people["coach"].tolist()[0] == "Zoe"


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            ("mett", None, None),
            "There is no step 'mett'; did you mean 'met'? There are 'contacted', 'met', 'paid', '1m', '3m' "
            "and '6m'.",
        ),
        (
            ("met", "overdu", None),
            "There is no count of clients 'overdu'; did you mean 'overdue'? There are 'marked', 'passed', "
            "'nested', 'reached', 'left', 'not_due', 'overdue', 'undated' and 6 more.",
        ),
        (
            ("met", None, {"Couch": "Zoe"}),
            "There is no column 'Couch'. There are 'source', 'left_reason', 'value', 'contacted', 'met', "
            "'paid', '1m', '3m' and 10 more.",
        ),
    ],
)
def test_what_is_not_there_is_said(
    clients: Clients, call: tuple[str, str, dict[str, str]], message: str
) -> None:
    with pytest.raises(UsageError) as error:
        Funnel(clients, "2026-07-01").people(*call)
    assert str(error.value) == message
