import pytest
from hypothesis import given
from hypothesis import strategies as st

from funnel.cells.mark_words import NOT_REACHED, REACHED, normalize_word, reached_words
from funnel.journey import Step


def test_no_word_means_both():
    assert not REACHED & NOT_REACHED


@pytest.mark.parametrize(
    "typed",
    [
        "1",
        "1.0",
        "TRUE",
        "x",
        "X",
        "✓",
        "✔",
        " yes ",
        "Y",
        "Sì",
        "SÍ",
        "sim",
        "Ja",
        "oui",
        "Tak",
        "ДА",
        "evet",
        "ya",
        "はい",
        "○",
        "是",
        "예",
        "نعم",
    ],
)
def test_words_that_mean_reached(typed):
    assert normalize_word(typed) in REACHED


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "  ",
        "0",
        "FALSE",
        "no",
        "N",
        "-",
        "Não",
        "nein",
        "NON",
        "FALSCH",
        "nee",
        "Nie",
        "нет",
        "HAYIR",
        "Hayır",
        "tidak",
        "いいえ",
        "×",
        "否",
        "아니요",
        "لا",
    ],
)
def test_words_that_mean_not_reached(typed):
    assert normalize_word(typed) in NOT_REACHED


@given(st.sampled_from(sorted(REACHED | NOT_REACHED)))
def test_every_word_is_normalized(known):
    assert normalize_word(known) == known
    assert normalize_word(f"  {known.upper()} ") in (
        known,
        known.replace("ı", "i"),
    )  # HAYIR is hayır in Turkish


def test_a_steps_own_words_follow_the_common_ones_once():
    common = reached_words(Step(name="Met"))
    assert set(common) == REACHED
    assert reached_words(Step(name="Met", marks=("Held", "X", " held "))) == (*common, "held")
