from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib import font_manager

from funnel.charts.drawing import labels
from funnel.charts.drawing.labels import make_drawable, text_width, wrap, wrap_names

MARK = "\u200e"  # beside a right-to-left part of a line


@settings(max_examples=60)
@given(st.text(max_size=80), st.floats(0.5, 4))
def test_no_line_is_wider_than_its_room(name, room):
    for line in wrap(name, room).split("\n"):
        assert text_width(line) <= room or len(line.replace(MARK, "")) <= 2


@settings(max_examples=60)
@given(st.text(max_size=40))
def test_wrapping_keeps_every_letter(name):
    assert _letters(wrap(name, 2, most=99).replace(MARK, "")) == _letters(make_drawable(name))


def _letters(text: str) -> str:
    """The text without blanks, and without hyphens, which divided words have."""
    return "".join(text.replace("-", "").split())


@pytest.mark.parametrize(
    ("word", "room", "lines"),
    [
        ("Donaudampfschifffahrt", 0.7, ["Donau-", "dampfsch-", "ifffahrt"]),
        ("Kennenlerngespräch", 0.9, ["Kennenlern-", "gespräch"]),
        ("Dreimonatsmitgliedschaftsbestätigung", 2.0, ["Dreimonatsmitglied-", "schaftsbestätigung"]),
        ("Müller-Lüdenscheidt", 0.95, ["Müller-", "Lüdenscheidt"]),
        ("00493012345678", 0.9, ["0049301", "2345678"]),
    ],
)
def test_a_word_that_is_too_wide_is_divided_between_syllables(word, room, lines):
    assert wrap(word, room).split("\n") == lines


def test_names_that_would_read_the_same_leave_out_the_words_they_share():
    long = "Introductory call arranged with the responsible coach in the {} week"
    names = [long.format("first"), "Paid", long.format("second"), long.format("first")]
    shown = wrap_names(names, 1.2, most=2)
    assert shown == [
        "Introductory …\nfirst week",
        "Paid",
        "Introductory …\nsecond week",
        "Introductory …\nfirst week",
    ]


def test_names_that_still_read_the_same_keep_only_the_words_that_differ():
    hows, weeks = ("offered by mail", "attended by them"), ("first", "second")
    steps = [f"Trial session {how} in the {week} week with us" for how in hows for week in weeks]
    assert wrap_names(steps, 2.1, most=1) == [
        "Trial … offered mail first", "Trial … offered mail second", "Trial … attended them first",
        "Trial … attended them second",
    ]  # fmt: skip
    twins = ["Kennenlerngespräch vereinbart", "Kennenlerngespräch durchgeführt"]
    assert wrap_names(twins, 1.2, most=1) == ["… vereinbart", "… durchgeführt"]
    assert wrap_names(["Paid", "Paid"], 1.2) == ["Paid", "Paid"]


def test_too_many_lines_end_in_dots():
    wrapped = wrap("one two three four five six", 0.5, most=3)
    assert wrapped.count("\n") == 2
    assert wrapped.endswith("…")


def test_joiners_and_direction_marks_are_removed():
    assert make_drawable("a\u200d\ufe0f\u2067b\u2069\x00") == "ab"
    assert make_drawable("\ud800") == ""


def test_a_missing_font_is_named(monkeypatch):
    from funnel.charts.drawing import labels

    monkeypatch.setattr(labels, "_missing", {"Katakana": None, "Thai": None})
    assert labels.missing_fonts() == (
        "Some characters are drawn as boxes, because no installed font has them (Katakana and Thai). Install "
        "Noto Sans CJK and Noto Sans Thai, from https://fonts.google.com/noto."
    )
    monkeypatch.setattr(labels, "_missing", {})
    assert labels.missing_fonts() == ""


def test_a_font_installed_since_matplotlib_looked_is_found(tmp_path, monkeypatch):
    manager = font_manager.fontManager
    font = tmp_path / "new.ttf"
    font.write_bytes(Path(font_manager.findfont("DejaVu Sans")).read_bytes())
    monkeypatch.setattr(font_manager, "findSystemFonts", lambda: [str(font), str(tmp_path / "no font.ttf")])
    monkeypatch.setattr(manager, "ttflist", list(manager.ttflist))
    assert labels._add_new_fonts.__wrapped__()
    assert str(font) in {known.fname for known in manager.ttflist}


def test_a_sentence_with_both_directions_keeps_its_order():
    lines = labels.wrap("حجز → بيع loses 3 of 9 (33 %)", 9)
    assert lines == "\u200eحجز\u200e → \u200eبيع\u200e loses 3 of 9 (33 %)"
    assert labels.wrap("حجز الموعد", 9) == "حجز الموعد"


def test_letters_are_looked_for_in_the_upright_face_which_has_the_most():
    assert 0x645 in labels._points("DejaVu Sans")  # Arabic; its slanted faces have none
    assert make_drawable("شهر واحد") == "شهر واحد"


def test_a_missing_script_is_named_once_for_the_texts_that_need_it(monkeypatch):
    monkeypatch.setattr(labels, "_find_font", lambda point: point < 128)
    monkeypatch.setattr(labels, "_missing", {})
    for _ in range(2):
        assert make_drawable("日") == "□"
        assert "(Chinese or Japanese)" in labels.missing_fonts()
    assert labels.missing_fonts() == ""
