"""Mutations of what funnel reads: each is read, or refused with a sentence."""

import random
from pathlib import Path

import pytest

from benchmarks.safety.fuzz import GOOGLE, JOURNEY, RULES, Fuzzer, mutated, targets
from funnel.errors import ReadError
from funnel.journey import parse_journey
from funnel.sheets.google.read.spreadsheet import Snapshot


@pytest.mark.parametrize("text", [JOURNEY, RULES])
def test_what_is_mutated_is_valid(text: bytes) -> None:
    assert len(parse_journey(text.decode()).columns) >= 2


def test_an_answer_of_google_that_is_no_spreadsheet() -> None:
    assert Snapshot(GOOGLE).tabs["Clients"].grid[3, 1] == "Client 1"
    with pytest.raises(ReadError) as error:
        Snapshot({"sheets": [{"properties": {"title": "Clients"}, "data": 7}]})
    assert str(error.value) == (
        "Google sent an answer that is no spreadsheet (TypeError), so funnel stopped. Try again in a few "
        "minutes."
    )


def test_no_seed_is_refused(tmp_path: Path) -> None:
    """Each is read whole, so that its mutations reach what is behind the first checks."""
    for target in targets(tmp_path).values():
        target.read(target.seed)


def test_a_seed_repeats_a_mutation() -> None:
    assert mutated(JOURNEY, random.Random(7)) == mutated(JOURNEY, random.Random(7)) != JOURNEY


def test_every_kind_a_dozen_times(tmp_path: Path) -> None:
    fuzzer = Fuzzer(tmp_path)
    fuzzer.run(rounds=12)
    assert fuzzer.unforeseen == {}
    assert set(fuzzer.executions.values()) == {12}
