"""Draw docs/images/architecture.svg: the data flow, and the rooms in the order of their layers.

Run by hand: `python docs/make_architecture.py`. The layers are those of pyproject.toml; a test compares the
picture with what this script draws.
"""

import tomllib
from html import escape
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PICTURE = ROOT / "docs" / "images" / "architecture.svg"

FLOW = (  # noun, and the room that makes the next noun from it
    ("Sheet", "sheets"), ("Grid", "reading"), ("Journey", "loader"), ("Clients", "metrics"),
    ("Funnel", "writer"), ("Plan", "sheets"), ("Sheet", ""),
)  # fmt: skip
ROOMS = {
    "cli": "parses a command, calls a workflow, prints",
    "explorer": "results → notebook controls",
    "schedule": "the weekly job: cron, systemd, Task Scheduler, CI",
    "portfolios": "many sheets side by side",
    "workflows": "one file for each verb: load, refresh, copy, new, move, remove",
    "reports": "results → files for people: the review, lists, calendar, digest",
    "charts": "result tables → pictures",
    "writer": "Funnel → Plan: totals, row colours, summary, history",
    "metrics": "Clients → Funnel: every number, as a table",
    "loader": "Grid + Journey → Clients and their problems",
    "history": "the move log: each client's change of stage",
    "events": "the event log of the business",
    "reading": "Grid → Journey: which header, which column",
    "definitions": "marks, leaving and stages, as trees of conditions",
    "cells": "the meaning of one cell: marks, dates, numbers",
    "clients": "Clients, Problem and Reading",
    "sheets": "adapters: read a Grid, apply a Plan",
    "journey": "the declaration: steps, stages, rules, presets",
    "schema": "the names of table columns",
    "plan": "the changes of a refresh, as data",
    "grid": "the content of one tab",
    "text": "the format of numbers and names",
    "html": "tables as HTML, every text escaped",
    "errors": "FunnelError and its exit codes",
}
WIDTH, LEFT, ROW, BOX = 960, 40, 44, 34
INK, PAPER, LINE, SOFT = "#1f2933", "#ffffff", "#7b8794", "#e6eef5"


def layers() -> list[list[str]]:
    """Return the rooms of each layer, from the top, as the contract in pyproject.toml declares them."""
    tool = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]
    declared = tool["importlinter"]["contracts"][0]["layers"]
    return [[room.strip().removeprefix("funnel.") for room in layer.split("|")] for layer in declared]


def text(
    x: float, y: float, words: str, size: int = 13, weight: str = "normal", anchor: str = "start"
) -> str:
    """Return a line of text."""
    style = f'font-size="{size}" font-weight="{weight}" text-anchor="{anchor}" fill="{INK}"'
    return f'<text x="{x:g}" y="{y:g}" {style}>{escape(words)}</text>'


def box(x: float, y: float, width: float, fill: str) -> str:
    """Return a box."""
    size = f'width="{width:g}" height="{BOX}" rx="5"'
    return f'<rect x="{x:g}" y="{y:g}" {size} fill="{fill}" stroke="{LINE}"/>'


def arrow(x: float, y: float, to_x: float, to_y: float) -> str:
    """Return an arrow."""
    ends = f'x1="{x:g}" y1="{y:g}" x2="{to_x:g}" y2="{to_y:g}"'
    return f'<line {ends} stroke="{INK}" stroke-width="1.5" marker-end="url(#head)"/>'


def flow(top: float) -> list[str]:
    """Return the data flow: nouns in boxes, and a room above each arrow."""
    width, gap = 72, (WIDTH - LEFT - 20 - 72 * len(FLOW)) / (len(FLOW) - 1)
    parts = []
    for i, (noun, room) in enumerate(FLOW):
        x = LEFT + i * (width + gap)
        parts += [
            box(x, top, width, SOFT),
            text(x + width / 2, top + 22, noun, weight="bold", anchor="middle"),
        ]
        if room:
            middle = top + BOX / 2
            parts.append(arrow(x + width + 3, middle, x + width + gap - 6, middle))
            parts.append(text(x + width + gap / 2, middle - 7, room, 11, anchor="middle"))
    return parts


def house(top: float) -> list[str]:
    """Return the rooms, a row for each layer; those of one layer do not import each other."""
    rows = layers()
    parts = [arrow(22, top, 22, top + ROW * len(rows) - 14)]
    for number, rooms in enumerate(rows):
        y, width = top + number * ROW, (WIDTH - LEFT - 20 - 10 * (len(rooms) - 1)) / len(rooms)
        for place, room in enumerate(rooms):
            x = LEFT + place * (width + 10)
            parts += [box(x, y, width, PAPER), text(x + 10, y + 22, room, weight="bold")]
            parts.append(text(x + 100, y + 22, ROOMS[room], 12))
    return parts


def picture() -> str:
    """Return the whole picture as SVG."""
    top = 150
    height = top + ROW * len(layers()) + 6
    head = '<path d="M0 0 L8 4 L0 8 z" fill="' + INK + '"/>'
    marker = (
        f'<marker id="head" markerWidth="8" markerHeight="8" refX="7" refY="4" orient="auto">{head}</marker>'
    )
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="sans-serif">',
        f"<defs>{marker}</defs>",
        f'<rect width="{WIDTH}" height="{height}" fill="{PAPER}"/>',
        text(LEFT, 26, "The data flow: each arrow is a room", 15, "bold"),
        *flow(46),
        text(LEFT, 104, "Charts, the report, notebooks and JSON are made from the Funnel.", 12),
        text(LEFT, 138, "The rooms: each imports only from those below it", 15, "bold"),
        *house(top),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


if __name__ == "__main__":
    PICTURE.write_text(picture(), encoding="utf-8")
