"""Whose event it is: id before name before e-mail; nobody is guessed."""

import pandas as pd

from funnel.clients import Clients
from funnel.events.event_owner import AMBIGUOUS, BLANK, UNKNOWN, whose
from funnel.journey import Journey, Step

TABLE = pd.DataFrame({
    "row": [2, 3, 4, 5],
    "client": ["Ana Roe", "Ben", "Ben", ""],
    "id": ["A1", "B1", "B2", None],
    "E-mail": ["ana@roe.example", "Ben@b.example", "info@b.example", "info@b.example"],
    "Town": ["Bath", None, "York", "York"],
}).astype({"client": "str", "id": "str", "E-mail": "str", "Town": "str"})  # fmt: skip
CLIENTS = Clients(TABLE, Journey(steps=(Step(name="Paid"),)))


def found(*cells):
    return whose(CLIENTS, cells).at.tolist()


def test_by_id_name_or_mail():
    assert found("a1", " B2 ", "ana  ROE", "BEN@B.example", "Bath") == [0, 2, 0, 1, UNKNOWN]


def test_what_may_be_several_is_nobody():
    assert found("Ben", "info@b.example", None, "", "Cleo") == [AMBIGUOUS, AMBIGUOUS, BLANK, BLANK, UNKNOWN]
    known = whose(CLIENTS, ["Ben"])
    assert known.several("Ben") == "2 clients (rows 3 and 4)"
    assert known.several("info@b.example") == "2 clients (rows 4 and 5)"
    assert known.nearest("Ana Row") == "Ana Roe"
    assert known.nearest("Zed") is None


def test_an_id_is_the_same_as_a_number_or_as_text():
    numbered = Clients(TABLE.assign(id=pd.array(["7", "8", "9", "10"], dtype="str")), CLIENTS.journey)
    assert whose(numbered, [7, 8.0, "9"]).at.tolist() == [0, 1, 2]
