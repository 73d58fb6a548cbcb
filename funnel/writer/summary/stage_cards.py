"""The stages on the tab `Funnel`: a card for each, lost stages separate, and clients placed automatically."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from funnel.grid import Area, Value
from funnel.metrics.core.result import Column, words
from funnel.metrics.stages.automatic_stages import SETTERS
from funnel.metrics.stages.cards import IN_TAB as VIEW
from funnel.metrics.stages.cards import RESULT, sales
from funnel.plan import Chart, Link, Series, StyleName
from funnel.text import count, listed
from funnel.writer.page import FIRST, Page, look

if TYPE_CHECKING:
    import pandas as pd

    from funnel.journey import Stage
    from funnel.metrics import Funnel
    from funnel.writer.highlights.stage_rules import StageRules

WAY, LOST = "1F4E79", "B5651D"
MOST_PLACED = 2000
"""Listed clients whose stage was set automatically; more are only counted."""
KEPT = ("clients", "share", "by_hand")
"""Columns that are written even if they are empty."""
_PLACED_NOTE = (
    "These stages come from the journey, not from a typed cell. To override one, type a stage into the "
    "sheet; to return to the automatic stage, empty that cell."
)


def put_sales(sheet: Page, funnel: Funnel) -> None:
    """Write total sales and conversion amount, those that are known."""
    for label, amount, note in sales(funnel):
        sheet.put([label, amount, note], ["label", "count", "note"])


def put_cards(sheet: Page, funnel: Funnel) -> tuple[Area, Area | None]:
    """Write a card for each stage, lost stages separately; return the areas of both.

    Parameters
    ----------
    funnel : of a journey with stages.
    """
    cards = funnel.stages
    lost = cards["lost"].astype(bool)
    sheet.text(VIEW.title, "section")
    sheet.text(words(VIEW.note, funnel), "note")
    way = _table(sheet, cards[~lost], list(_shown(cards, without=())))
    if not lost.any():
        return way, None
    sheet.text("Lost", "section")
    return way, _table(sheet, cards[lost], list(_shown(cards, without=("win_probability",))), reasons=True)


def put_colors(sheet: Page, funnel: Funnel, stages: StageRules) -> None:
    """Write what green and red rows mean, and how many clients lack the colour of their stage."""
    journey = funnel.journey
    marks: tuple[tuple[StyleName, str, tuple[Stage, ...]], ...] = (
        ("green", "Green row", stages.paid), ("red", "Red row", stages.lost),
    )  # fmt: skip
    for color, label, meant in marks:
        if meant:
            names = listed([repr(stage.name) for stage in meant], last="or")
            rules = ", or it is empty and a rule sets the stage" if stages.by_rules(meant) else ""
            dated = ", or the row has a date of leaving" if _dated(funnel) and color == "red" else ""
            sheet.put([label, f"its stage cell is {names}{rules}{dated}"], [color, "plain"])
    if uncoloured := stages.uncoloured:
        one = uncoloured == 1
        sheet.text(
            f"{count(uncoloured, 'client')} in such a stage {'has' if one else 'have'} no colour: "
            f"{'an event or another' if journey.events else 'a'} rule sets it, which a live colour cannot "
            f"follow. See the list at the end of this tab.",
            "note",
        )


def _dated(funnel: Funnel) -> bool:
    return bool({"left_date", "left_reason"} & set(funnel.clients.table.columns))


def put_placed(sheet: Page, funnel: Funnel, tab: str) -> None:
    """List clients whose stage was set automatically, and those whose manual stage overrides a rule."""
    placed = funnel.automatic_stages
    if not len(placed):
        return
    overruled = int(placed["overruled"].notna().sum())
    moved = len(placed) - overruled
    sheet.skip()
    sheet.text("Stages set automatically", "section")
    clients = count(moved, "client")
    sheet.text(
        f"{clients} by a rule or an event; {overruled:,} more overridden by hand. {_PLACED_NOTE}", "note"
    )
    sheet.put(["Client", "Stage", None, "By", "Overridden"], ["header"] * 5)
    for row in placed.head(MOST_PLACED).to_dict("records"):
        who = Link(row["client"] or f"row {row['row']}", tab, f"A{row['row']}")
        instead = f"{row['overruled']}, by a rule or an event" if row["overruled"] else None
        values: list[Value | Link] = [who, row["stage"], None, SETTERS[row["set_by"]], instead]
        sheet.put(values, ["link", *["plain"] * 4])  # type: ignore[list-item]
    if len(placed) > MOST_PLACED:
        sheet.text(f"and {len(placed) - MOST_PLACED:,} more: see `funnel stages --clients`.", "note")


def stage_charts(
    way: Area, lost: Area | None, cards: pd.DataFrame, places: Iterator[Area]
) -> Iterator[Chart]:
    """Yield the charts of the cards: clients in each stage, and in each lost stage if there are any."""
    about = "Clients in each stage now"
    in_order = f"{about}, in the order of the journey."
    yield _chart("stages", "Clients by stage", in_order, way, WAY, next(places))
    if lost and charts_wanted(cards) > 1:
        yield _chart("lost", "Lost clients", f"{about} of those that are lost.", lost, LOST, next(places))


def charts_wanted(cards: pd.DataFrame) -> int:
    """Return the number of charts that `stage_charts` makes."""
    lost = cards.loc[cards["lost"].astype(bool), "clients"]
    return 1 + (len(lost) > 1 and bool(lost.any()))  # a single bar needs no chart


def _chart(name: str, title: str, about: str, rows: Area, color: str, at: Area) -> Chart:
    names, clients = (Area(rows.top, rows.left + n, rows.bottom, rows.left + n) for n in (0, 1))
    series = (Series("Clients", names, clients, color),)
    return Chart(name, "bar", title, series, at, percent=False, description=about)


def _shown(cards: pd.DataFrame, without: tuple[str, ...]) -> Iterator[Column]:
    """Yield the columns with a number other than 0 in any stage."""
    for name in VIEW.columns:
        if name in without:
            continue
        values = cards[name]
        if name.endswith("_at_most") and values.equals(cards[name.removesuffix("_at_most")]):
            continue
        if name in KEPT or bool((values.notna() & (values != 0)).any()):
            yield RESULT.column(name)


def _table(sheet: Page, cards: pd.DataFrame, columns: list[Column], reasons: bool = False) -> Area:
    """Write cards, a row each; return their area."""
    more = [None, RESULT.column("reason").title] if reasons else []
    titles = [RESULT.column("stage").title, *(column.title for column in columns), *more]
    sheet.headers(titles, words=1, after=len(more))
    top = sheet.row
    styles: list[StyleName] = ["label", *(look(column) for column in columns)]
    for card in cards.to_dict("records"):
        name = f"{card['emoji']} {card['stage']}".strip()
        values = [name, *(card[column.name] for column in columns)]
        if reasons:
            values += [None, card["reason"]]
        sheet.put(values, [*styles, "plain", "plain"][: len(values)])
    area = Area(top, FIRST, sheet.row - 1, FIRST + len(columns))
    sheet.skip()
    return area
