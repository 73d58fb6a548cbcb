import datetime as dt

from funnel.grid import Grid
from funnel.journey import Journey, Step
from funnel.loader.load import load
from funnel.metrics import Funnel


def test_who_left_without_a_date() -> None:
    """Ana on a day, Ben by a mark, Cat by a text; Dan and Eve are still here; Fay's number means nothing."""
    columns = [
        ["Client", "Ana", "Ben", "Cat", "Dan", "Eve", "Fay"], ["Lead", *["2026-03-01"] * 6],
        ["Met", *[None] * 6], ["Left", "2026-05-01", True, "moved away", "still active", "no", 12],
    ]  # fmt: skip
    roles = {"client": "Client", "lead_date": "Lead", "left_date": "Left"}
    clients = load(Grid("Clients", columns), Journey(columns=roles, steps=(Step(name="Met"),)))
    reasons = clients.table["left_reason"].fillna("").tolist()
    assert reasons == ["", "Not given", "moved away", "", "", ""]
    assert Funnel(clients, dt.date(2026, 11, 28)).steps["left"].tolist() == [3]
