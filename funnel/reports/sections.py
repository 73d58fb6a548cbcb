"""The sections of a review, each made from results of the registry."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from funnel.metrics.results import result, table
from funnel.metrics.tables.leaks import rank_leaks
from funnel.metrics.tables.segments import NOTE
from funnel.metrics.tables.verdicts import verdict_lines
from funnel.reading.sentences import lines
from funnel.reports.changes import changes
from funnel.reports.glossary import GLOSSARY
from funnel.reports.review import Bars, Figure, Heading, Section, Series, Table
from funnel.reports.review_tables import counted_from, plain_table, problems_table, result_table, view
from funnel.text import count

if TYPE_CHECKING:
    from funnel.grid import Grid
    from funnel.metrics import Funnel

COMPARED = ("coach", "source")
LOST = result("steps").column("settled_drop_off").title
MOST_ROWS = 200
"""Rows of a table in a review; the note counts the rest."""


def sections(
    funnel: Funnel,
    by: Sequence[str],
    names: bool,
    since: dt.date | None,
    history: Grid | None,
    tabs: Sequence[str],
) -> Iterator[Section]:
    """Yield the sections in order; if the reading is a guess or the sheet is empty, only some of them."""
    yield _understood(funnel)
    yield Section("verdict", "Verdict and what to work on", tuple(verdict_lines(funnel)))
    if funnel.clients.is_guess:
        yield Section("funnel", "Funnel", ("No rate or leak is given until the questions are answered.",),
                      tables=(_marked(funnel),))  # fmt: skip
    elif funnel.leads:
        yield _funnel(funnel)
        yield _leaks(funnel)
        yield _still_here(funnel)
        yield _cohorts(funnel)
        yield _comparison(funnel, by or _compared(funnel))
        yield _reasons(funnel)
        yield _follow_ups(funnel, names)
        yield changes(funnel, since, history, tabs)
    yield _problems(funnel, names)
    yield Section("definitions", "Definitions used", tables=(
        plain_table("Definitions", ("Word", "Meaning"), GLOSSARY),
    ))  # fmt: skip


def _understood(funnel: Funnel) -> Section:
    reading = funnel.clients.reading
    rows = lines(reading) if reading is not None else []
    shown = (plain_table("Read as", ("What", "Where"), rows),) if rows else ()
    return Section("understood", "What was understood", tables=shown, bullets=tuple(funnel.assumed))


def _marked(funnel: Funnel) -> Table:
    rows = [(str(row["step"]), int(row["marked"])) for row in funnel.steps.to_dict("records")]
    return plain_table("Counts", ("Step", "Marked"), rows, source=counted_from(funnel, "steps"))


def _funnel(funnel: Funnel) -> Section:
    counts = funnel.counts
    columns = ("step", counts, "of_leads", "of_previous", "lost", "left", "not_due", "overdue")
    steps = result_table(
        funnel, "steps", view("Steps", columns, _steps_note(funnel)), source=counted_from(funnel, "steps")
    )
    if not funnel.journey.staged:
        steps = replace(steps, formulas=((2, "{1}/{leads}"), (3, "{1}/{up1}"), (4, "{up1}-{1}")))
    bars = Bars((Series("Clients", 1),), percent=False)
    figures = [Figure("funnel", "Funnel", "Steps", bars=bars)]
    return Section("funnel", "Funnel", figures=tuple(figures), tables=(steps,))


def _steps_note(funnel: Funnel) -> str:
    totals = "" if funnel.journey.staged else ", as in the column totals"
    return f"Counts of all clients{totals}. Not due, overdue: see the definitions."


def _leaks(funnel: Funnel) -> Section:
    columns = (
        "step",
        "n",
        "settled_lost",
        "settled_drop_off",
        "probability_worst",
        "regained_per_100",
        "kept_per_100",
    )
    note = (
        "Settled, lost: see the definitions. Per 100: additional clients per 100 leads if the step reached "
        "its target."
    )
    if not len(funnel.leaks):
        return Section("leaks", "Leaks", (funnel.verdict,))
    ranked = rank_leaks(funnel.leaks)  # in the order of the chart
    source = counted_from(funnel, "steps", "left_date")
    leaks = result_table(funnel, "leaks", view("Leaks", columns, note), ranked, source)
    leaks = replace(leaks, formulas=((3, "{2}/{1}"),))
    lost = Bars((Series(LOST, 3),), n=1)
    figures = (
        Figure("drop_off", "Clients lost at each step", "Leaks", bars=lost),
        Figure("leaks", "Where the funnel leaks", "Leaks"),
    )
    return Section("leaks", "Leaks", figures=figures, tables=(leaks,))


def _still_here(funnel: Funnel) -> Section:
    found = result("retention")
    tables, figures, sentences = [], [], []
    if reason := found.missing(funnel):
        sentences.append(reason)
    else:
        cells = counted_from(funnel, "retention", "lead_date", "left_date")
        shown = result_table(funnel, "retention", found.show[0], source=cells)
        tables.append(replace(shown, formulas=((5, "{2}/{1}"),)))
        if found.has_picture(funnel):
            figures.append(Figure("retention", "Still here", "Still here", bars=_blocks(tables[0])))
    gym = result("gym")
    if not gym.missing(funnel) and len(table(gym, funnel)):
        tables.append(result_table(funnel, "gym", source=counted_from(funnel, "steps", "left_date")))
    survival = result("survival")
    if tables and survival.has_picture(funnel) and len(funnel.survival):
        figures.append(Figure("survival", "How long clients stay", tables[0].title))
    return Section("still_here", "Still here", tuple(sentences), tuple(figures), tuple(tables))


def _blocks(retention: Table) -> Bars:
    """Return a series of bars for each group of the retention table."""
    groups = list(dict.fromkeys(retention.groups))
    rate = next(at for at, column in enumerate(retention.columns) if column.title == "Rate")
    rows = {name: [at for at, of in enumerate(retention.groups) if of == name] for name in groups}
    return Bars(tuple(Series(name, rate, (at[0], at[-1])) for name, at in rows.items()), n=1, upright=True)


def _cohorts(funnel: Funnel) -> Section:
    found = result("cohorts")
    if reason := found.missing(funnel):
        return Section("cohorts", "Cohorts", (reason,))
    if not len(funnel.cohorts()):
        return Section("cohorts", "Cohorts", ("No client has a lead date.",))
    shown = result_table(funnel, "cohorts", found.alone, source=counted_from(funnel, "steps", "lead_date"))
    return Section("cohorts", "Cohorts", figures=(Figure("cohorts", "Cohorts by lead date", shown.title),),
                   tables=(shown,))  # fmt: skip


def _compared(funnel: Funnel) -> tuple[str, ...]:
    return tuple(role for role in COMPARED if role in funnel.clients.columns)


def _comparison(funnel: Funnel, by: Sequence[str]) -> Section:
    if not by:
        sentence = "The sheet has no column of coaches or sources. Name another column with --by."
        return Section("comparison", "Comparison", (sentence,))
    sentences: list[str] = []
    tables, figures = [], []
    paid = funnel.journey.paid or funnel.journey.steps[-1]
    columns = ("value", "clients", "marked", "of_leads", "settled_n", "settled_drop_off", "p_family")
    for column in by:
        sentences += funnel.differences(column)
        rows = funnel.by(column)
        rows = rows[rows["step"] == paid.name]
        title = f"By {column}, at {paid.name}"
        cells = counted_from(funnel, "steps", column)
        shown = result_table(funnel, "segments", view(title, columns, NOTE), rows, source=cells)
        tables.append(replace(shown, formulas=((3, "{2}/{1}"),)))
        bars = Bars((Series(LOST, 5),), n=4)
        options = (("by", column), ("step", paid.name))
        figures.append(Figure("segments", f"Lost at {paid.name}, by {column}", title, options, bars))
    return Section("comparison", "Comparison", tuple(dict.fromkeys(sentences)), tuple(figures), tuple(tables))


def _reasons(funnel: Funnel) -> Section:
    found = result("leavers")
    if reason := found.missing(funnel):
        return Section("reasons", "Reasons for leaving", (reason,))
    if not len(funnel.leavers()):
        return Section("reasons", "Reasons for leaving", ("No client is known to have left.",))
    columns = ("reason", "n", "share", "added_up", "median_months")
    cells = counted_from(funnel, "left_reason", "left_date")
    reasons = result_table(funnel, "leavers", view("Reasons", columns), source=cells)
    shares = ((2, "{1}/SUM({all1})"), (3, "SUM({so1})/SUM({all1})"))
    reasons = replace(reasons, formulas=shares)
    steps = funnel.leavers("step").rename(columns={"step": "reason"})
    last = result_table(funnel, "leavers", view("Last step reached", columns), steps, source=cells)
    last = _renamed(last, "Last step reached")
    figure = Figure(
        "leavers", "Why clients left", "Reasons", bars=Bars((Series("Clients who left", 1),), percent=False)
    )
    return Section("reasons", "Reasons for leaving", figures=(figure,), tables=(reasons, last))


def _renamed(found: Table, first: str) -> Table:
    """Return a table with another title for its first column."""
    head = Heading(first, "text", True)
    return replace(found, columns=(head, *found.columns[1:]))


def _follow_ups(funnel: Funnel, names: bool) -> Section:
    due = funnel.due()
    if not len(due):
        return Section("follow_ups", "Follow-ups", ("No follow-up is open.",))
    due = due.assign(coach=due["coach"].fillna("(no coach)"))
    grouped = due.groupby(["coach", "follow_up"], sort=False)
    rows = [
        (*key, len(part), int((part["state"] == "overdue").sum()), int(part["days_waiting"].max()))
        for key, part in grouped
    ]
    headings = ("Coach", "Follow-up", "Clients", "Of them, overdue", "Longest wait (days)")
    cells = counted_from(funnel, "steps", "lead_date", "coach")
    tables = [plain_table("Open follow-ups", headings, rows, source=cells)]
    overdue = int((due["state"] == "overdue").sum())
    sentence = f"{count(len(due), 'client')} to follow up with; of them {overdue:,} overdue."
    if names:
        listed = due[["coach", "client", "follow_up", "ask", "since", "days_waiting"]].head(MOST_ROWS)
        columns = ("Coach", "Client", "Follow-up", "What to ask", "Since", "Days waiting")
        more = len(due) - len(listed)
        note = f"{more:,} more: see `funnel due`." if more else ""
        tables.append(plain_table("Who to ask", columns, listed.itertuples(index=False), note=note))
    return Section("follow_ups", "Follow-ups", (sentence,), tables=tuple(tables))


def _problems(funnel: Funnel, names: bool) -> Section:
    if not funnel.problems:
        return Section("problems", "Data problems", ("No problems were found in the sheet.",))
    sentence = f"{count(len(funnel.problems), 'problem')}. `funnel check` lists each with its cell."
    return Section(
        "problems", "Data problems", (sentence,), tables=(problems_table(funnel, names, MOST_ROWS),)
    )
