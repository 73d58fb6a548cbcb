"""Convert formulas between English notation and that of a locale."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funnel.sheets.google.read.formulas import from_locale, separator, to_locale

LOCALES = {
    "en_US": ",", "en_GB": ",", "it_IT": ";", "de_DE": ";", "de_CH": ",", "fr_FR": ";", "pt_BR": ";",
    "es_ES": ";", "es_MX": ",", "ja_JP": ",", "tr_TR": ";",
}  # fmt: skip


@pytest.mark.parametrize(("locale", "sign"), LOCALES.items())
def test_separators_of_arguments(locale: str, sign: str) -> None:
    assert separator(locale) == sign


@pytest.mark.parametrize("locale", LOCALES)
@given(
    parts=st.lists(
        st.sampled_from(['"a, b"', '"say ""x; y"""', "'Our, tab'!A1", "SUM(", ")", ",", "A1", "1"])
    )
)
def test_round_trip(locale: str, parts: list[str]) -> None:
    formula = "=" + "".join(parts)
    assert from_locale(to_locale(formula, locale), locale) == formula


def test_texts_and_names_of_tabs_are_unchanged() -> None:
    assert to_locale("=IF('a,b'!A1=\"x,y\",1,2)", "de_DE") == "=IF('a,b'!A1=\"x,y\";1;2)"
