"""Owners of events: id before name before e-mail; ambiguous ones have none."""

import pandas as pd

from funnel.clients import Clients
from funnel.events.event_owner import AMBIGUOUS, BLANK, UNKNOWN, find_owners
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
    return find_owners(CLIENTS, cells).positions.tolist()


def test_by_id_name_or_mail():
    assert found("a1", " B2 ", "ana  ROE", "BEN@B.example", "Bath") == [0, 2, 0, 1, UNKNOWN]


def test_ambiguous_and_blank_cells_have_no_owner():
    assert found("Ben", "info@b.example", None, "", "Cleo") == [AMBIGUOUS, AMBIGUOUS, BLANK, BLANK, UNKNOWN]
    known = find_owners(CLIENTS, ["Ben"])
    assert known.describe_matches("Ben") == "2 clients (rows 3 and 4)"
    assert known.describe_matches("info@b.example") == "2 clients (rows 4 and 5)"
    assert known.nearest("Ana Row") == "Ana Roe"
    assert known.nearest("Zed") is None


def test_id_as_number_or_text():
    numbered = Clients(TABLE.assign(id=pd.array(["7", "8", "9", "10"], dtype="str")), CLIENTS.journey)
    assert find_owners(numbered, [7, 8.0, "9"]).positions.tolist() == [0, 1, 2]
