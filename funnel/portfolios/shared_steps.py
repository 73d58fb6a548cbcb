"""The steps that businesses share: own names become shared ones, and who has none of them is left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from funnel.portfolios.declaration import Declaration
from funnel.portfolios.numbers import BusinessNumbers, StepCounts
from funnel.text import fold, listed, nearest


def share_steps(
    found: Sequence[BusinessNumbers], declaration: Declaration
) -> tuple[tuple[BusinessNumbers, ...], tuple[str, ...], tuple[str, ...]]:
    """Give the steps of each business their shared names.

    Names that differ only in case, accents or blanks are one name. A business is left out with the reason if
    it names a step that its sheet does not have, or two steps alike, or has no shared step or no clients.

    Returns
    -------
    The businesses in their order; the shared steps: those declared, else those of at least two businesses (of
    one business: all); and notes on declared steps that no business has.
    """
    own = {business.name: business.steps for business in declaration.business}
    spelled = {fold(name): name for name in declaration.steps}
    named: list[BusinessNumbers] = []
    for each in found:
        if any(each.name == other.name for other in named):
            named.append(replace(each, problem=f"Two businesses are called {each.name!r}. Rename one."))
        elif not each.left_out and not each.leads:
            named.append(replace(each, problem=f"Its sheet has no clients by {each.as_of}."))
        else:
            named.append(_rename(each, own.get(each.name, {}), spelled))
    taking = [each for each in named if not each.left_out]
    longest = sorted(taking, key=lambda each: -len(each.steps))  # its order is that of the shared steps
    there = Counter(step.step for each in longest for step in each.steps)
    shared = declaration.steps or tuple(name for name, n in there.items() if n > 1 or len(taking) == 1)
    return (
        tuple(_without_shared(each, shared) for each in named),
        tuple(name for name in shared if name in there),
        tuple(_absent(shared, there)) if taking else (),
    )


def _rename(each: BusinessNumbers, names: Mapping[str, str], spelled: dict[str, str]) -> BusinessNumbers:
    """Return a business with the shared names of its steps.

    Parameters
    ----------
    names : names of its own steps -> names of the shared ones.
    spelled : folded names -> the names as first written; added to.
    """
    if each.left_out:
        return each
    there = {fold(step.step): step.step for step in each.steps}
    for name in names:
        if fold(name) not in there:
            near = nearest(name, list(there.values()))
            meant = f"did you mean {near!r}?" if near else f"its steps: {listed(map(repr, there.values()))}."
            return replace(each, problem=f"`steps` names {name!r}, which its sheet does not have; {meant}")
    folded = {fold(name): shared for name, shared in names.items()}
    steps: dict[str, StepCounts] = {}
    for step in each.steps:
        name = folded.get(fold(step.step), step.step)
        name = spelled.setdefault(fold(name), name)
        if name in steps:
            return replace(
                each,
                problem=f"Two of its steps would be called {name!r}. Correct its `steps` in the portfolio "
                "file, so that each has its own name.",
            )
        steps[name] = replace(step, step=name)
    return replace(each, steps=tuple(steps.values()))


def _without_shared(each: BusinessNumbers, shared: Sequence[str]) -> BusinessNumbers:
    """Leave out a business that has none of the shared steps."""
    names = [step.step for step in each.steps]
    if each.left_out or any(name in shared for name in names):
        return each
    others = listed(map(repr, shared)) if shared else "no step is shared"
    return replace(
        each,
        problem=f"It has none of the shared steps ({others}). Its own: {listed(map(repr, names))}. Map them "
        'in the portfolio file, such as steps = { "OWN" = "SHARED" }.',
    )


def _absent(shared: Sequence[str], there: Counter[str]) -> Iterator[str]:
    """Yield a note for each declared step that no business has."""
    for name in shared:
        if name not in there:
            near = nearest(name, list(there))
            meant = f"Did you mean {near!r}?" if near else f"They have {listed(map(repr, there))}."
            yield f"`steps` names {name!r}, which no business has. {meant}"
