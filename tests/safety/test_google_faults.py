"""Faults at calls to Google with an edit before the second try; the script in benchmarks tries them all."""

from collections.abc import Iterator

import pytest

from benchmarks.safety.google_faults import CASES, Google, google


@pytest.fixture(scope="module")
def service() -> Iterator[Google]:
    with google() as service:
        yield service


@pytest.mark.parametrize(
    ("name", "at", "fault", "edit"),
    [
        ("refresh", 1, "reset, applied", "tab renamed"),
        ("remove", 6, "reset", "typed on Funnel"),
        ("remove", 8, "503", "typed on Funnel"),
        ("remove", 5, "reset, applied", "own rule"),
        ("move", 1, "truncated", ""),
    ],
)
def test_nothing_is_lost(service: Google, name: str, at: int, fault: str, edit: str) -> None:
    case = next(case for case in CASES if case.name == name)
    assert service.judge(case, at, fault, edit) == []
