"""Find the paid step, or its equivalent in journeys without payment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from funnel.reading.words.concepts import groups, has_word, is_all, plain
from funnel.reading.words.retention_words import retention_of
from funnel.reading.words.stage_words import rank_of

_ASIDE = frozenset((
    "date", "on", "at", "flag", "is", "has", "the", "of", "data", "datum", "fecha", "am", "entered", "дата",
    "tanggal", "tarihi",
))  # fmt: skip
_WON = len(groups("stages")) - 2  # the place of the group "won"


@dataclass(frozen=True)
class Paying:
    """The position of the paid step, or None; other possible ones; and whether no words are known."""

    at: int | None = None
    others: tuple[int, ...] = ()


def paid_step(headers: Sequence[str]) -> Paying:
    """Find the paid step among headers, in their order.

    >>> paid_step(["Called", "First paid class", "3 months"]).at, paid_step(["Zyx", "Abc"]).at
    (1, None)
    >>> paid_step(["Payment page", "Payment confirmation"])
    Paying(at=None, others=(0, 1))
    """
    weights = {at: weight for at, header in enumerate(headers) if (weight := paid_weight(header))}
    if not weights:
        return Paying()
    best = max(weights.values())
    top = [at for at, weight in weights.items() if weight == best]
    if len(top) > 1 and not any(has_word("payment", headers[at]) or weights[at] > 1 for at in top):
        top = top[-1:]  # of signatures and entries, the last one
    return Paying(top[0]) if len(top) == 1 else Paying(None, tuple(top))


def paid_weight(header: str) -> int:
    """Return how strongly a header means payment: 0 not, 1 perhaps, 2 something similar, 3 surely.

    >>> [paid_weight(name) for name in ("Paid", "Hire date", "Contract date", "Payment link sent", "Called")]
    [3, 2, 1, 0, 0]
    """
    bare = " ".join(word for word in plain(header).split() if word not in _ASIDE)
    if retention_of(header) is not None or has_word("not_paid", bare):
        return 0
    if is_all("paid", bare) or is_all("paid", header) or has_word("paid", bare):
        return 3 if "paid" in bare or "payment" in bare or has_word("value", bare) else 2
    perhaps = is_all("paid_perhaps", bare) or is_all("paid_perhaps", header)
    return 1 if perhaps or has_word("payment", bare) or has_word("signing", bare) else 0


def paid_stage(way: Sequence[str]) -> Paying:
    """Find the paid stage among the ordered stages; never the first.

    >>> paid_stage(["New", "Met", "Won"]).at, paid_stage(["Signed up", "Trained"]).at
    (2, None)
    """
    won = [at for at, value in enumerate(way) if at and is_won(value)]
    if len(won) <= 1:
        return Paying(won[0] if won else None)
    for surely in (
        [at for at in won if paid_weight(way[at]) == 3],
        [at for at in won if is_all("stages.won", way[at])],
    ):
        if len(surely) == 1:
            return Paying(surely[0])
    return Paying(None, tuple(won))


def is_won(value: str) -> bool:
    """Return True if a stage's words mean that a client was won.

    >>> is_won("Closed won"), is_won("Proposal")
    (True, False)
    """
    rank = rank_of(value)
    return rank is not None and _WON - 0.5 < rank < _WON + 0.6
