"""Random small sheets for the oracle: what people type, in seven kinds of sheet."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st
from metrics.oracle import Row
from metrics.oracle_arithmetic import NOT_REACHED

from funnel.grid import Grid, Style
from funnel.journey import Journey, Step
from funnel.journey.model import Column

ROLES = {"client": "Client", "lead_date": "Lead date", "coach": "Coach"}
LEFT = {"left_reason": "Reason for leaving", "left_date": "Date of leaving"}
MET, TOUR = Step(name="Met"), Step(name="Tour", optional=True)
PAID = Step(name="Paid", paid=True, due="30 days")
FIRST, RENEWED = Step(name="Contacted", target=1.0, due="7 days"), Step(name="Renewed")
RETENTION = tuple(Step(name=f"{months} months", months=months) for months in (1, 3, 6))
WEEKS = Step(name="Six weeks", after="6 weeks")


@dataclass(frozen=True)
class Kind:
    """A kind of sheet: its steps, and which of them and of the roles have columns."""

    steps: tuple[Step, ...]
    columns: frozenset[str]
    left: bool = True

    @property
    def journey(self) -> Journey:
        roles = ROLES | (LEFT if self.left else {})
        columns: Any = {role: Column(headers=(header,)) for role, header in roles.items()}
        return Journey(steps=self.steps, columns=columns)


def kind(*steps: Step, derived: tuple[Step, ...] = (), left: bool = True) -> Kind:
    return Kind(steps, frozenset(step.name for step in steps if step not in derived), left)


KINDS = (
    kind(FIRST, MET, TOUR, PAID, *RETENTION),
    kind(MET, PAID, *RETENTION, derived=RETENTION),
    kind(MET, TOUR, *RETENTION),  # no paid step
    kind(MET, *RETENTION, derived=RETENTION),
    kind(FIRST, PAID, RETENTION[0], WEEKS, RETENTION[1], derived=(WEEKS, RETENTION[1])),
    kind(MET, PAID, *RETENTION, derived=RETENTION[1:], left=False),
    kind(TOUR, MET, PAID, RETENTION[0], RENEWED, RETENTION[1]),
)
ENDS = [dt.date(2025, m, d) for m, d in ((1, 29), (1, 30), (1, 31), (3, 31), (8, 31), (11, 30), (12, 31))]
DAYS = st.dates(dt.date(2025, 1, 1), dt.date(2026, 2, 28)) | st.sampled_from(ENDS)
MARKS = st.sampled_from([1, 1, 1, 1.0, True, "x", "Yes", " y ", "sì", "✓"])
BLANKS = st.sampled_from([*NOT_REACHED, None, None, False, "booked", "???"])
DATED = DAYS | DAYS.map(lambda day: (day - dt.date(1899, 12, 30)).days)
AS_OF = st.dates(dt.date(2025, 3, 1), dt.date(2026, 8, 31)) | st.sampled_from(
    [dt.date(2025, 2, 28), dt.date(2025, 4, 30), dt.date(2026, 2, 28), dt.date(2026, 3, 31)]
)
PAINT = st.sampled_from([None, "red", "green"])
CELLS = MARKS | BLANKS | BLANKS | DATED


@st.composite
def rows_of(draw: st.DrawFn, sheet: Kind) -> list[Row]:
    """Rows of a kind of sheet: mostly clients that get some way along and stop, some of them odd."""
    rows = []
    for number in range(draw(st.integers(1, 14))):
        odd = draw(st.booleans())
        names = [step.name for step in sheet.steps if step.name in sheet.columns]
        if odd:
            cells = {name: draw(CELLS) for name in names}
        else:
            cells = dict.fromkeys(names[: draw(st.integers(0, len(names)))], 1)
        left = draw(st.none() | DAYS) if sheet.left and draw(st.booleans()) else None
        lead = draw(st.none() | DAYS) if odd else draw(DAYS)
        nameless = odd and lead is not None and draw(st.booleans())  # no row is blank: a gap ends the names
        row = Row(
            name=None if nameless else f"Client {chr(65 + number) * 3}",
            lead=lead,
            left=left,
            reason=draw(st.sampled_from([None, None, "Price", "Moved away"])) if sheet.left else None,
            paint=draw(PAINT) if number % 3 == 0 else None,  # more would be a coloured or a banded table
            coach=draw(st.sampled_from([None, "Zoe", "Max"])),
            cells=cells,
        )
        rows.append(row)
    return rows


SHEETS = st.sampled_from(KINDS).flatmap(lambda sheet: st.tuples(st.just(sheet), rows_of(sheet)))
FILLS = {"red": 1, "green": 2}
PALETTE = (Style(), Style("FF0000"), Style("00B050"))


def grid_of(sheet: Kind, rows: list[Row]) -> Grid:
    """The rows as cells of a tab, painted over their whole width."""
    steps = [step.name for step in sheet.steps if step.name in sheet.columns]
    lines: list[list[Any]] = [[*ROLES.values(), *steps, *(LEFT.values() if sheet.left else ())]]
    for row in rows:
        ends = [row.reason, row.left] if sheet.left else []
        lines.append([row.name, row.lead, row.coach, *(row.cells.get(name) for name in steps), *ends])
    styles = [[0, *(FILLS.get(row.paint or "", 0) for row in rows)]] * len(lines[0])
    return Grid("Clients", values=list(map(list, zip(*lines, strict=True))), styles=styles, palette=PALETTE)
