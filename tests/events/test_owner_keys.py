"""The client of each event of an engine: the first key that matches decides, as for the rows of a sheet."""

import narwhals as nw
import pandas as pd
import pytest

from funnel.clients import Clients
from funnel.events.event_owner import AMBIGUOUS, BLANK, UNKNOWN, find_owners
from funnel.events.owner_keys import MATCHES, NAMED, OWNER, OwnerKeys, folded, mail_columns
from funnel.journey import Journey, Step
from funnel.text import fold

CLIENTS = pd.DataFrame({
    "row": range(2, 8),
    "client": ["Ana Roe", "José  Núñez", "Ben", "ben", "7", "Cat"],
    "id": ["7", None, "8", "8", None, None],
    "column:^mail": ["ana@x.org", "Jose@x.org", None, "ben@x.org", "ben", "ana@x.org"],
})  # fmt: skip
NAMES = [
    "7", "ana  ROE", "JOSE-NUNEZ", "jose@x.org", "8", "Ben", "ben@x.org", "ana@x.org", "Dan", None, " ",
]  # fmt: skip


def test_the_owners_are_those_of_a_sheet() -> None:
    clients = nw.from_native(CLIENTS).lazy()
    assert mail_columns(clients) == ["column:^mail"]
    keys = OwnerKeys(["id", "client", "column:^mail"])
    events = nw.from_native(pd.DataFrame({NAMED: NAMES})).lazy()
    clients = clients.with_columns(keys.of_clients())
    found = keys.with_owners(events, clients).collect().to_pandas()
    texts = clients.collect()[OWNER].to_list()
    assert len(set(texts)) == len(texts)
    matches = found[MATCHES].fillna(0).tolist()
    ours = [
        BLANK
        if not (name or "").strip()
        else UNKNOWN
        if not n
        else AMBIGUOUS
        if n > 1
        else texts.index(owner)
        for name, owner, n in zip(NAMES, found[OWNER], matches, strict=True)
    ]
    sheet = find_owners(Clients(CLIENTS, Journey(steps=(Step(name="Paid"),))), NAMES)
    assert ours == sheet.positions.tolist()
    assert ours == [0, 0, 1, 1, AMBIGUOUS, AMBIGUOUS, 3, AMBIGUOUS, UNKNOWN, BLANK, BLANK]


@pytest.mark.parametrize(
    "name",
    ["  José-María  NÚÑEZ", "Łukasz Straße", "O’Brien, Ann", "Cafe\u0301", "Ngọc Ánh", "Ёлка Й", "Ή",
     "a_b.c\u00a0[x]\\"],
)  # fmt: skip
def test_names_are_folded_as_in_a_sheet(name: str) -> None:
    frame = nw.from_native(pd.DataFrame({"name": [name, "Ann"]}))
    assert frame.select(folded(nw.col("name")))["name"].to_list() == [fold(name), "ann"]
