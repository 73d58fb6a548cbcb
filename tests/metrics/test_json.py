"""JSON version 1: its fields, and plain values."""

import json

import pytest

from funnel.clients import Clients
from funnel.metrics import Funnel
from funnel.metrics.core.records import records

FIELDS = [
    "version", "source", "tab", "as_of", "journey", "counts", "within", "reading", "verdict", "clients",
    "leads_after_as_of", "undated_leavers", "assumed", "missing",
    "steps", "retention", "survival", "leaks", "segments", "problems",
    "engagement", "gym", "forecast", "cohorts", "trends", "time", "leavers", "what_if", "differences",
    "stages", "advance", "stage_clients", "reasons_by_step", "falls", "moves",
]  # fmt: skip


def test_worked_example(clients: Clients) -> None:
    found = Funnel(clients, "2026-07-01").to_json()
    assert list(found) == FIELDS
    again = json.loads(json.dumps(found, allow_nan=False))
    assert again == found
    assert found["version"] == 1
    assert (found["source"], found["as_of"], found["journey"], found["counts"]) == (
        "example.csv", "2026-07-01", "Worked example", "marked",
    )  # fmt: skip
    assert found["steps"][0]["column"] == "E"
    assert type(found["steps"][0]["marked"]) is int
    assert found["leaks"][0]["probability_worst"] is None
    assert found["problems"][0] == {
        "kind": "left after due", "cell": "I4", "row": 4,
        "message": "Cat: left on 2026-04-20, after '3m' was due on 2026-03-15, but it is not marked; "
        "it counts as reached.",
    }  # fmt: skip


def test_fields_of_the_tables(clients: Clients) -> None:
    found = Funnel(clients, "2026-07-01").to_json()
    assert list(found["retention"][0]) == [
        "of", "clock", "months", "eligible", "reached", "left", "overdue", "rate", "low", "high",
        "rate_if_overdue_stayed", "naive_rate", "unknown", "rate_if_unknown_left", "rate_if_unknown_stayed",
    ]  # fmt: skip
    assert list(found["survival"][0]) == ["day", "survival", "low", "high", "at_risk"]
    assert list(found["leaks"][0]) == [
        "step", "n", "settled_lost", "settled_drop_off", "marked_drop_off", "target", "regained_per_100",
        "kept_per_100", "probability_worst", "verdict",
    ]  # fmt: skip


def test_segments_appear_with_a_column(clients: Clients) -> None:
    funnel = Funnel(clients, "2026-07-01")
    found = funnel.to_json(by="source")
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    assert [(s["by"], s["value"], s["clients"]) for s in found["segments"]] == [
        ("source", "Ads", 6), ("source", "Referral", 5), ("source", "(blank)", 1),
    ]  # fmt: skip
    paid = next(step for step in found["segments"][0]["steps"] if step["step"] == "paid")
    assert list(paid)[: len(found["steps"][0])] == list(found["steps"][0])  # as above, and
    assert (paid["marked"], paid["p_of_leads"], paid["test"], paid["p_holm"]) == (
        3, pytest.approx(6 / 11), "Fisher's exact", 1.0,
    )  # fmt: skip
    assert list(found["segments"][0]["retention"][0]) == list(found["retention"][0])
    assert found["segments"][0]["survival"]["left"] == 2
    assert found["leaks"] == records(funnel.leaks_by("source"))


def test_without_a_layout_there_are_no_cells(clients: Clients) -> None:
    found = Funnel(Clients(clients.table, clients.journey), "2026-07-01").to_json()
    assert (found["steps"][0]["column"], found["steps"][0]["header"]) == (None, None)
    assert (found["problems"][0]["cell"], found["problems"][0]["row"]) == (None, 4)
