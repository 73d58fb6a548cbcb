"""Which client a person means: by name, id or row; the sentences are in tests/test_moving.py."""

import pandas as pd
import pytest

from funnel.clients import Clients
from funnel.errors import UsageError
from funnel.journey import Journey, Step
from funnel.metrics.find_client import find_client

TABLE = pd.DataFrame({
    "row": [2, 3, 4, 5], "client": ["Ana Rossi", "7", "ana  rossi", ""], "id": ["7", "8", None, None],
    "Met": [True] * 4,
})  # fmt: skip
CLIENTS = Clients(TABLE, Journey(steps=(Step(name="Met"),)))


@pytest.mark.parametrize(("name", "row", "at"), [("7", None, 0), ("8", None, 1), ("ANA ROSSI", 4, 2)])
def test_by_id_before_name_and_by_row_among_namesakes(name, row, at):
    assert find_client(CLIENTS, name, row) == at


@pytest.mark.parametrize(("name", "row"), [("Ana Rossi", None), ("", None), ("Ana Rossi", 3)])
def test_nobody_is_guessed(name, row):
    with pytest.raises(UsageError):
        find_client(CLIENTS, name, row)
