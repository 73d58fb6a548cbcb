"""Tables as HTML for notebooks and reviews: every text escaped, a bar behind a rate, the worst row marked."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

BAR = "rgba(66, 133, 190, .30)"  # half transparent, so that text can be read on light and on dark
LONG = 45  # characters of a sentence
_RIGHT = "text-align: right"
_LEFT = "text-align: left"
_DAY = re.compile(r"\d{4}-\d\d(-\d\d)?")  # a browser would break it after a "-"
_CONTROL = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_SPAN = '<span style="opacity: .7">{}</span>'


def escape(text: str) -> str:
    """Escape a text for HTML; a character that controls a terminal, or that no file may contain, is replaced.

    >>> escape("<b> \x1b[2J")
    '&lt;b&gt; \ufffd[2J'
    """
    return html.escape(_CONTROL.sub("\N{REPLACEMENT CHARACTER}", text))


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table.

    Parameters
    ----------
    text : its text.
    bar : the length of the bar behind the text, from 0 to 1; None for none.
    small : text after it, in a weaker colour: the n of a rate.
    pick : the data of a button; "" if the cell is not a button.
    title : the tooltip, also read by screen readers.
    """

    text: str
    bar: float | None = None
    small: str = ""
    pick: str = ""
    title: str = ""


class Prose(str):
    """A text that a notebook shows as a paragraph, without quotes.

    >>> Prose("3 < 4")._repr_html_()
    '<p>3 &lt; 4</p>'
    """

    __slots__ = ()

    def _repr_html_(self) -> str:
        return paragraphs(self)


def table(
    titles: Sequence[str],
    rows: Iterable[Sequence[Cell | str]],
    *,
    texts: Iterable[int] = (),
    caption: str = "",
    groups: Sequence[str] = (),
    notes: Iterable[str] = (),
) -> str:
    """Return a table, numbers right-aligned; the first cell of a row is its heading.

    Parameters
    ----------
    texts : positions of the text columns, which are left-aligned.
    groups : the heading above each row, "" for none; rows with the same heading are adjacent.
    notes : sentences below the table.

    Examples
    --------
    >>> table(["Step", "n"], [["<Met>", "3"]], caption="A & B")
    '<table><caption>A &amp; B</caption>...&lt;Met&gt;</th><td style="text-align: right">3</td>...</table>'
    """
    left = {0, *texts}
    head = "".join(
        f'<th scope="col" style="{_LEFT if at in left else _RIGHT}">{escape(title)}</th>'
        for at, title in enumerate(titles)
    )
    body, above = [], ""
    for at, cells in enumerate(rows):
        group = groups[at] if groups else ""
        if group != above:
            span = f'colspan="{len(titles)}" scope="rowgroup" style="{_LEFT}"'
            body.append(f"<tr><th {span}>{escape(group)}</th></tr>")
            above = group
        body.append(f"<tr>{''.join(_cell(cell, place, left) for place, cell in enumerate(cells))}</tr>")
    title = f"<caption>{escape(caption)}</caption>" if caption else ""
    made = f"<table>{title}<thead><tr>{head}</tr></thead><tbody>{''.join(body)}</tbody></table>"
    return made + "".join(f"<p>{_SPAN.format(escape(note))}</p>" for note in notes if note)


def paragraphs(*texts: str) -> str:
    """Return texts as paragraphs.

    >>> paragraphs("3 < 4", "")
    '<p>3 &lt; 4</p>'
    """
    return "".join(f"<p>{escape(text)}</p>" for text in texts if text)


def bullets(texts: Iterable[str], title: str = "") -> str:
    """Return texts as a list, under a title in bold; "" if there are none.

    >>> bullets(["a", "b"], "Two")
    '<p><b>Two</b></p><ul><li>a</li><li>b</li></ul>'
    """
    items = "".join(f"<li>{escape(text)}</li>" for text in texts)
    return (f"<p><b>{escape(title)}</b></p>" if title else "") + f"<ul>{items}</ul>" if items else ""


def _fit(text: str, left: bool) -> str:
    """Return the style that keeps a number or a date in one line, and gives a sentence some width."""
    if len(text) > LONG:
        return "; min-width: 14em"
    whole = _DAY.fullmatch(text) if left else " " in text
    return "; white-space: nowrap" if whole else ""


def _cell(cell: Cell | str, at: int, left: set[int]) -> str:
    found = Cell(cell) if isinstance(cell, str) else cell
    style = (_LEFT if at in left else _RIGHT) + _fit(found.text, at in left)
    if found.bar is not None:
        end = f"{min(max(found.bar, 0.0), 1.0) * 100:.1f}%"
        style += f"; background: linear-gradient(to right, {BAR} {end}, transparent {end}) no-repeat"
    text = escape(found.text)
    if found.pick:
        text = f'<button type="button" data-pick="{escape(found.pick)}">{text}</button>'
    if found.small:
        text += " " + _SPAN.format(escape(found.small))
    title = f' title="{escape(found.title)}"' if found.title else ""
    return (
        f'<td style="{style}"{title}>{text}</td>'
        if at
        else f'<th scope="row" style="{style}"{title}>{text}</th>'
    )
