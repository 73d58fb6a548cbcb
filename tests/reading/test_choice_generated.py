"""Readings of sheets made at random, against what each was made as.

The bounds are what is reached today, so that nothing gets worse. The whole tables:
``python -m benchmarks.readings --sheets 2000``, with ``--nonsense`` or ``--others``.
"""

from collections import Counter

from generated_sheets.engine import judge_sheet
from generated_sheets.others import make_other
from generated_sheets.sheets import make


def verdicts(sheets) -> Counter:
    scores = [judge_sheet(sheet) for sheet in sheets]
    print(*(score for score in scores if score.verdict != "right"), sep="\n")  # noqa: T201  shown where a test fails
    return Counter(score.verdict for score in scores)


def test_sheets_with_headers_in_fifteen_languages():
    found = verdicts(make(seed) for seed in range(60))
    assert found["right"] >= 57
    assert found["wrong"] <= 2


def test_sheets_of_which_only_the_cells_are_known():
    """Who paid can be known from words only, so it has to be asked."""
    found = verdicts(make(seed, nonsense=True) for seed in range(60))
    assert found["right"] >= 54
    assert found["unasked"] == 0
    assert found["wrong"] <= 1


def test_sheets_without_a_funnel_are_refused_or_asked_about():
    found = verdicts(make_other(seed, nonsense) for seed in range(60) for nonsense in (False, True))
    assert found["right"] >= 118
    assert found["wrong"] == 0
