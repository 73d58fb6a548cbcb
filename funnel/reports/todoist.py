"""Write the call list as a CSV file for Todoist (its "template" format).

A Todoist import adds tasks and never updates them. Import into an empty project, or use the calendar file.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Hashable, Mapping
from typing import Any, TypeAlias

import pandas as pd

from funnel.text import csv_cell

Row: TypeAlias = Mapping[Hashable, Any]
HEADER = (
    "TYPE", "CONTENT", "DESCRIPTION", "PRIORITY", "INDENT", "AUTHOR", "RESPONSIBLE", "DATE", "DATE_LANG",
    "TIMEZONE",
)  # fmt: skip
NO_COACH = "No coach yet"
FIRST, LAST = "1", "4"  # Todoist's priorities


def todoist_text(due: pd.DataFrame) -> str:
    """Return the table `Funnel.due()` as tasks, with a section for each coach.

    Examples
    --------
    >>> row = {"row": 8, "client": "Gus", "coach": "Zoe", "follow_up": "Meeting", "step": "Met"}
    >>> row |= {"ask": "Ask.", "since": pd.Timestamp("2026-05-21"), "state": "overdue"}
    >>> print(todoist_text(pd.DataFrame([row])))
    TYPE,CONTENT,DESCRIPTION,PRIORITY,INDENT,AUTHOR,RESPONSIBLE,DATE,DATE_LANG,TIMEZONE
    section,Zoe,,,,,,,,
    task,Met: Gus,"Ask. To mark: Met, row 8.",1,1,,,2026-05-21,en,
    <BLANKLINE>
    """
    text = io.StringIO()
    lines = csv.writer(text, lineterminator="\n")
    lines.writerow(HEADER)
    coaches = due["coach"].fillna(NO_COACH)
    for coach in dict.fromkeys(coaches):
        lines.writerow(["section", _plain(coach), *[""] * 8])
        lines.writerows(map(_task, due[coaches == coach].to_dict("records")))
    return text.getvalue()


def _task(row: Row) -> list[str]:
    """Return one task, dated on its due date."""
    step = row["step"] if isinstance(row["step"], str) else None
    mark = f"To mark: {step}, row {row['row']}." if step else ""
    client = row["client"] or f"row {row['row']}"
    content = f"{step or row['follow_up']}: {client}"
    priority = FIRST if row["state"] == "overdue" else LAST
    texts = [_plain(content), _plain(f"{row['ask']} {mark}")]
    return ["task", *texts, priority, "1", "", "", f"{row['since']:%Y-%m-%d}", "en", ""]


def _plain(text: str) -> str:
    """Return one line that is neither a formula for a spreadsheet nor a label (@name) for Todoist.

    >>> _plain("=1+1"), _plain("Ana @home"), _plain("ana@example.com")
    ("'=1+1", 'Ana ＠home', 'ana@example.com')
    """
    return csv_cell(re.sub(r"(?<!\S)@", "＠", " ".join(text.split())))
