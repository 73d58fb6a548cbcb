"""Compare a reading, as in the JSON of ``funnel show --format json``, with the truth of a generated sheet.

Verdicts:

right : the reading equals the truth, and it is a guess exactly where the truth is "ask".
asked : the reading is a guess where it could have been sure, or a guess that differs.
refused : nothing was read: right where there are no clients.
unasked : a confident reading that equals the truth where it should have asked, if only for who paid.
wrong : a confident reading that differs from the truth, or a crash.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from generated_sheets.truth import Truth

VERDICTS = ("right", "asked", "refused", "unasked", "wrong")
PAYING = re.compile(r"\bpa(?:y|id)", re.IGNORECASE)
Reading = Mapping[str, Any]


@dataclass(frozen=True)
class Score:
    """What became of one sheet."""

    seed: int
    verdict: str
    why: str
    traits: Mapping[str, str]


def fold(text: object) -> str:
    """Return a name without case, outer punctuation and doubled spaces."""
    folded = unicodedata.normalize("NFKC", str(text)).casefold()
    return re.sub(r"\s+", " ", folded).strip(" \t:.?*!'\"")


def is_guess(reading: Reading) -> bool:
    """Return True if the reading says that it is a guess and asks at least one question."""
    return reading.get("confidence") == "guess" and bool(reading.get("questions"))


def judge(reading: Reading | None, truth: Truth) -> tuple[str, str]:
    """Return the verdict and why. A reading of None, or of shape "none", is a refusal."""
    if reading is None or reading.get("shape") == "none":
        return ("right" if truth.answer == "refuse" else "refused"), ""
    guess = is_guess(reading)
    if truth.answer == "refuse":
        return ("asked" if guess else "wrong"), "reads a funnel where there is none"
    why = difference(reading, truth)
    if not guess and why:
        return "wrong", why
    if not guess:
        unasked = truth.answer == "ask" or _no_paid(reading, truth)
        return ("unasked" if unasked else "right"), _no_paid(reading, truth)
    if why:
        return "asked", why
    if truth.answer == "read":
        return "asked", "equal, but unsure: " + _questions(reading)
    if truth.answer == "ask" and not PAYING.search(_questions(reading)):
        return "asked", "equal, but does not ask who paid: " + _questions(reading)
    return "right", ""


def _questions(reading: Reading) -> str:
    return " ".join(str(question.get("question")) for question in reading.get("questions", ()))


def difference(reading: Reading, truth: Truth) -> str:
    """Return how the reading differs from the truth, empty where it does not."""
    tab = reading.get("tab")
    if truth.tab and tab and fold(tab) != fold(truth.tab):
        return f"reads the tab {tab!r}"
    steps = [[fold(n) for n in (*(s.get("headers") or ()), s.get("step")) if n] for s in _own_steps(reading)]
    return (
        _steps_differ(steps, truth)
        or _lost_as_step(steps, truth)
        or _roles_differ(reading, truth)
        or _lost_differ(reading, truth)
        or _other_paid(reading, truth)
    )


def _own_steps(reading: Reading) -> Iterable[Mapping[str, Any]]:
    """Yield the steps that have a column or a stage; retention steps made of the left date have none."""
    staged = str(reading.get("shape", "")).startswith("stages") or reading.get("shape") == "events"
    for step in reading.get("steps", ()):
        if step.get("headers") or step.get("columns") or staged:
            yield step


def _steps_differ(steps: Sequence[Sequence[str]], truth: Truth) -> str:
    wanted = [{fold(name) for name in step} for step in truth.steps]
    optional = {fold(name) for name in truth.optional_steps}
    never = {fold(name) for name in truth.never_steps}
    bad = [names[0] for names in steps if set(names) & never and not any(set(names) & w for w in wanted)]
    if bad:
        return f"takes as a step what is none: {', '.join(bad[:4])}"
    order: list[int] = []
    for names in steps:
        hits = [at for at, step in enumerate(wanted) if set(names) & step]
        if len(hits) > 1:
            return f"takes two steps as one: {', '.join(names)}"
        if not hits and not set(names) & optional:
            return f"has a step of its own: {names[0]!r}"
        order += hits
    missing = [truth.steps[at][0] for at in range(len(wanted)) if at not in order]
    if missing:
        return f"misses the step {missing[0]!r} (and {len(missing) - 1} more)"
    if len(order) != len(set(order)):
        return "counts one milestone twice"
    return (
        "" if order == sorted(order) else f"has the steps in another order: {', '.join(s[0] for s in steps)}"
    )


def _lost_as_step(steps: Sequence[Sequence[str]], truth: Truth) -> str:
    lost = {fold(value) for value in truth.lost} & {names[0] for names in steps if names}
    return f"takes a lost stage as a step: {', '.join(sorted(lost))}" if lost else ""


def _roles(reading: Reading) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for column in reading.get("columns", ()):
        if column.get("header"):
            found[str(column.get("role"))].append(str(column["header"]))
    return found


def _roles_differ(reading: Reading, truth: Truth) -> str:
    roles = _roles(reading)
    for role in ("client", "lead_date", "left_date", "left_reason"):
        accepted = {header and fold(header) for header in getattr(truth, role)}
        found = roles.get(role)
        if not found and None not in accepted:
            return f"finds no {role}"
        if found and fold(found[0]) not in accepted:
            return f"takes {found[0]!r} as the {role}"
    return ""


def _lost_differ(reading: Reading, truth: Truth) -> str:
    """Lost stages must be known where only they show who left, and no other stage may be one of them."""
    known = {fold(stage["stage"]) for stage in reading.get("stages", ()) if stage.get("lost")}
    lost = {fold(value) for value in truth.lost}
    if stray := known - lost:
        return f"takes as lost: {', '.join(sorted(stray))}"
    roles = _roles(reading)
    if lost and not known and not roles.get("left_date") and not roles.get("left_reason"):
        return "does not see who was lost"
    return (
        f"does not see that these are lost: {', '.join(sorted(lost - known))}"
        if known and lost - known
        else ""
    )


def _paid_steps(reading: Reading) -> list[Mapping[str, Any]]:
    return [step for step in reading.get("steps", ()) if step.get("paid")]


def _other_paid(reading: Reading, truth: Truth) -> str:
    """Return that another step is taken as the paid one, where the truth knows it."""
    paid = _paid_steps(reading)
    names = {fold(n) for step in paid for n in (*(step.get("headers") or ()), step.get("step")) if n}
    if not truth.paid or not paid or names & {fold(n) for n in truth.paid}:
        return ""
    return f"takes {paid[0].get('step')!r} as the paid step"


def _no_paid(reading: Reading, truth: Truth) -> str:
    """Return that no step is the paid one, where the truth has one and the reading has a place for it."""
    places = any("paid" in step for step in reading.get("steps", ()))
    missing = truth.paid and places and not _paid_steps(reading)
    return f"equal, but finds no paid step ({truth.paid[0]!r})" if missing else ""


def table(scores: Sequence[Score], trait: str) -> str:
    """Return a confusion table: a row for each value of a trait, a column for each verdict."""
    groups: dict[str, Counter[str]] = defaultdict(Counter)
    for score in scores:
        groups[score.traits.get(trait, "-")][score.verdict] += 1
    lines = [f"{trait:<24}{'sheets':>7}" + "".join(f"{verdict:>9}" for verdict in VERDICTS) + f"{'right':>8}"]
    for value, found in sorted(groups.items(), key=lambda item: (-item[1].total(), item[0])):
        counts = "".join(f"{found[verdict]:>9}" for verdict in VERDICTS)
        lines.append(f"{value:<24}{found.total():>7}{counts}{found['right'] / found.total():>8.1%}")
    return "\n".join(lines)
