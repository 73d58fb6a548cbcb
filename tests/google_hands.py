"""What people do at a sheet between our reading and our writing, drawn at random; and what must hold then."""

from __future__ import annotations

import re
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from hypothesis import strategies as st
from sheets_server.errors import ApiError

import funnel
from funnel.grid import TOTALS_LABELS
from funnel.plan import OUR_FILLS
from funnel.schema import step_mark
from funnel.sheets.google.read import ids
from funnel.writer.highlights.paint import row_colors

Edit = Callable[[SimpleNamespace], Any]
Script = list[tuple[str, Edit]]

OURS = ("=SUMPRODUCT(--((", '=IF(INDIRECT("R[-')
PAINT = "EA9999"
HAND = re.compile(r"by hand \d+")

rows, low = st.integers(2, 8), st.integers(2, 30)
columns, wide = st.sampled_from("ABCDEFG"), st.sampled_from("BCDEFGHIJ")
values = st.sampled_from([1, "x", "no", "2026-03-01", "=1+1", "a note", "Zoe Park", 0, True, ""])
notes = st.integers(0, 99).map(lambda n: f"by hand {n}")
OWN = st.sampled_from(["summary", "history", "log"])


def clients(gym: SimpleNamespace) -> str:
    """The client tab, whatever it is called by now."""
    return next(str(each.title) for each in gym.book.tabs if each.id == 0)


def own(gym: SimpleNamespace, name: str) -> str:
    """A tab of ours, whatever it is called by now."""
    return next(str(each.title) for each in gym.book.tabs if each.id == ids.tab_id(name))


def block(gym: SimpleNamespace) -> int:
    """The first row of the totals."""
    entered = gym.person.entered(clients(gym)).items()
    return next(int(at[1:]) for at, value in entered if value == "Totals")


def chart(gym: SimpleNamespace, sheet: int) -> None:
    """A person's own chart."""
    area = {
        "sheetId": sheet,
        "startRowIndex": 0,
        "endRowIndex": 4,
        "startColumnIndex": 0,
        "endColumnIndex": 1,
    }
    source = {"sourceRange": {"sources": [area]}}
    spec = {"title": "mine", "basicChart": {"chartType": "LINE", "series": [{"series": source}]}}
    at = {"overlayPosition": {"anchorCell": {"sheetId": sheet, "rowIndex": 30, "columnIndex": 3}}}
    gym.person.ask({"addChart": {"chart": {"spec": spec, "position": at}}})


def note(gym: SimpleNamespace, sheet: int, row: int, text: str) -> None:
    """A note on a cell."""
    start = {"sheetId": sheet, "rowIndex": row, "columnIndex": 1}
    gym.person.ask(
        {"updateCells": {"start": start, "rows": [{"values": [{"note": text}]}], "fields": "note"}}
    )


def own_rule(gym: SimpleNamespace, index: int) -> None:
    """A person's own conditional format, put before or after ours."""
    condition = {"type": "CUSTOM_FORMULA", "values": [{"userEnteredValue": "=$J2=1"}]}
    made = {"condition": condition, "format": {"backgroundColor": {"blue": 1}}}
    rule = {"ranges": [{"sheetId": 0, "startRowIndex": 1, "endRowIndex": 20}], "booleanRule": made}
    place = min(index, len(gym.book.tab(0).conditional))
    gym.person.ask({"addConditionalFormatRule": {"rule": rule, "index": place}})


def act(name: str, do: Callable[..., Any], *drawn: st.SearchStrategy[Any]) -> Any:
    """One thing that a person does, with its name."""
    return st.tuples(*drawn).map(lambda at: (f"{name}{at}", lambda gym: do(gym, *at)))


def on_the_client_tab() -> st.SearchStrategy[tuple[str, Edit]]:
    def p(name: str, *drawn: Any, **_: Any) -> Any:
        return act(name, lambda g, *at: getattr(g.person, name)(clients(g), *at), *drawn)

    few = st.integers(1, 2)
    return st.one_of(
        act("type", lambda g, r, c, v: g.person.type(clients(g), f"{c}{r}", v), rows, columns, values),
        p("insert_rows", rows, few),
        p("delete_rows", rows),
        p("move_rows", rows, st.just(1), rows),
        p("insert_columns", st.integers(1, 7), few),
        p("delete_columns", st.integers(6, 8)),
        act(
            "sort", lambda g, c, d: g.person.sort(clients(g), "A2:G5", c, d), st.integers(1, 6), st.booleans()
        ),
        act("sort all", lambda g, c: g.person.sort(clients(g), "A2:G40", c), st.integers(1, 6)),
        act("filter", lambda g: g.person.filter(clients(g), "A1:G5", 3, ("x",))),
        act("paint", lambda g, r: g.person.paint(clients(g), f"A{r}:F{r}", PAINT), rows),
        act("lead", lambda g, v: g.person.add_row(clients(g), ["New", "2026-04-01", v]), values),
        act("lead in the gap", gap, st.integers(1, 3)),
        act("below", lambda g, r: g.person.type(clients(g), f"A{r + 8}", "remember"), rows),
        act("on totals", totals_cell, st.integers(0, 2), columns, values),
        act("own rule", own_rule, st.integers(0, 2)),
        act("paste rule", lambda g, i: g.person.duplicate_rule(clients(g), i, "B2:C5"), st.integers(0, 1)),
        act("copy", lambda g, r, to: g.person.copy_paste(clients(g), f"A{r}:G{r}", f"A{to + 9}"), rows, rows),
        act("note", lambda g, r: note(g, 0, r, "ask her"), rows),
        act("chart", lambda g: chart(g, 0)),
        act("rename", lambda g, n: g.person.rename_tab(clients(g), n), st.sampled_from(["Leads", "Ours"])),
        act("move tab", lambda g, n: g.person.move_tab(clients(g), n), st.integers(0, 2)),
        act("new tab", lambda g: g.person.add_tab("Mine", 0)),
    )


def on_our_tabs() -> st.SearchStrategy[tuple[str, Edit]]:
    def p(name: str, *drawn: Any) -> Any:
        return act(name, lambda g, tab, *at: getattr(g.person, name)(own(g, tab), *at), OWN, *drawn)

    return st.one_of(
        act("write", lambda g, t, r, c, v: g.person.type(own(g, t), f"{c}{r}", v), OWN, low, wide, notes),
        act("write beside", lambda g, t, r, v: g.person.type(own(g, t), f"T{r}", v), OWN, low, notes),
        p("insert_rows", low),
        p("delete_rows", low),
        p("insert_columns", st.integers(2, 5)),
        p("move_rows", low, st.just(1), low),
        act("sort ours", lambda g, t, c: g.person.sort(own(g, t), "A4:H12", c), OWN, st.integers(2, 5)),
        act("paint ours", lambda g, t, r: g.person.paint(own(g, t), f"B{r}:D{r}", PAINT), OWN, low),
        act("note on ours", lambda g, t, r: note(g, ids.tab_id(t), r, "hm"), OWN, low),
        act("chart on ours", lambda g, t: chart(g, ids.tab_id(t)), OWN),
        act("rename ours", lambda g, t: g.person.rename_tab(own(g, t), f"{own(g, t)} (old)"), OWN),
        p("delete_tab"),
        p("move_tab", st.integers(0, 3)),
        act("move chart", lambda g: g.person.move_chart(own(g, "summary"), 0, "K40", 640, 480)),
        act("drop chart", lambda g: g.person.delete_chart(own(g, "summary"), 0)),
    )


def gap(gym: SimpleNamespace, above: int) -> None:
    """A lead typed into one of the blank rows above the totals."""
    gym.person.add_row(clients(gym), ["Gap Lead", "2026-04-02", 1], at=block(gym) - above)


def totals_cell(gym: SimpleNamespace, down: int, column: str, value: Any) -> None:
    """Something typed over the totals."""
    gym.person.type(clients(gym), f"{column}{block(gym) + down}", value)


def play(gym: SimpleNamespace, script: Script) -> None:
    """Do what can be done: a tab may be gone, a row beyond the end."""
    for _, do in script:
        try:
            do(gym)
        except (ApiError, AssertionError, IndexError, StopIteration):
            continue


# --- what is a person's ------------------------------------------------------------------------------------


def is_ours(value: Any) -> bool:
    return value in TOTALS_LABELS or (isinstance(value, str) and value.startswith(OURS))


def theirs(gym: SimpleNamespace) -> dict[Any, Any]:
    """Everything in the spreadsheet that a person made, by where it is."""
    found: dict[Any, Any] = {}
    for tab in gym.book.tabs:
        if tab.id in ids.BACKUP_TABS:
            continue
        for at, value in gym.person.entered(tab.title).items():
            if (tab.id in ids.TABS and HAND.fullmatch(str(value))) or (
                tab.id not in ids.TABS and not is_ours(value)
            ):
                found[tab.id, at] = value
        for row, column, cell in tab.filled(tab.box):
            if "note" in cell:
                found[tab.id, row, column, "note"] = cell["note"]
        found[tab.id, "rules"] = [str(rule) for rule in tab.conditional if "funnel:" not in str(rule)]
        found[tab.id, "charts"] = [str(c) for c in tab.charts if "[funnel " not in str(c)]
        found[tab.id, "filter"] = tab.filter
    return {at: value for at, value in found.items() if value not in ([], None)}


# --- what is ours ------------------------------------------------------------------------------------------


def check_ours(gym: SimpleNamespace) -> None:
    """One block that says what the loader counts, rules that colour as they should, one of each tab."""
    opened = funnel.load(gym.url, journey=gym.journey)
    results = funnel.Funnel(opened, gym.today)
    tab = clients(gym)
    entered, seen = gym.person.entered(tab), gym.person.seen(tab)
    layout = opened.layout
    assert layout is not None
    assert layout.block is not None, entered
    row = layout.block.top
    assert [at[1:] for at, v in entered.items() if v == "Totals"] in ([str(row)], []), entered  # typed over
    for step, marked in zip(results.steps["step"], results.steps["marked"], strict=True):
        if step_mark(step) in layout.columns:
            at = f"{chr(64 + layout.columns[step_mark(step)])}{row}"
            if is_ours(entered.get(at)):
                assert seen.get(at) == str(int(marked)), (step, at, seen)
            else:
                assert at in entered, (step, at, entered)  # typed over, and left so
    rules = [str(rule) for rule in gym.book.tab(0).conditional if "funnel:" in str(rule)]
    assert len(rules) == len({"left_date", step_mark("First paid session")} & layout.columns.keys())
    check_colours(gym, tab, row_colors(results), opened)
    found = [each.id for each in gym.book.tabs]
    assert len(found) == len(set(found))
    assert len([each for each in found if each in ids.BACKUP_TABS]) <= 1
    for each in gym.book.tabs:
        assert len([c for c in each.charts if "[funnel " in str(c)]) <= (2 if each.id in ids.TABS else 0)


def check_colours(gym: SimpleNamespace, tab: str, wanted: Any, opened: Any) -> None:
    """Each client's row has its colour; one that was painted by hand keeps that, and so do its namesakes."""
    names = {int(row): name for row, name in zip(opened.table["row"], opened.table["client"], strict=True)}
    own_look = {
        row: gym.book.tab(0).cell(row - 1, 0).get("userEnteredFormat", {}).get("backgroundColor")
        for row in names
    }
    painted = {names[row] for row, look in own_look.items() if look}
    column = chr(64 + opened.layout.columns["client"])
    for row, name in names.items():
        if name not in painted:
            shade = OUR_FILLS[wanted[row]] if row in wanted else None
            assert gym.person.color(tab, f"{column}{row}") in (shade, "0000FF"), (row, name)
    for row in (opened.layout.header, opened.layout.block.top):
        assert gym.person.color(tab, f"{column}{row}") not in OUR_FILLS.values()
