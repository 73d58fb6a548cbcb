"""The stage column: which stage each client's cell names, by its name, a former one, or where it is sent."""

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
    """Read the stage in each client's cell, None where it is blank; and the problems with such cells.

    Raises
    ------
    ReadError : the stages are the steps, and cells name others; with how many, and the two ways out.
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
    """Say which cells beside the steps have an unknown stage; the steps count their clients all the same."""
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
    """What to say of a journey's stages as a whole."""
    n = len(reading.journey.stages)
    if n > MANY:
        yield f"the journey has {n} stages; past {MANY} nobody keeps them apart"


def journey_problems(journey: Journey) -> Iterator[Problem]:
    """Yield a problem for each rule that never holds or is never used, and for stages that look wrong."""
    for sentence in contradictions(journey.stages, journey.segments):
        yield Problem("journey", sentence, way_out="Correct the journey file.")


def _refusal(reading: SheetRows, unknown: dict[str, list[int]], source: str) -> str:
    """Which stages are not known, how many clients each has, and the two ways out."""
    column = reading.columns.at["stage"][0]
    off = {fold(stage.name): stage.name for stage in reading.journey.stages if not stage.active}
    active = [stage.name for stage in reading.journey.stages if stage.active]
    said = []
    for text, at in sorted(unknown.items(), key=lambda pair: -len(pair[1])):
        facts = [count(len(at), "client"), f"first in {cell_name(reading.first + at[0], column)}"]
        near = nearest_stage(text, reading.journey.stages)
        if fold(text) in off:
            facts.append("switched off by `active = false`")
        elif near:
            facts.append(f"did you mean {near!r}?")
        said.append(f"{text!r} ({', '.join(facts)})")
    first = next(iter(unknown))
    near = nearest_stage(first, reading.journey.stages)
    place = ", ".join(filter(None, (source, reading.grid.tab and f"tab {reading.grid.tab!r}")))
    return (
        f"{place}: the column {reading.header.names[column]!r} holds {count(len(unknown), 'stage')} that the "
        f"journey {reading.journey.name!r} does not have: {listed(said)}. So that nobody vanishes, nothing "
        "was counted. Correct the cells; or add it to the journey file as a [[stage]]; or say there where "
        f'its clients go: reassign = {{ "{first}" = "{near or active[0]}" }}.'
    )
