"""The problems as a table."""

from funnel.clients import Problem
from funnel.metrics.tables.problems import problems_table


def test_problems_as_a_table() -> None:
    table = problems_table([Problem("no mark", "'booked' is no mark.", 8, 6, "Gus", "Type 1.")])
    assert table.to_dict("records") == [
        {
            "kind": "no mark", "cell": "F8", "row": 8, "client": "Gus",
            "message": "'booked' is no mark.", "way_out": "Type 1.",
        }
    ]  # fmt: skip


def test_no_problems_are_a_header() -> None:
    assert list(problems_table([]).columns) == ["kind", "cell", "row", "client", "message", "way_out"]
