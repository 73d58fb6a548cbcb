"""Faults at calls to Google with an edit before the second try; the script in benchmarks tries them all."""

from collections.abc import Iterator

import pytest

from benchmarks.safety.google_faults import CASES, Google, google


@pytest.fixture(scope="module")
def service() -> Iterator[Google]:
    with google() as service:
        yield service


@pytest.mark.parametrize(
    ("name", "at", "fault", "edit", "lasting"),
    [
        ("refresh", 1, "reset, applied", "tab renamed", False),
        ("remove", 6, "reset", "typed on Funnel", False),
        ("remove", 8, "503", "typed on Funnel", False),
        ("remove", 5, "reset, applied", "own rule", False),
        ("move", 1, "truncated", "", False),
        ("new", 1, "reset, applied", "", False),
        ("give out", 1, "503, applied", "", True),  # recorded, and nobody was told which
    ],
)
def test_nothing_is_lost(service: Google, name: str, at: int, fault: str, edit: str, lasting: bool) -> None:
    case = next(case for case in CASES if case.name == name)
    assert service.judge(case, at, fault, edit, lasting) == []
