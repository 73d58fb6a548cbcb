"""Moves: how many clients moved from which stage to which, by events, dated marks and the move log."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from itertools import pairwise
from typing import TypeAlias

import pandas as pd

from funnel.clients import Clients
from funnel.clients.frames import in_memory
from funnel.history.entry import REMOVED
from funnel.history.stage_history import stays_of_clients
from funnel.metrics.core.flags import Flagged
from funnel.metrics.core.result import STAGES, Chart, Column, Need, Result
from funnel.metrics.stages.moves_in_engine import count_moves
from funnel.metrics.stages.time_in_stage import dated_stays

Pairs: TypeAlias = Mapping[tuple[str, str], int]
MOVES = Need(
    "dated moves",
    lambda funnel: len(funnel.moves) > 0,
    "No move between stages is known: there is no event, dated mark or move log.",
)
RESULT = Result(
    "moves",
    "Moves",
    "How many moves between stages are known, from events, dated marks and the move log.",
    (
        Column("stage", "From", "text", "The stage that clients left."),
        Column("next", "To", "text", "The stage that they moved to."),
        Column("moves", "Moves", "count", "Moves from one to the other."),
        Column("clients", "Clients", "count", "Clients who made such a move."),
        Column(
            "direction", "Direction", "text", "`forward`, `back`, or `lost` for a stage of clients who left."
        ),
    ),
    lambda funnel: moves_table(funnel.clients, funnel.flagged),
    needs=(STAGES,),
    chart=Chart("moves", "funnel.charts.moves:plot", needs=(MOVES,)),
    index=("stage", "next"),
)


def moves_table(clients: Clients, flagged: Flagged) -> pd.DataFrame:
    """Count the moves of all clients between each two stages.

    A client whose first dated stage is not the default one began there on the lead date.

    Returns
    -------
    DataFrame, a row for each pair of stages with a move, in the order of the stages, lost ones last. Columns:
    see `RESULT`. Empty without stages, or if no move is known.

    Examples
    --------
    >>> from funnel.journey import Journey, Stage
    >>> from funnel.metrics import Funnel
    >>> days = pd.to_datetime(["2026-01-05", "2026-01-20"])
    >>> table = pd.DataFrame({"row": [2, 3], "client": ["Ana", "Ben"], "lead_date": days})
    >>> table["when:^won"] = pd.to_datetime(["2026-02-01", None])
    >>> journey = Journey(stages=(Stage(name="Lead", default=True), Stage(name="Won")))
    >>> Funnel(Clients(table, journey), "2026-07-01").moves.reset_index(drop=True)
      stage next  moves  clients direction
    0  Lead  Won      1        1   forward
    """
    journey = clients.journey
    order = {stage.name: i for i, stage in enumerate((*journey.ordered_stages, *journey.lost))}
    count = _count if in_memory(clients.table) else _count_in_engine
    moves, people = count(clients, flagged, order)
    lost = {stage.name for stage in journey.lost}
    found = sorted(moves, key=lambda pair: (order[pair[0]], order[pair[1]]))
    rows = [
        (one, two, moves[one, two], people[one, two],
         "lost" if two in lost else "forward" if order[two] > order[one] else "back")
        for one, two in found
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=list(RESULT.names))


def _count(clients: Clients, flagged: Flagged, order: Mapping[str, int]) -> tuple[Pairs, Pairs]:
    """Count the moves between each two stages, and the clients who made them."""
    moves: Counter[tuple[str, str]] = Counter()
    people: Counter[tuple[str, str]] = Counter()
    for stays in (
        stays_of_clients(clients, flagged.as_of, dated_stays(clients, flagged.as_of)) if order else ()
    ):
        pairs = [(one.stage, two.stage) for one, two in pairwise(s for s in stays if s.stage != REMOVED)]
        pairs = [(one, two) for one, two in pairs if one in order and two in order and one != two]
        moves.update(pairs)
        people.update(set(pairs))
    return moves, people


def _count_in_engine(clients: Clients, flagged: Flagged, _order: object) -> tuple[Pairs, Pairs]:
    """Count the same in an engine."""
    found = count_moves(clients, flagged.as_of)
    pairs = list(zip(found["stage"], found["next"], strict=True))
    moves, people = (dict(zip(pairs, found[name], strict=True)) for name in ("moves", "clients"))
    return moves, people
