"""The forms of a review: what each needs, and what a folder gets."""

import builtins

import pytest

from funnel.errors import WriteError


@pytest.mark.parametrize(
    ("kind", "library", "message"),
    [
        ("pdf", "typst", "A PDF needs the library typst, which is not installed. Write .html and print "
         "that, or install it. In your copy of the project, type uv tool install \".[report]\", "
         "or start with uv run --extra report funnel …"),
        ("pptx", "pptx", "Slides need the library python-pptx, which is not installed. Write .html or "
         ".xlsx, or install it. In your copy of the project, type uv tool install \".[report]\", "
         "or start with uv run --extra report funnel …"),
    ],
)  # fmt: skip
def test_a_missing_library_is_named(review, monkeypatch, tmp_path, kind, library, message):
    real = builtins.__import__

    def without(name, *args, **kwargs):
        if name.split(".")[0] == library:
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(WriteError) as error:
        review.save(tmp_path / f"review.{kind}")
    assert str(error.value) == message
    assert list(tmp_path.iterdir()) == []


def test_a_folder_gets_every_form(review, tmp_path):
    pytest.importorskip("typst")
    pytest.importorskip("pptx")
    made = review.save(tmp_path / "reviews")
    assert sorted(path.name for path in made) == ["review.html", "review.pdf", "review.pptx", "review.xlsx"]
