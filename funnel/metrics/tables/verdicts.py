"""Verdicts in words: which step loses most, how sure that is, and what to work on there.

The rules: under ten settled clients nothing is called; two steps tie where the odds that the first rather
than the second is worse are less than three to two.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any, TypeAlias

import pandas as pd

from funnel.metrics.core.flags import Chain
from funnel.metrics.tables.leaks import ENOUGH, rank_leaks
from funnel.text import count, fold, interval, listed, percent, undefined

TIE = 1.5  # odds
Row: TypeAlias = Mapping[Hashable, Any]

ADVICE = {
    "contact": "the contact system: call or write to every new lead within the hour, then keep trying for a "
    "week by phone, message and e-mail, on a list that somebody owns.",
    "booking": "booking and showing up: offer two times in the first conversation, confirm the day before, "
    "and rebook every no-show on the same day.",
    "paid": "the meeting itself: ask what they want before showing what you sell, make one clear offer, and "
    "book the first paid session before they leave.",
    "start": "the start: agree on the first sessions when they pay, and call after the first one.",
    "first weeks": "the first weeks: book the sessions ahead, check in after each of the first four, and "
    "look at progress together in week four.",
    "stage": "the way to this stage: ask those who have waited longest what is missing, agree with each on "
    "what comes next and on which day, and look at what those had in common who went on.",
    "keeping": "keeping them: a progress review before each milestone, the next goal in writing, and a call "
    "in the first week that they miss.",
}


def verdicts(leaks: pd.DataFrame, steps: pd.DataFrame, chain: Chain) -> pd.DataFrame:
    """Put each leak in words, and the worst first (by drop-off rate; those too few to call last).

    Parameters
    ----------
    leaks : as from `measure_leaks`.
    steps : the steps table, for the bounds.
    """
    bounds = steps.set_index("step")[["settled_low", "settled_high"]]
    ranked = rank_leaks(leaks.join(bounds, on="step"), "rate")
    first = ranked["step"] == chain.steps[0].name if chain.staged else ranked["n"] < 0
    ranked = pd.concat([ranked[~first], ranked[first]], ignore_index=True)
    rows = ranked.iloc[: int((~first).sum())].to_dict("records")
    called = [row for row in rows if row["n"] >= ENOUGH]
    words = [_headline(called, chain)] if called else []
    words += [_further(row, called[0], chain) for row in called[1:]]
    words += [_uncalled(row, chain) for row in rows[len(called) :]]
    words += [f"{step}: every client begins there." for step in ranked["step"][len(rows) :]]
    return ranked.drop(columns=["settled_low", "settled_high"]).assign(verdict=words)


def headline(leaks: pd.DataFrame, dated: bool = True, chain: Chain | None = None) -> str:
    """The verdict on the whole: that on the worst step, or that there are too few to call.

    Parameters
    ----------
    leaks : as from `verdicts`.
    dated : whether the sheet has a column of lead dates; without one nobody's time is known to be up.
    chain : which step follows which; of stages, the first is no verdict on anything.
    """
    if chain and chain.staged:
        leaks = leaks[leaks["step"] != chain.steps[0].name]
    if not dated:
        return (
            "Cannot be called: no column says when a client became a lead, so nobody's time is known to be "
            "up. Add a column 'Date of lead', or name yours in the journey file (`columns.lead_date`)."
        )
    if not (leaks["n"] >= ENOUGH).any() and chain and chain.unknown:
        return (
            "Cannot be called: nobody knows how far those had come who are in a lost stage. Say it of each "
            "lost stage (`reached` in the journey file); the history that each refresh writes will tell it "
            "of all who move from now on."
        )
    if not (leaks["n"] >= ENOUGH).any():
        return (
            f"Too few to call: at no step is the time of {ENOUGH} clients up who had reached the one before."
        )
    return str(leaks["verdict"].iloc[0])


def arrow(step: str, chain: Chain) -> str:
    """Name a link by both its ends.

    >>> from funnel.journey import Step
    >>> arrow("Paid", Chain((Step(name="Met"), Step(name="Paid")), frozenset({0, 1})))
    'Met → Paid'
    """
    previous = chain.previous(_position(step, chain))
    return f"{'Lead' if previous is None else chain.steps[previous].name} → {step}"


def in_sheet(step: str, steps: pd.DataFrame, chain: Chain) -> str:
    """Say what the ends of a link are called in the sheet; "" where they are called the same there.

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


def tied(first: Row, second: Row) -> bool:
    """Whether it is too close to say which of two steps is worse."""
    a, b = first["probability_worst"], second["probability_worst"]
    return not undefined(a) and not undefined(b) and bool(a < TIE * b)


def advice(step: str, chain: Chain) -> str:
    """Say what to work on at a step: the journey's own words, else those for its place in the journey.

    >>> from funnel.journey import Step
    >>> steps = (Step(name="Called"), Step(name="Paid", paid=True, advice="the price list."))
    >>> chain = Chain(steps, frozenset({0, 1}))
    >>> advice("Paid", chain), advice("Called", chain)[:19]
    ('the price list.', 'the contact system:')
    """
    i = _position(step, chain)
    return chain.steps[i].advice or ADVICE["stage" if chain.staged else _place(i, chain)]


def _place(i: int, chain: Chain) -> str:
    """Which advice fits a step's place in the journey."""
    if chain.steps[i].kind == "retention":
        return "first weeks" if i == chain.retention[0] else "keeping"
    if i == chain.paid:
        return "paid"
    if chain.paid is not None and i > chain.paid:
        return "start"
    return "contact" if i == chain.links[0] else "booking"


def _position(step: str, chain: Chain) -> int:
    return next(i for i, s in enumerate(chain.steps) if s.name == step)


def _facts(row: Row, chain: Chain) -> str:
    """31 of 120 whose time was up (26 %, 19–34 %; the column totals say 22 %).

    Stages have no columns to add up: there the second rate counts everybody, also who still has time.
    """
    bounds = interval(row["settled_low"], row["settled_high"])
    marked = row["marked_drop_off"]
    counting = "counting everybody" if chain.staged else "the column totals say"
    totals = "" if undefined(marked) else f"; {counting} {percent(marked)}"
    rate = percent(row["settled_drop_off"])
    return f"{row['settled_lost']:,} of {row['n']:,} whose time was up ({rate}, {bounds}{totals})"


def _sure(row: Row) -> str:
    """A probability that is never shown as certain."""
    p = row["probability_worst"]
    if p > 0.99:
        return "more than 99 %"
    return "less than 1 %" if p < 0.01 else percent(p)


def _headline(called: list[dict[Hashable, Any]], chain: Chain) -> str:
    """The verdict on the worst step."""
    worst, name = called[0], arrow(str(called[0]["step"]), chain)
    if worst["settled_lost"] == 0:
        return f"{name} loses nobody: {_facts(worst, chain)}; no other step that can be called does."
    if len(called) == 1:
        return f"{name} loses {_facts(worst, chain)}. It is the only step with enough clients to call."
    second = max(called[1:], key=lambda row: float(row["probability_worst"]))
    other = arrow(str(second["step"]), chain)
    if tied(worst, second):
        return (
            f"{name} and {other} are tied: {_facts(worst, chain)}, and {_facts(second, chain)}. "
            f"{_sure(worst).capitalize()} sure that it is the first, {_sure(second)} that it is the second."
        )
    return (
        f"{name} loses most: {_facts(worst, chain)}. {_sure(worst).capitalize()} sure that it is the worst; "
        f"the next is {other} ({_sure(second)})."
    )


def _further(row: Row, worst: Row, chain: Chain) -> str:
    """The verdict on a step that is not the worst."""
    name = arrow(str(row["step"]), chain)
    if worst["settled_lost"] and tied(worst, row):
        return f"{name} is tied with {arrow(str(worst['step']), chain)}: {_facts(row, chain)}."
    return f"{name} loses {_facts(row, chain)}."


def _uncalled(row: Row, chain: Chain) -> str:
    """The verdict on a step with too few clients whose time was up."""
    name = arrow(str(row["step"]), chain)
    if row["n"]:
        clients = count(row["n"], "client")
        return f"{name}: too few to call ({row['settled_lost']:,} of {clients} whose time was up)."
    if not chain.known(_position(str(row["step"]), chain)):
        return f"{name}: nobody can say, because no column tells who left."
    return f"{name}: too few to call (nobody's time is up)."
