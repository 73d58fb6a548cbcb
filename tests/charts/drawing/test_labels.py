from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib import font_manager

from funnel.charts.drawing import labels
from funnel.charts.drawing.labels import make_drawable, text_width, wrap

MARK = "\u200e"  # beside a right-to-left part of a line


@settings(max_examples=60)
@given(st.text(max_size=80), st.floats(0.5, 4))
def test_no_line_is_wider_than_its_room(name, room):
    for line in wrap(name, room).split("\n"):
        assert text_width(line) <= room or len(line.replace(MARK, "")) <= 2


@settings(max_examples=60)
@given(st.text(max_size=40))
def test_wrapping_keeps_every_letter(name):
    assert "".join(wrap(name, 2, most=99).replace(MARK, "").split()) == "".join(make_drawable(name).split())


def test_a_word_that_is_too_wide_is_cut_into_lines():
    assert wrap("Donaudampfschifffahrt", 0.7).replace("\n", "") == "Donaudampfschifffahrt"


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
