"""Mutations of what funnel reads: each is read, or refused with a sentence."""

import random
from pathlib import Path

import pytest

from benchmarks.safety.fuzz import JOURNEY, RULES, Fuzzer, mutated
from funnel.journey import parse_journey


@pytest.mark.parametrize("text", [JOURNEY, RULES])
def test_what_is_mutated_is_valid(text: bytes) -> None:
    assert len(parse_journey(text.decode()).columns) >= 2


def test_a_seed_repeats_a_mutation() -> None:
    assert mutated(JOURNEY, random.Random(7)) == mutated(JOURNEY, random.Random(7)) != JOURNEY


def test_every_kind_a_dozen_times(tmp_path: Path) -> None:
    fuzzer = Fuzzer(tmp_path)
    fuzzer.run(rounds=12)
    assert fuzzer.unforeseen == {}
    assert set(fuzzer.executions.values()) == {12}
