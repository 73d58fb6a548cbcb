"""Read the stage column: cells may contain a stage's name, a former name, or a reassigned one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from funnel.clients import Problem
from funnel.errors import ReadError
from funnel.grid import cell_name
from funnel.journey import Journey
from funnel.journey.contradictions import contradictions
from funnel.journey.stages import MANY, names, nearest_stage
from funnel.loader.sheet_rows import SheetRows
from funnel.text import count, fold, listed

_NONE = frozenset("-–—")


def read_stages(
    reading: SheetRows, clients: Sequence[int], source: str = ""
) -> tuple[list[str | None], list[Problem]]:
    """Return the stage in each client's cell (None if blank), and the problems with these cells.

    Raises
    ------
    ReadError : the steps are the stages, and cells contain other stages.
    """
    texts, journey = reading.texts("stage"), reading.journey
    if texts is None:
        return [None] * len(clients), []
    known = names(journey.stages, journey.reassign)
    unknown: dict[str, list[int]] = {}
    found: list[str | None] = []
    for at in clients:
        text = texts[at]
        stage = None if not text or text in _NONE else known.get(fold(text) or text)
        found.append(stage)
        if stage is None and text and text not in _NONE:
            unknown.setdefault(text, []).append(at)
    if unknown and journey.staged:
        raise ReadError(_refusal(reading, unknown, source))
    return found, list(_unknown(reading, unknown))


def _unknown(reading: SheetRows, unknown: dict[str, list[int]]) -> Iterator[Problem]:
    """Yield a problem for each cell with an unknown stage, if the journey also has steps."""
    for text, at in unknown.items():
        for offset in at:
            name = reading.names[offset] or f"The client of row {reading.first + offset}"
            yield Problem(
                "unknown stage",
                f"{name}: {text!r} is not a stage of the journey {reading.journey.name!r}; the cell "
                "counts as blank.",
                reading.first + offset, reading.columns.at["stage"][0], reading.names[offset] or None,
                "Correct the cell, or add the stage to the journey file as a [[stage]].",
            )  # fmt: skip


def stage_notes(reading: SheetRows) -> Iterator[str]:
    """Yield notes on the stages of the journey."""
    n = len(reading.journey.stages)
    if n > MANY:
        yield f"the journey has {n} stages; more than {MANY} are hard to keep apart"


def journey_problems(journey: Journey) -> Iterator[Problem]:
    """Yield a problem for each rule that never holds or is never used, and for stages that look wrong."""
    for sentence in contradictions(journey.stages, journey.segments):
        yield Problem("journey", sentence, way_out="Correct the journey file.")


def _refusal(reading: SheetRows, unknown: dict[str, list[int]], source: str) -> str:
    """Return the message on unknown stages: the clients of each, and what to do."""
    column = reading.columns.at["stage"][0]
    off = {fold(stage.name): stage.name for stage in reading.journey.stages if not stage.active}
    active = [stage.name for stage in reading.journey.stages if stage.active]
    lines = []
    for text, at in sorted(unknown.items(), key=lambda pair: -len(pair[1])):
        facts = [count(len(at), "client"), f"first in {cell_name(reading.first + at[0], column)}"]
        near = nearest_stage(text, reading.journey.stages)
        if fold(text) in off:
            facts.append("switched off by `active = false`")
        elif near:
            facts.append(f"did you mean {near!r}?")
        lines.append(f"{text!r} ({', '.join(facts)})")
    first = next(iter(unknown))
    near = nearest_stage(first, reading.journey.stages)
    place = ", ".join(filter(None, (source, reading.grid.tab and f"tab {reading.grid.tab!r}")))
    return (
        f"{place}: the column {reading.header.names[column]!r} contains "
        f"{count(len(unknown), 'stage')} that the journey {reading.journey.name!r} does not have: "
        f"{listed(lines)}. Nothing was counted, so that no client is left out. Correct the cells; or add the "
        "stage to the journey file as a [[stage]]; or "
        f'reassign its clients: reassign = {{ "{first}" = "{near or active[0]}" }}.'
    )
