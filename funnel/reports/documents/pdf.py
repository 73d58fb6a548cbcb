"""The review as a PDF with real text and tags, made by Typst (docs/decisions/0029).

All text is passed to the document as data, so no typed text can become markup.
"""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path
from typing import Any, Final

from funnel.errors import WriteError, install_hint
from funnel.reports.documents.text import clean, names_sentence
from funnel.reports.review import Figure, Review, Section, Table

PAGE, TALLEST = 174.0, 158.0  # millimetres: width of the text, and height of a figure above its table
STANDARD: Final = "ua-1"  # PDF/UA: tags, titles and alternative texts are checked while the file is made


def pdf(review: Review) -> bytes:
    """Return the review as a PDF file.

    Raises
    ------
    WriteError : the library is not installed.
    """
    try:
        from typst import compile as make_pdf
    except ImportError:
        raise WriteError(
            "A PDF needs the library typst, which is not installed. Write .html and print that, or install "
            f"it. {install_hint('report')}"
        ) from None
    from matplotlib import get_data_path

    template = (resources.files("funnel.reports.documents") / "review.typ").read_bytes()
    fonts = Path(get_data_path()) / "fonts" / "ttf"
    made: bytes = make_pdf(
        template,
        font_paths=[str(fonts)],
        format="pdf",
        sys_inputs={"review": json.dumps(_data(review), ensure_ascii=False)},
        pdf_standards=STANDARD,
    )
    return made


def _data(review: Review) -> dict[str, Any]:
    """Return the data for the template."""
    cover = review.cover
    logo = None if cover.logo is None else list(cover.logo.data)
    return {
        "title": clean(cover.title),
        "business": clean(cover.business),
        "subtitle": "Review of the client journey",
        "facts": [clean(fact) for fact in cover.facts],
        "accent": cover.accent,
        "logo": logo,
        "logo_alt": clean(f"Logo of {cover.business}"),
        "footer": clean(f"{cover.business}, as of {cover.as_of}. {names_sentence(review)}"),
        "sections": [_section(review, section) for section in review.sections],
    }


def _section(review: Review, section: Section) -> dict[str, Any]:
    return {
        "name": section.name,
        "title": section.title,
        "sentences": [clean(text) for text in section.sentences],
        "bullets": [clean(text) for text in section.bullets],
        "figures": [_figure(review, section, figure) for figure in section.figures],
        "tables": [_table(table) for table in section.tables],
    }


def _figure(review: Review, section: Section, figure: Figure) -> dict[str, Any]:
    from funnel.charts.drawing.files import alt_text, inline_svg, root_figure

    drawn = root_figure(review.draw(figure, "page").figure)
    wide, high = drawn.get_size_inches()
    return {
        "high": min(TALLEST, PAGE * high / wide),
        "svg": inline_svg(drawn, ""),
        "alt": clean(alt_text(drawn) or figure.title),
        "caption": clean(section.caption(figure)),
    }


def _table(table: Table) -> dict[str, Any]:
    columns = [
        {
            "title": clean(column.title),
            "text": column.text,
            "wide": _is_wide(table, at),
            "chars": max(map(len, [*(row[at] for row in table.texts), *column.title.split(), "12345"])),
        }
        for at, column in enumerate(table.columns)
    ]
    return {
        "title": clean(table.title),
        "columns": columns,
        "rows": [[clean(cell) for cell in row] for row in table.texts],
        "groups": [clean(text) for text in starts(table)],
        "note": clean(table.note),
        "source": clean(f"Counted from {table.source}.") if table.source else "",
    }


def _is_wide(table: Table, at: int) -> bool:
    return table.columns[at].text and any(len(row[at]) > (40 if at == 0 else 18) for row in table.texts)


def starts(table: Table) -> list[str]:
    """Return the heading above each row, only where it begins."""
    groups = table.groups or ("",) * len(table.texts)
    return [group if at == 0 or group != groups[at - 1] else "" for at, group in enumerate(groups)]
