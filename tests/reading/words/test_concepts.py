"""Words of headers and values: how an entry of the vocabulary is compared."""

import pytest

from funnel.reading.words.concepts import has_word


@pytest.mark.parametrize(
    ("header", "known"),
    [
        ("Has a car", True), ("Hasil", False), ("Tem carro", True), ("Tanggal janji temu dibuat", False),
        ("Hat ein Auto", True), ("Hatha class", False),
    ],
)  # fmt: skip
def test_a_word_before_a_space_and_a_star_is_a_word_of_its_own(header, known):
    assert has_word("attribute", header) == known
