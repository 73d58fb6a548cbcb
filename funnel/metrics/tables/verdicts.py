"""Verdicts in words: which step loses most, with its probability, and what to work on there.

The words for each probability: docs/definitions.md#verdict.
"""

from __future__ import annotations

import math
import re
from collections.abc import Hashable, Iterator, Mapping
from typing import Any, TypeAlias

import narwhals as nw
import pandas as pd

from funnel.metrics.core.flags import LEAD, Chain, Flagged, flag
from funnel.metrics.core.frames import collect, keep_rows
from funnel.metrics.tables.leaks import ENOUGH
from funnel.metrics.tables.no_verdict import (
    has_no_steps,
    is_undated,
    open_questions,
    unfilled,
    without_clients,
    without_marks,
    without_steps,
)
from funnel.text import DASH, chance, count, fold, interval, listed, percent

SURE = {2: 0.98, 3: 0.95}  # number of steps -> minimum probability for "loses most"; for more steps 0.9
SURE_OF_MORE = 0.9
PROBABLY = 0.6
CONTENDER = 0.15  # minimum probability of a step named in "too close to call"
FEWEST_LOST = 3  # clients lost, below which no step is called
MANY = (
    3  # contenders, from which on the sentence is split; steps without a loss, above which they are counted
)
FEW = 20  # clients at the worst step, below which its rate is called uncertain
UNLIKELY = 0.01  # probability of the second step, below which it is not named
TOO_FEW = "Too few to call"
Row: TypeAlias = Mapping[Hashable, Any]


def verdicts(leaks: pd.DataFrame, steps: pd.DataFrame, chain: Chain) -> pd.DataFrame:
    """Describe each leak, the worst first; those with too few clients last.

    The worst step has the highest `probability_worst` of those with at least 10 settled clients.

    Parameters
    ----------
    leaks : as from `measure_leaks`.
    steps : the steps table, for the bounds.
    """
    bounds = zip(*(steps[name].tolist() for name in ("step", "settled_low", "settled_high")), strict=True)
    names = {step: {"settled_low": low, "settled_high": high} for step, low, high in bounds}
    every = [row | names[row["step"]] for row in leaks.to_dict("records")]
    begins = [at for at, row in enumerate(every) if chain.staged and row["step"] == chain.steps[0].name]
    called = [at for at, row in enumerate(every) if row["n"] >= ENOUGH and at not in begins]
    called.sort(key=lambda at: [_last(every[at][name]) for name in ("probability_worst", "settled_drop_off")])
    few = [at for at in range(len(every)) if at not in {*called, *begins}]
    order, n = [*called, *few, *begins], len(called)
    ranked, rows = leaks.iloc[order].reset_index(drop=True), [every[at] for at in order]
    unknown = bool(steps["unknown"].any())
    words = [_headline(rows[:n], rows[n : n + len(few)], chain, unknown)] if n else []
    if n and _follows_a_blank_column(rows[0], chain):
        words[0] = f"No verdict:{unfilled(str(rows[0]['step']), steps, chain).replace(' No', ' no', 1)}"
    elif n:
        lost = called_worst(ranked, chain)
        words[0] += (unfilled(lost, steps, chain) if lost else "") + _unknown_leavers(steps, chain)
    words += [f"{arrow(str(row['step']), chain)} loses {_facts(row, chain)}." for row in rows[1:n]]
    words += [_uncalled(row, chain) for row in rows[n : n + len(few)]]
    words += [f"{row['step']}: every client starts there." for row in rows[n + len(few) :]]
    return ranked.assign(verdict=words)


def _last(value: float) -> float:
    """Return the key that sorts a value in descending order, NaN last."""
    return math.inf if math.isnan(value) else -value


def _unknown_leavers(steps: pd.DataFrame, chain: Chain) -> str:
    """Name the retention step at which most clients are unknown; "" if none are."""
    worst = steps.nlargest(1, "unknown").iloc[0] if not chain.staged and len(steps) else None
    if worst is None or not worst["unknown"]:
        return ""
    n = count(int(worst["unknown"]), "client")
    return f" Not counted at {worst['step']}: {n} who left on an unknown day."


def verdict(funnel: Any) -> str:
    """Name the worst leak of a `Funnel` in a sentence or two, or the reason why none is named."""
    if not funnel.leads:
        return without_clients(funnel.leads_after_as_of, funnel.as_of)
    if funnel.clients.is_guess:
        return open_questions(funnel.clients)
    if funnel.clients.doubt:
        return f"No verdict: {funnel.clients.doubt}"
    if not (funnel.steps["marked"].any() or funnel.journey.staged):
        if has_no_steps(funnel):
            return without_steps(funnel.retention)
        return without_marks(funnel.leads, int(funnel.steps["left"].iloc[0]))
    if is_undated(funnel.flagged):
        clients = count(funnel.leads, "client")
        return f"No verdict: no due date is known, because the lead date is blank for the {clients}."
    sentence = headline(funnel.leaks, "lead_date" in funnel.flagged.columns, funnel.flagged.chain)
    return f"{sentence} {_look_again(funnel.flagged)}" if sentence.startswith(TOO_FEW) else sentence


def verdict_lines(funnel: Any) -> Iterator[str]:
    """Yield the verdict, the worst step's columns, the reason why column totals differ, and the advice."""
    yield verdict(funnel)
    chain = funnel.flagged.chain
    worst = called_worst(funnel.leaks, chain)
    if worst is None or not (funnel.steps["marked"].any() or funnel.journey.staged):
        return
    if named := in_sheet(worst, funnel.steps, chain):
        yield named
    if totals := column_totals(funnel.leaks, funnel.steps, chain):
        yield totals
    yield what_to_work_on(funnel, worst)


def what_to_work_on(funnel: Any, worst: str) -> str:
    """Return the advice at the worst step; only its first sentence, with "perhaps", if that is not sure."""
    sentence = funnel.advice(worst)
    if is_sure(funnel.leaks, funnel.flagged.chain):
        return f"What to work on: {sentence.removeprefix('Look at ')}"
    first = re.split(r"(?<=[.!?]) ", sentence)[0]
    if first.startswith("Look at "):
        return f"Where to look first: {first.removeprefix('Look at ')}"
    return f"Perhaps {first[0].lower()}{first[1:]}"


def headline(leaks: pd.DataFrame, dated: bool = True, chain: Chain | None = None) -> str:
    """Return the verdict on the worst step, or the reason why there is none.

    Parameters
    ----------
    leaks : as from `verdicts`.
    dated : whether the sheet has a column of lead dates; without one no due date is known.
    chain : the order of the steps; the first stage has no verdict.
    """
    if chain and chain.staged:
        leaks = leaks[leaks["step"] != chain.steps[0].name]
    if not dated:
        return (
            "No verdict: no column has the date of the lead, so no due date is known. Add a column "
            "'Date of lead', or name yours in the journey file (`columns.lead_date`)."
        )
    if not (leaks["n"] >= ENOUGH).any() and chain and chain.unknown:
        return (
            "No verdict: it is unknown how far the clients in the lost stages came. `funnel init` asks it; "
            "or add `reached` to each lost stage in the journey file. The history of each refresh records it."
        )
    if not (leaks["n"] >= ENOUGH).any():
        return f"{TOO_FEW}: no step has {ENOUGH} clients who were due and had reached the step before it."
    return str(leaks["verdict"].iloc[0])


def _look_again(flagged: Flagged) -> str:
    """Return the first day on which some step has enough clients, if all that is known now stays so."""
    chain, days = flagged.chain, []
    for i in chain.required:
        if not chain.known(i) or (chain.staged and not i):
            continue
        previous = chain.previous(i)
        there = nw.lit(True) if previous is None else nw.col(flag("reached", previous))
        frame = keep_rows(flagged.frame, there & ~nw.col(LEAD).is_null())
        due = nw.col(LEAD).dt.offset_by(flagged.journey.due(chain.steps[i].name).offset).alias("due")
        first = collect(frame.select(due).sort("due").head(ENOUGH))["due"]
        days += [(first.iloc[-1].date(), i)] if len(first) == ENOUGH else []
    later = [(day, i) for day, i in days if day > flagged.as_of]
    if not later:
        return f"Look again when there are more clients: a step needs {ENOUGH}."
    day, i = min(later)
    return f"Look again on {day}: {arrow(chain.steps[i].name, chain)} then has {ENOUGH}."


def arrow(step: str, chain: Chain) -> str:
    """Name a step with the one before it.

    >>> from funnel.journey import Step
    >>> arrow("Paid", Chain((Step(name="Met"), Step(name="Paid")), frozenset({0, 1})))
    'Met → Paid'
    """
    previous = chain.previous(_position(step, chain))
    return f"{'Lead' if previous is None else chain.steps[previous].name} → {step}"


def in_sheet(step: str, steps: pd.DataFrame, chain: Chain) -> str:
    """Return the sheet's headers for a step and the one before; "" if they equal the steps' names.

    >>> from funnel.journey import Step
    >>> steps = pd.DataFrame({"column": ["F", "G"], "header": ["Fissato", "Fatto"]})
    >>> in_sheet("Had", steps, Chain((Step(name="Booked"), Step(name="Had")), frozenset({0, 1})))
    "In your sheet: 'Fissato' → 'Fatto' (columns F and G)."
    """
    i = _position(step, chain)
    ends = [end for end in (chain.previous(i), i) if end is not None]
    found = [(steps["header"].iloc[end], steps["column"].iloc[end], chain.steps[end].name) for end in ends]
    known = [(header, letter, name) for header, letter, name in found if isinstance(header, str)]
    if all(fold(header) == fold(name) for header, _, name in known):
        return ""
    columns = "column" if len(known) == 1 else "columns"
    headers = " → ".join(repr(header) for header, _, _ in known)
    return f"In your sheet: {headers} ({columns} {listed(letter for _, letter, _ in known)})."


def column_totals(leaks: pd.DataFrame, steps: pd.DataFrame, chain: Chain) -> str:
    """Explain why another step looks worst by the column totals; "" if no cause is known.

    Parameters
    ----------
    leaks : as from `verdicts`.
    steps : the steps table, its rates by the column totals.
    """
    if not called_worst(leaks, chain) or steps["drop_off"].isna().all():
        return ""
    blamed = steps.nlargest(1, "drop_off").iloc[0]
    if blamed["step"] == leaks["step"].iloc[0] or blamed["drop_off"] <= leaks["marked_drop_off"].iloc[0]:
        return ""
    half = blamed["lost"] / 2  # a cause explains at least half of what is missing
    if blamed["not_due"] and blamed["not_due"] >= half:
        has, is_ = ("has", "is") if blamed["not_due"] == 1 else ("have", "are")
        because = f"{count(int(blamed['not_due']), 'client')} still {has} time there, and {is_} not lost"
    elif blamed["skipped"] and blamed["skipped"] >= half:
        because = f"{_have(blamed['skipped'])} no mark there but one at a later step"
    elif blamed["settled_n"] < ENOUGH:
        because = f"only {count(int(blamed['settled_n']), 'client')} had to reach it so far"
    else:
        return ""
    totals = "Counting clients not yet due as lost" if chain.staged else "By the column totals alone"
    rate = percent(blamed["drop_off"])
    return f"{totals}, {arrow(str(blamed['step']), chain)} would look worst ({rate}); but {because}."


def _have(n: int) -> str:
    return f"{count(int(n), 'client')} {'has' if n == 1 else 'have'}"


def called_worst(leaks: pd.DataFrame, chain: Chain) -> str | None:
    """Return the step that the verdict names as the worst or probably the worst; None if there is none."""
    if chain.staged:
        leaks = leaks[leaks["step"] != chain.steps[0].name]
    called = leaks[leaks["n"] >= ENOUGH]
    if len(called) < 2 or called["settled_lost"].iloc[0] < FEWEST_LOST:  # one step cannot be the worst of one
        return None
    if called["probability_worst"].iloc[0] < PROBABLY or _follows_a_blank_column(called.iloc[0], chain):
        return None
    return str(called["step"].iloc[0])


def _follows_a_blank_column(worst: Row | pd.Series[Any], chain: Chain) -> bool:
    """Return True if nobody is marked at the retention step before, so that only leavers count as there."""
    before = chain.previous(_position(str(worst["step"]), chain))
    return before in chain.retention and before in chain.cells and bool(pd.isna(worst["marked_drop_off"]))


def is_sure(leaks: pd.DataFrame, chain: Chain) -> bool:
    """Return True if the verdict on the worst step is "loses most", without "probably"."""
    if chain.staged:
        leaks = leaks[leaks["step"] != chain.steps[0].name]
    called = leaks[leaks["n"] >= ENOUGH]
    return bool(called["probability_worst"].iloc[0] >= SURE.get(len(called), SURE_OF_MORE))


def advice(step: str, chain: Chain) -> str:
    """Return the advice for a step: the journey's, else the two steps to look between.

    >>> from funnel.journey import Step
    >>> steps = (Step(name="Called"), Step(name="Paid", paid=True, advice="The price list."))
    >>> chain = Chain(steps, frozenset({0, 1}))
    >>> advice("Paid", chain), advice("Called", chain)
    ('The price list.', "Look at what happens between the lead and 'Called'.")
    """
    i = _position(step, chain)
    previous = chain.previous(i)
    start = "the lead" if previous is None else repr(chain.steps[previous].name)
    return chain.steps[i].advice or f"Look at what happens between {start} and {step!r}."


def _position(step: str, chain: Chain) -> int:
    return next(i for i, s in enumerate(chain.steps) if s.name == step)


def _facts(row: Row, chain: Chain) -> str:
    """Return the numbers of a leak: 31 of 120 who were due (26 %, 19–34 %; by the column totals 22 %).

    The second rate is left out if it is the same. Stages have no columns to total: there it is the rate of
    all clients, including those not yet due.
    """
    rate, marked = percent(row["settled_drop_off"]), percent(row["marked_drop_off"])
    staged = f"{marked} if those not yet due are counted as lost"
    second = staged if chain.staged else f"by the column totals {marked}"
    totals = "" if marked in (rate, DASH) else f"; {second}"
    bounds = interval(row["settled_low"], row["settled_high"])
    return f"{row['settled_lost']:,} of {row['n']:,} who were due ({rate}, {bounds}{totals})"


def _headline(
    called: list[dict[Hashable, Any]], few: list[dict[Hashable, Any]], chain: Chain, unknown: bool
) -> str:
    """Return the verdict on the steps with enough clients, and on a step with few that looks worse.

    Parameters
    ----------
    unknown : whether clients left on an unknown day, so that steps may have lost more than is known.
    """
    scope = "Of the steps with enough clients, " if few else ""
    worst = called[0]
    if not any(row["settled_lost"] for row in called):
        sentence = f"No client who was due was lost at {_spared(called, chain)}"
        end = ", as far as is known." if unknown else ": there is nothing to fix there."
        return sentence + end + _beside(few, 0.0, chain)
    if worst["settled_lost"] < FEWEST_LOST:
        name = arrow(str(worst["step"]), chain)
        sentence = (
            f"Too few lost to call. {scope}{name} is the worst so far: it loses {_facts(worst, chain)}."
        )
    elif len(called) == 1:
        name = arrow(str(worst["step"]), chain)
        sentence = f"Only one step has enough clients, so none can be called the worst: {name} loses "
        sentence += f"{_facts(worst, chain)}."
    else:
        sentence = _compared(called, scope, chain)
    return sentence + _beside(few, float(worst["settled_drop_off"]), chain)


def _spared(called: list[dict[Hashable, Any]], chain: Chain) -> str:
    """Name the steps that lost nobody, or say how many they are."""
    if len(called) <= MANY:
        return listed(f"{arrow(str(row['step']), chain)} (0 of {row['n']:,})" for row in called)
    counts = sorted(row["n"] for row in called)
    clients = f"{counts[0]:,}" if counts[0] == counts[-1] else f"{counts[0]:,} to {counts[-1]:,}"
    return f"any of the {len(called)} steps with enough clients ({clients} each)"


def _compared(called: list[dict[Hashable, Any]], scope: str, chain: Chain) -> str:
    """Return the verdict on the worst of several steps, by its probability of being the worst."""
    worst, second = called[0], called[1]
    p, name = worst["probability_worst"], arrow(str(worst["step"]), chain)
    if p < PROBABLY:
        return f"{scope}{'it is too' if scope else 'Too'} close to call {_contenders(called, chain)}"
    loses = "loses most" if p >= SURE.get(len(called), SURE_OF_MORE) else "probably loses most"
    likely = second["probability_worst"] >= UNLIKELY
    other = f"; next: {arrow(str(second['step']), chain)} ({chance(second['probability_worst'])})"
    few = f"; with {worst['n']} clients its rate is uncertain" if worst["n"] < FEW else ""
    return (
        f"{scope}{name} {loses}: {_facts(worst, chain)}. Probability that it is the worst: "
        f"{chance(p)}{other if likely else ''}{few}."
    )


def _contenders(called: list[dict[Hashable, Any]], chain: Chain) -> str:
    """Return the steps that may be the worst: the two likeliest, and others of which it is probable.

    From three on each is named by its end alone, and their probabilities stand in the table of leaks.
    """
    close = [row for row in called if row["probability_worst"] >= CONTENDER or row in called[:2]]
    many = len(close) >= MANY
    shown = listed(
        f"{row['step'] if many else arrow(str(row['step']), chain)} ({row['settled_lost']:,} of {row['n']:,} "
        f"{'' if many and at else 'lost'}".rstrip()
        + f", {percent(row['settled_drop_off'])})"
        for at, row in enumerate(close)
    )
    if many:
        return f"between {len(close)} steps: {shown}."
    chances = listed(chance(row["probability_worst"]) for row in close)
    return f"between {shown}. Probability of being the worst: {chances}."


def _beside(few: list[dict[Hashable, Any]], rate: float, chain: Chain) -> str:
    """Name the steps with few clients whose drop-off is higher."""
    worse = [row for row in few if row["settled_lost"] >= FEWEST_LOST and row["settled_drop_off"] > rate]
    return "".join(
        f" {arrow(str(row['step']), chain)} has lost {row['settled_lost']:,} of {row['n']:,} so far: "
        "too few to call."
        for row in worse
    )


def _uncalled(row: Row, chain: Chain) -> str:
    """Return the verdict on a step with too few settled clients."""
    name = arrow(str(row["step"]), chain)
    if row["n"]:
        return f"{name}: too few to call ({row['settled_lost']:,} of {row['n']:,} lost)."
    if not chain.known(_position(str(row["step"]), chain)):
        return f"{name}: unknown, because no column shows who left."
    return f"{name}: too few to call (no client is due)."
