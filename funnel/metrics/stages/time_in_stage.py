"""How long clients are in their stage, who is stuck there, and how fast and how many go on to the next."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pandas as pd

from funnel.history.stage_history import LOG_SINCE, LOG_STAGE, LOG_UNTIL, advances, completed_stays
from funnel.journey import Duration, Stage
from funnel.metrics.core.assign_stages import SET_BY, STAGE
from funnel.metrics.core.event_facts import EVENT_SINCE, EVENT_STAGE
from funnel.metrics.core.flags import LEAD, Flagged
from funnel.metrics.core.frames import collect
from funnel.metrics.core.result import STAGES, Column, Result, View, low_high
from funnel.metrics.statistics.intervals import ratio, wilson
from funnel.metrics.tables.leaks import ENOUGH
from funnel.text import days_text

TIMES = 3
"""How many times the median stay of those who went on somebody may stay before they are called stuck."""

IN_STAGE = ("row", "client", "coach", "stage", "at_least", "at_most", "known_by")
STUCK = ("row", "client", "coach", "stage", "at_least", "at_most", "limit", "rule")


def _ways(_funnel: object, table: pd.DataFrame) -> pd.DataFrame:
    """Name both stages in one column, and give the days from the least to the most."""
    ways = [f"{stage} → {following}" for stage, following in zip(table["stage"], table["next"], strict=True)]
    days = zip(table["median_at_least"], table["median_at_most"], strict=True)
    return table.assign(stage=ways, days=[days_text(least, most) for least, most in days])


RESULT = Result(
    "advance",
    "From stage to stage",
    "Share of clients who advance from each stage, and the median days it takes.",
    (
        Column("stage", "Stage", "text", "Name of the stage."),
        Column("next", "Next stage", "text", "Name of the next one."),
        Column("n", "Came", "count", "Clients who came to the stage."),
        Column("advanced", "Went on", "count", "Of them, clients who came to the next one or further."),
        Column("rate", "Share", "rate", "advanced / n.", ("low", "high")),
        *low_high("rate"),
        Column("timed", "With dates", "count", "Clients whose way from one to the other is in the log."),
        Column("median_at_least", "Median days, at least", "days", "Median days it took them, at least."),
        Column("median_at_most", "Median days, at most", "days", "Median days it took them, at most."),
    ),
    lambda funnel: advance_table(funnel.flagged, funnel.clients.log, funnel.steps["passed"].tolist()),
    needs=(STAGES,),
    review=True,
    alone=View(
        "Going on",
        ("stage", "n", "advanced", "rate", "low", "days"),
        "Days: between the two, as seen so far.",
        prepare=_ways,
    ),
)
ADVANCE = RESULT.names


def in_stage_table(flagged: Flagged) -> pd.DataFrame:
    """Say of each client how many days it is in its stage, at least and at most.

    Known by the event that brought it there; by the log, which knows between which two refreshes it moved; of
    who is at the default stage and was never seen elsewhere, by the lead date.

    Returns
    -------
    DataFrame, in sheet order: row, client, coach (None where there is none), stage, at_least, at_most (whole
    days; NaN where nothing tells), known_by ("event", "log", "lead date" or None). No rows without stages.
    """
    if not flagged.journey.stages:
        return pd.DataFrame(columns=list(IN_STAGE))
    optional = [
        n
        for n in ("coach", EVENT_STAGE, EVENT_SINCE, LOG_STAGE, LOG_SINCE, LOG_UNTIL)
        if n in flagged.columns
    ]
    wanted = [n for n in ("row", "client") if n in flagged.columns]
    table = collect(flagged.frame.select(*wanted, STAGE, SET_BY, LEAD, *optional))
    table = table.assign(**{n: None for n in ("row", "client", "coach") if n not in table})
    table = table.sort_values("row", kind="stable", ignore_index=True)
    since, until, how = _entered(table, flagged.as_of)
    found = table[["row", "client", "coach"]].assign(stage=table[STAGE])
    found["coach"] = found["coach"].astype(object).where(found["coach"].notna(), None)
    as_of = pd.Timestamp(flagged.as_of)
    for name, begin in (("at_least", until), ("at_most", since)):
        found[name] = (as_of - begin.dt.normalize()).dt.days.clip(lower=0).astype(float)
    found["known_by"] = pd.Series(how, dtype=object)
    return found[list(IN_STAGE)]


def _entered(table: pd.DataFrame, as_of: dt.date) -> tuple[pd.Series, pd.Series, list[str | None]]:
    """Between which two times each client entered its stage, and what says so."""
    nothing = pd.Series(pd.NaT, index=table.index, dtype="datetime64[s]")
    lead = table[LEAD].astype("datetime64[s]")
    new = (table[SET_BY] == "default") & lead.notna()
    since, until = lead.where(new, nothing), lead.where(new, nothing)
    how = np.where(new, "lead date", "")
    if LOG_STAGE in table:
        known, same = table[LOG_STAGE].notna(), (table[LOG_STAGE] == table[STAGE]).fillna(False)
        moved = known & ~same  # after it was last recorded, and not after this day
        since = since.mask(same, table[LOG_SINCE]).mask(moved, table[LOG_UNTIL])
        until = until.mask(same, table[LOG_UNTIL]).mask(moved, pd.Timestamp(as_of))
        how = np.where(known, "log", how)
    if EVENT_STAGE in table:
        same = (table[EVENT_STAGE] == table[STAGE]).fillna(False) & table[EVENT_SINCE].notna()
        since, until = since.mask(same, table[EVENT_SINCE]), until.mask(same, table[EVENT_SINCE])
        how = np.where(same, "event", how)
    return since, until, [word or None for word in how.tolist()]


def stuck_table(flagged: Flagged, log: pd.DataFrame | None) -> pd.DataFrame:
    """List who is in a stage for longer than it allows: its declared `limit`, else three times the usual.

    The usual is the median of what those stayed, at most, who have left the stage; of fewer than ten nothing
    is concluded. Nobody is stuck in a lost stage, in the paid one, or in the last.

    Returns
    -------
    DataFrame, the longest first: row, client, coach, stage, at_least, at_most (days in the stage so far),
    limit (days), rule (the words for it).
    """
    return _stuck(in_stage_table(flagged), limits_of(flagged, log))


def _stuck(found: pd.DataFrame, limits: dict[str, tuple[float, str]]) -> pd.DataFrame:
    """Those who are over the limit of their stage."""
    found = found[found["stage"].isin(list(limits))]
    limit = found["stage"].map({stage: days for stage, (days, _) in limits.items()}).astype(float)
    rule = found["stage"].map({stage: why for stage, (_, why) in limits.items()}).astype(object)
    found = found.assign(limit=limit, rule=rule)
    found = found[found["at_least"] > found["limit"]]
    return found.sort_values(["at_least", "row"], ascending=[False, True], ignore_index=True)[list(STUCK)]


def limits_of(flagged: Flagged, log: pd.DataFrame | None) -> dict[str, tuple[float, str]]:
    """How many days each stage allows, and why; only the stages of which that can be said."""
    journey = flagged.journey
    usual_too = any(not stage.limit for stage in journey.ordered_stages[:-1])
    over = completed_stays(log if usual_too else None, journey, flagged.as_of).dropna()
    found = {}
    for stage in journey.ordered_stages[:-1]:
        if stage.paid:
            continue
        if stage.limit:
            found[stage.name] = (
                _days(stage, flagged.as_of),
                f"longer than the {stage.limit} that the journey allows",
            )
            continue
        stayed = over.loc[over["stage"] == stage.name, "at_most"]
        if len(stayed) >= ENOUGH:
            usual = float(stayed.median())
            why = f"longer than {TIMES} × the {usual:,.0f} days that half of {len(stayed):,} stayed at most"
            found[stage.name] = (TIMES * max(usual, 1.0), why)
    return found


def _days(stage: Stage, as_of: dt.date) -> float:
    return float((as_of - Duration.parse(stage.limit or "").latest_start(as_of)).days)


def advance_table(flagged: Flagged, log: pd.DataFrame | None, passed: Sequence[float]) -> pd.DataFrame:
    """How many go on from each stage of the way to the next, and how fast, as the log has seen it.

    Parameters
    ----------
    passed : how many came to each stage of the way, or further; NaN where that is not known.

    Returns
    -------
    DataFrame, a row for each stage but the last: stage, next, n (came to the stage), advanced (of them, to
    the next or beyond), rate, low, high (Wilson, 95 %), timed (how many were seen to go on),
    median_at_least, median_at_most (days from entering the one to entering the other; NaN of nobody).
    """
    stages = flagged.journey.ordered_stages if flagged.journey.staged else ()
    took = advances(log, flagged.journey, flagged.as_of) if stages else pd.DataFrame()
    lines = []
    for i, (stage, following) in enumerate(pairwise(stages)):
        seen = took[took["stage"] == stage.name].dropna()
        low, high = wilson([passed[i + 1]], [passed[i]])
        rate = float(ratio([passed[i + 1]], [passed[i]])[0])
        facts = [
            stage.name,
            following.name,
            passed[i],  # NaN where nobody knows how far those had come who are lost
            passed[i + 1],
            rate,
            float(low[0]),
            float(high[0]),
        ]
        lines.append([*facts, len(seen), seen["at_least"].median(), seen["at_most"].median()])
    return pd.DataFrame(lines, columns=list(ADVANCE))


def cards(flagged: Flagged, log: pd.DataFrame | None) -> pd.DataFrame:
    """What of this stands on the stage cards, by stage.

    Returns
    -------
    DataFrame, its index the stages that have clients: median_days, longest_days (so far, at least),
    median_days_at_most, longest_days_at_most (NaN where nothing tells), stuck (NaN where no limit is known).
    """
    people, limits = in_stage_table(flagged), limits_of(flagged, log)
    found = people.groupby("stage")[["at_least", "at_most"]].agg(["median", "max"])
    found.columns = pd.Index(["median_days", "longest_days", "median_days_at_most", "longest_days_at_most"])
    stuck = _stuck(people, limits)["stage"].value_counts()
    found["stuck"] = [float(stuck.get(name, 0)) if name in limits else np.nan for name in found.index]
    return found
