"""The tasks for Todoist: its columns, a section for each coach, no formulas and no labels."""

import csv
import io
from typing import Any

import pandas as pd

from funnel.reports.todoist import todoist_text


def task(**changes: Any) -> dict[str, Any]:
    row = {
        "row": 8, "cell": "F8", "client": "Gus", "coach": "Zoe", "follow_up": "Meeting", "step": "Met",
        "ask": "Did they meet?", "since": pd.Timestamp("2026-05-21"), "days_waiting": 41, "state": "overdue",
    }  # fmt: skip
    return row | changes


def test_columns_of_todoist() -> None:
    rows = list(csv.reader(io.StringIO(todoist_text(pd.DataFrame([task(), task(client="Ida", coach=None)])))))
    assert rows == [
        ["TYPE", "CONTENT", "DESCRIPTION", "PRIORITY", "INDENT", "AUTHOR", "RESPONSIBLE", "DATE", "DATE_LANG",
         "TIMEZONE"],
        ["section", "Zoe", *[""] * 8],
        ["task", "Met: Gus", "Did they meet? To mark: Met, row 8.", "1", "1", "", "", "2026-05-21", "en", ""],
        ["section", "No coach yet", *[""] * 8],
        ["task", "Met: Ida", "Did they meet? To mark: Met, row 8.", "1", "1", "", "", "2026-05-21", "en", ""],
    ]  # fmt: skip


def test_touch_base_has_the_name_of_its_follow_up_and_low_priority() -> None:
    text = todoist_text(pd.DataFrame([task(step=None, state="open", client="")]))
    assert text.splitlines()[2] == "task,Meeting: row 8,Did they meet?,4,1,,,2026-05-21,en,"


def test_texts_have_no_formula_no_label_and_one_line() -> None:
    rows = [task(step="=1+1", coach="@home", ask="-2\nlines", client='Ana "x", @work')]
    found = list(csv.reader(io.StringIO(todoist_text(pd.DataFrame(rows)))))
    assert [found[1][1], *found[2][1:3]] == [
        "'＠home", "'=1+1: Ana \"x\", ＠work", "'-2 lines To mark: =1+1, row 8.",
    ]  # fmt: skip


def test_empty_list_has_only_a_header() -> None:
    empty = pd.DataFrame([task()]).iloc[:0]
    assert len(todoist_text(empty).splitlines()) == 1
