"""The pages of the explorer as HTML, one function each; a page computes only what it shows.

A number that can be clicked is a button with the clients behind it, `People` as JSON.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, TypeAlias

from funnel import html
from funnel.clients.problems import problems_html
from funnel.explorer.exploration import Exploration, People
from funnel.metrics.core.flags import FLAGS
from funnel.metrics.html import result_html, shown_html, table_html, worst_step
from funnel.metrics.results import result, results
from funnel.metrics.tables.leaks import rank_leaks
from funnel.metrics.tables.verdicts import verdict_lines
from funnel.metrics.views import show, whole_view
from funnel.text import cell_text, count

if TYPE_CHECKING:
    import pandas as pd

    from funnel.metrics.core.result import Column

Page: TypeAlias = Callable[[Exploration], str]
ANSWER = "Answer the questions above, and write the answers."
LEAKS_NOTE = (
    "Target: the declared share of clients who reach the step, else that of the best segment, else 10 points "
    "more. Per 100: what the target would bring, per 100 leads. Worst step: the probability that this step "
    "loses most."
)
NO_STAGES = (
    "The journey has no stages. Choose a journey with stages above, such as 'lifecycle', or declare "
    "[[stage]] in the journey file (docs/journeys.md)."
)
LOST = ("settled_left", "settled_overdue")
MOST = 200  # clients shown in a list; the CSV has all


def asked(pick: str) -> People:
    """Parse the clients of a button.

    >>> asked(pick_of(People("Paid", ("overdue",), (("coach", "Zoe"),)))).by
    (('coach', 'Zoe'),)
    """
    found = json.loads(pick)
    return People(
        found["step"], tuple(found["statuses"]), tuple((name, value) for name, value in found["by"])
    )


def pick_of(people: People) -> str:
    """Return the clients of a button as JSON."""
    return json.dumps(asdict(people), ensure_ascii=False)


def overview(e: Exploration) -> str:
    """Return the verdict, what to work on, the steps, and what was understood."""
    funnel = e.funnel
    parts = [html.paragraphs(f"{count(funnel.leads, 'client')}, as of {funnel.as_of}."), _verdict(e)]
    parts.append(result_html(funnel, "steps", at_step))
    if e.reading is not None:
        parts.append(f"<details><summary>What was understood</summary>{e.reading._repr_html_()}</details>")
    parts.append(html.bullets(funnel.assumed, "Assumed"))
    return "".join(parts)


def _verdict(e: Exploration) -> str:
    """Return the verdict in bold and the sentences after it; before the questions are answered, that."""
    if e.reading is not None and e.reading.is_guess:
        return html.paragraphs("No verdict yet, because it is not certain what the sheet contains. " + ANSWER)
    first, *others = verdict_lines(e.funnel)
    return f"<p><b>{html.escape(first)}</b></p>{html.paragraphs(*others)}"


def leaks(e: Exploration) -> str:
    """Return the leaks, the worst first, and the number of clients in each state."""
    funnel = e.funnel
    if not len(funnel.leaks):
        return _verdict(e)
    found = result("leaks")
    worst = worst_step(funnel)
    stands = result("steps")
    second = shown_html(show(stands, stands.show[1], funnel, funnel.steps), at_step, worst)
    table = table_html(funnel.leaks, found, funnel, at_leak) + html.paragraphs(LEAKS_NOTE)
    return _verdict(e) + table + second


def still_here(e: Exploration) -> str:
    """Return retention by the chosen clock, how long clients stay, and why they left."""
    funnel, clock = e.funnel, e.settings.clock
    found = result("retention")
    if reason := found.missing(funnel):
        return html.paragraphs(f"{found.title}: {reason}") + result_html(funnel, "leavers")
    rows = funnel.retention[funnel.retention["clock"] == clock]
    if not len(rows):
        return html.paragraphs(
            "Still here: the paid step has no dates, so months since the first payment are unknown."
        )
    months = {s.months: s.name for s in funnel.journey.retention}

    def at_month(column: Column, row: Mapping[Any, Any]) -> str:
        step = months.get(row["months"])
        known = column.name in ("reached", "left", "overdue") and row["of"] == "leads" and clock == "lead"
        return pick_of(People(step, (column.name,))) if step and known and row[column.name] else ""

    view = found.show[0] if clock == "lead" else whole_view(found, rows)
    main = shown_html(show(found, view, funnel, rows), at_month)
    return main + result_html(funnel, "engagement") + result_html(funnel, "leavers")


def cohorts(e: Exploration) -> str:
    """Return the share of each month's leads that reached each step, and the trend of the worst step."""
    funnel = e.funnel
    table = funnel.cohorts()
    known = set(table["cohort"])

    def at_cohort(column: Column, row: Mapping[Any, Any]) -> str:
        if column.name not in known or "step" not in row:
            return ""
        return pick_of(People(row["step"], ("reached",), (("month", column.name),)))

    trends = funnel.trends(e.settings.window)
    worst = worst_step(funnel) or funnel.journey.steps[0].name
    found = result("trends")
    rows = trends[trends["step"] == worst].drop(columns=["step", "kind", "window"])
    title = f"{worst}: over {count(e.settings.window, 'month')} of leads"
    return (
        result_html(funnel, "cohorts", at_cohort) + html.paragraphs(title) + table_html(rows, found, funnel)
    )


def compare(e: Exploration) -> str:
    """Return the steps of each value of a column."""
    funnel, column = e.funnel, e.compared
    if column is None:
        return html.paragraphs(
            "Compare: the sheet has no column of coaches or sources, and no dates of leads."
        )

    def at_value(cell: Column, row: Mapping[Any, Any]) -> str:
        if cell.name not in FLAGS or not row[cell.name]:
            return ""
        return pick_of(People(row["step"], (cell.name,), ((column, str(row["value"])),)))

    return table_html(funnel.compare(column), result("segments"), funnel, at_value)


def differences(e: Exploration) -> str:
    """Return which values of the compared column differ beyond chance; as slow as their table."""
    return html.bullets(e.funnel.differences(e.compared)) if e.compared else ""


def stages(e: Exploration) -> str:
    """Return a card for each stage, and the stuck clients."""
    funnel = e.funnel
    if not funnel.journey.stages:
        return html.paragraphs(NO_STAGES)

    def at_stage(column: Column, row: Mapping[Any, Any]) -> str:
        return pick_of(People(None, (), (("stage", row["stage"]),))) if column.name == "clients" else ""

    cards = table_html(funnel.stages, result("stages"), funnel, at_stage)
    stuck = funnel.stuck
    n = int(funnel.stages["stuck"].sum())
    too_long = frame_html(stuck, f"In a stage for too long ({n:,})") if len(stuck) else ""
    listed = getattr(funnel, "stage_clients")  # noqa: B009  (a result of the registry)
    return cards + too_long + frame_html(listed, "Clients by stage")


def people(e: Exploration) -> str:
    """Return the clients behind a number."""
    return list_html(e, LISTS["People"](e))


def follow_up(e: Exploration) -> str:
    """Return the clients to contact, by coach."""
    return list_html(e, LISTS["Follow up"](e))


def list_html(e: Exploration, found: pd.DataFrame) -> str:
    """Return some or all clients of the list of the open page, under what they are."""
    if e.settings.page == "Follow up":
        return frame_html(found, f"{count(len(found), 'client')} to contact")
    s = e.settings.people
    statuses = " or ".join(status.removeprefix("settled_").replace("_", " ") for status in s.statuses)
    words = [f"{statuses} at {s.step!r}"] if statuses else []
    words += [f"{name} {value!r}" for name, value in s.by]
    return frame_html(found, f"{count(len(found), 'client')}: {', '.join(words) or 'all of them'}")


LISTS: dict[str, Callable[[Exploration], pd.DataFrame]] = {
    "People": lambda e: e.people(),
    "Follow up": lambda e: e.funnel.due().drop(columns=["cell"]),
}
"""Page -> its list of clients, which can be filtered, copied and saved."""


def problems(e: Exploration) -> str:
    """Return the problems of the sheet."""
    return problems_html(e.funnel.problems, most=50)


PAGES: dict[str, Page] = {
    "Overview": overview,
    "Where it leaks": leaks,
    "Still here": still_here,
    "Cohorts": cohorts,
    "Compare": compare,
    "Stages": stages,
    "People": people,
    "Follow up": follow_up,
    "Problems": problems,
}
CHARTS = {
    "Overview": ("funnel",), "Where it leaks": ("leaks",), "Still here": ("retention",),
    "Cohorts": ("cohorts",), "Compare": ("segments",), "Stages": ("stages", "moves"),
}  # fmt: skip
"""Page -> its charts, of those that `Funnel.plot` has."""


def chart(e: Exploration) -> str:
    """Return the charts of the open page as SVG with text; "" if there is nothing to draw."""
    from funnel.charts.drawing.labels import missing_fonts

    drawn = [_chart(e, name) for name in CHARTS.get(e.settings.page, ())]
    boxes = missing_fonts() if any(drawn) else ""
    return "".join(drawn) + html.paragraphs(boxes)


def _chart(e: Exploration, name: str) -> str:
    """Return one chart, or why it cannot be drawn; "" if the page says so already."""
    from funnel.charts.drawing.files import inline_svg, root_figure

    funnel = e.funnel
    found, declared = next(
        (found, chart) for found in results() for chart in found.every_chart if chart.name == name
    )
    if reason := found.no_picture(funnel, declared):
        return "" if found.missing(funnel) else html.paragraphs(f"No chart of {name}: {reason}")
    if name == "segments" and e.compared is None:
        return ""
    axes = funnel.plot.segments(e.compared) if name == "segments" else getattr(funnel.plot, name)()
    rows = _rows(e, name)
    for at, bar in enumerate(axes.patches):
        row = round(bar.get_y() + bar.get_height() / 2) if rows and bar.get_alpha() is None else -1
        if 0 <= row < len(rows):
            bar.set_gid(f"row-{row}-{at}")
    picture = inline_svg(root_figure(axes.figure), f"{name}-")

    def clicked(found: re.Match[str]) -> str:
        return f'{found[0]} data-pick="{html.escape(pick_of(rows[int(found[1])]))}"'

    picture = re.sub(rf'id="{name}-row-(\d+)-\d+"', clicked, picture)
    return f'<div class="funnel-chart">{picture}</div>'


def _rows(e: Exploration, name: str) -> list[People]:
    """Return the clients behind each bar of a chart, from the top; the bars can be clicked."""
    if name == "funnel":
        return [People(), *(People(step, (e.settings.counts,)) for step in e.funnel.steps["step"])]
    if name == "leaks":
        return [People(step, LOST) for step in rank_leaks(e.funnel.leaks, "rate")["step"]]
    return []


def at_step(column: Column, row: Mapping[Any, Any]) -> str:
    """Return the clients that a cell of the steps table counts."""
    known = column.name in FLAGS and "step" in row and row[column.name]
    return pick_of(People(row["step"], (column.name,))) if known == known and known else ""


def at_leak(column: Column, row: Mapping[Any, Any]) -> str:
    """Return the clients lost at a leak."""
    if column.name != "settled_lost" or not row["settled_lost"]:
        return ""
    return pick_of(People(row["step"], LOST))


def frame_html(table: pd.DataFrame, caption: str) -> str:
    """Return a list of clients as a table."""
    rows = [[cell_text(value) for value in row] for row in table.head(MOST).itertuples(index=False)]
    titles = [str(name).replace("_", " ").capitalize() for name in table]
    numbers = {at for at, name in enumerate(table) if table[name].dtype.kind in "if"}
    more = len(table) - len(rows)
    note = f"… and {count(more, 'client')} more: the CSV has all." if more > 0 else ""
    return html.table(
        titles,
        rows,
        texts=[at for at in range(len(titles)) if at not in numbers],
        caption=caption,
        notes=[note],
    )
