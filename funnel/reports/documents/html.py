"""The review as one HTML file: no script, no external files, readable on paper and on a phone.

All text is escaped; the Content-Security-Policy allows nothing but the styles and pictures of the page.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from html import escape as escape_html
from typing import TYPE_CHECKING

from funnel.reports.documents.style import style_sheet
from funnel.reports.documents.text import clean, names_sentence
from funnel.reports.review import Figure, Review, Section, Table

if TYPE_CHECKING:
    from matplotlib.axes import Axes

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"


def escape(text: str) -> str:
    """Return a text without markup; a right-to-left part is isolated."""
    return escape_html(clean(text))


def html(review: Review) -> str:
    """Return the review as an HTML page."""
    cover = review.cover
    contents = "".join(
        f'<li><a href="#{section.name}">{escape(section.title)}</a></li>' for section in review.sections
    )
    facts = "".join(f"<li>{escape(fact)}</li>" for fact in cover.facts)
    main = "".join(_section(review, section) for section in review.sections)
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="funnel">
<meta name="color-scheme" content="light dark">
<title>{escape(cover.title)}</title>
<style>{style_sheet(cover.accent)}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the review</a>
<header>{_logo(review)}<h1>{escape(cover.business)}</h1>
<p class="sub">Review of the client journey</p>
<ul class="facts">{facts}</ul>
</header>
<nav aria-label="Contents"><ul>{contents}</ul></nav>
<main id="main">{main}</main>
<footer><p>Made by funnel. {names_sentence(review)}</p></footer>
</body>
</html>
"""


def _logo(review: Review) -> str:
    logo = review.cover.logo
    if logo is None:
        return ""
    data = b64encode(logo.data).decode()
    source, alt = f"data:image/{logo.kind};base64,{data}", escape(f"Logo of {review.cover.business}")
    return f'<img class="logo" alt="{alt}" src="{source}">'


def _section(review: Review, section: Section) -> str:
    parts = [f'<section id="{section.name}" aria-labelledby="{section.name}-title">']
    parts.append(f'<h2 id="{section.name}-title">{escape(section.title)}</h2>')
    parts += (f"<p{_lead(section, at)}>{escape(text)}</p>" for at, text in enumerate(section.sentences))
    if section.bullets:
        parts.append(f"<ul>{''.join(f'<li>{escape(text)}</li>' for text in section.bullets)}</ul>")
    parts += (_figure(review, section, figure, at) for at, figure in enumerate(section.figures))
    parts += (_table(table) for table in section.tables)
    return "".join([*parts, "</section>"])


def _lead(section: Section, at: int) -> str:
    return ' class="verdict"' if section.name == "verdict" and at == 0 else ""


def _figure(review: Review, section: Section, figure: Figure, at: int) -> str:
    """Draw a figure twice: for a page, and for a phone, where the style sheet shows the narrow one."""
    prefix, label = f"{section.name}-{at}-", escape(f"Chart: {figure.title}")
    wide = _svg(review.draw(figure, None), prefix)
    narrow = _svg(review.draw(figure, "phone"), f"{prefix}phone-")
    frame = f'<div class="frame wide" role="region" tabindex="0" aria-label="{label}">{wide}</div>'
    frame += f'<div class="narrow">{narrow}</div>'
    return f"<figure>{frame}<figcaption>{escape(section.caption(figure))}</figcaption></figure>"


def _svg(axes: Axes, prefix: str) -> str:
    from funnel.charts.drawing.files import inline_svg, root_figure

    return inline_svg(root_figure(axes.figure), prefix)


def _table(table: Table) -> str:
    """Write a table; it scrolls in its own frame where the screen is narrow."""
    head = "".join(
        f'<th scope="col"{_side(column.text)}>{escape(column.title)}</th>' for column in table.columns
    )
    label = escape(f"Table: {table.title}")
    notes = "".join(f'<p class="note">{escape(text)}</p>' for text in _notes(table))
    return (
        f'<div class="frame" role="region" tabindex="0" aria-label="{label}">'
        f'<table style="--columns: {len(table.columns)}">'
        f"<caption>{escape(table.title)}</caption><thead><tr>{head}</tr></thead>"
        f"<tbody>{''.join(_rows(table))}</tbody></table></div>{notes}"
    )


def _notes(table: Table) -> Iterator[str]:
    if table.note:
        yield table.note
    if table.source:
        yield f"Counted from {table.source}."


def _side(text: bool) -> str:
    return "" if text else ' class="n"'


def _rows(table: Table) -> Iterator[str]:
    above = ""
    for group, cells in zip(table.groups or ("",) * len(table.texts), table.texts, strict=True):
        if group != above:
            yield f'<tr><th colspan="{len(cells)}" scope="rowgroup" class="group">{escape(group)}</th></tr>'
            above = group
        first = f'<th scope="row">{escape(cells[0])}</th>'
        rest = (
            f"<td{_side(column.text)}>{escape(cell)}</td>"
            for column, cell in zip(table.columns[1:], cells[1:], strict=True)
        )
        yield f"<tr>{first}{''.join(rest)}</tr>"


def notebook_html(review: Review) -> str:
    """Return the review in a frame of its own, for a notebook."""
    page = escape_html(html(review), quote=True)
    title = escape(review.cover.title)
    return (
        f'<iframe title="{title}" srcdoc="{page}" sandbox="" '
        'style="width: 100%; height: 40rem; border: 1px solid #8886"></iframe>'
    )
