"""The meanings of values in a stage column: position, lost, or neither; and their order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from itertools import pairwise

from funnel.clients.reading import OrderFrom
from funnel.journey import preset, presets
from funnel.journey.stages import names
from funnel.reading.words.concepts import first_concept, groups, has_word, is_all, names_phrase, plain
from funnel.reading.words.vocabulary import vocabulary

_NUMBERED = re.compile(
    r"^\s*(?:stage|step|phase|fase|etapa|stufe|этап)?\s*[#(]?(\d{1,2})\s*[.):\-–—_/]?\s+\D"
    r"|^\s*(\d{1,2})[.):\-–—_]\s*\D",
    re.IGNORECASE,
)
_LETTERED = re.compile(r"^\s*([A-Za-z])[.):]\s+\S")
_WON = len(groups("stages")) - 2  # the place of the group "won"
_NEAR_THE_END = _WON - 0.4  # where a stage in unknown words is offered: before who has paid
_UNDER_WAY = 2.5  # where "In progress" is offered
_HOT = 1.5  # the place after the hottest of those who have not begun
_DONE = frozenset((
    "done", "held", "had", "completed", "finished", "passed", "attended", "realizada", "realizado", "fatta",
    "fatto", "gedaan", "faite", "fait", "feita", "feito",
))  # fmt: skip
_TO_COME = frozenset((
    "booked", "scheduled", "set", "arranged", "planned", "requested", "agendada", "agendado", "fissato",
    "gepland", "pris", "invited", "pending",
))  # fmt: skip
_ORDINALS = {
    1: ("first", "1st", "erst", "erste", "prima", "primo", "primera", "primeira", "premier", "premiere",
        "eerste", "一面", "初试", "一次"),
    2: ("second", "2nd", "zweit", "zweite", "seconda", "secondo", "segunda", "segundo", "deuxieme", "tweede",
        "二面", "复试", "二次"),
    3: ("third", "3rd", "final", "last", "dritt", "dritte", "finale", "terza", "tercera", "terceira",
        "troisieme", "derde", "三面", "终面", "最終"),
}  # fmt: skip


@lru_cache(maxsize=8192)
def is_lost(value: str) -> bool:
    """Return True if a stage's words mean that its clients have left.

    >>> is_lost("Closed Lost"), is_lost("Не дозвонились"), is_lost("Won"), is_lost("Not yet contacted")
    (True, True, False, False)
    """
    return has_word("lost", _bare(value)) and not _is_new(value)


_NOT_YET = ("not ", "non ", "sin ", "nao ", "nicht ", "niet ", "nie ", "не ", "belum ", "未")


def _is_new(value: str) -> bool:
    """Return True if something has not happened yet: "Not contacted" is a beginning, not lost."""
    bare = plain(_bare(value))
    return bare.startswith(_NOT_YET) and (is_all("stages.new", bare) or not has_word("lost", bare))


@lru_cache(maxsize=8192)
def is_parked(value: str) -> bool:
    """Return True if a stage is neither ordered nor lost, by its words.

    >>> is_parked("On hold"), is_parked("Pending"), is_parked("Pending contract"), is_parked("Proposal")
    (True, True, False, False)
    """
    return rank_of(value) is None and not is_lost(value) and has_word("parked", _bare(value))


@lru_cache(maxsize=8192)
def is_catch_all(value: str) -> bool:
    """Return True if a value is a catch-all ("Other"), which has no position.

    >>> is_catch_all("Other"), is_catch_all("Sonstiges"), is_catch_all("N/A"), is_catch_all("Another call")
    (True, True, True, False)
    """
    return is_all("catch_all", _bare(value))


@lru_cache(maxsize=8192)
def temperature_of(value: str) -> int | None:
    """Return 0 for cold, 1 for warm and 2 for hot; None for others.

    >>> [temperature_of(value) for value in ("Cold", "Warm lead", "heiß", "Gone cold")]
    [0, 1, 2, None]
    """
    return next((at for at, name in enumerate(groups("temperatures")) if is_all(name, _bare(value))), None)


def cold_ones(values: Sequence[str], options: Sequence[str] = ()) -> tuple[list[str], list[str]]:
    """Return the cold values that are a beginning, and those that may be a beginning or lost.

    >>> cold_ones(["Cold", "Warm", "Hot", "Lost"]), cold_ones(["New", "Won", "Lost", "Cold lead"])
    ((['Cold'], []), ([], []))
    >>> cold_ones(["Cold lead", "Contacted", "Won"])
    ([], ['Cold lead'])
    """
    cold = [value for value in values if temperature_of(value) == 0]
    if not cold or known_order([value for value in values if value not in cold]):
        return [], []
    heat = {temperature_of(value) for value in values}
    lost = [value for value in values if is_lost(value) and value not in cold]
    listed = {plain(option): at for at, option in enumerate(options)}
    if len([value for value in values if number_of(value) is not None]) > 1:
        listed = {plain(value): at for value in values if (at := number_of(value)) is not None}
    begun = [
        at for value in values if value not in cold and (at := listed.get(plain(value))) is not None
        and (value in lost or (rank_of(value) or 0.0) >= 1.0 or temperature_of(value) is not None)
    ]  # fmt: skip
    first: list[str] = []
    unclear: list[str] = []
    for value in cold:
        place = listed.get(plain(value))
        if place is not None and begun:
            where = first if place < min(begun) else None
        else:
            where = first if 1 in heat else unclear if 2 in heat or not lost else None
        if where is not None:
            where.append(value)
    return first, unclear


@lru_cache(maxsize=8192)
def rank_of(value: str, waiting: bool = False) -> float | None:
    """Return the position of a stage by its words, or None if they are unknown.

    Parameters
    ----------
    waiting : also rank stages that wait for the next step ("Pending contract").

    >>> rank_of("New lead") < rank_of("Contacted") < rank_of("Trial booked") < rank_of("Proposal sent")
    True
    >>> rank_of("Proposal sent") < rank_of("Closed won"), rank_of("Zyx")
    (True, None)
    """
    bare = _bare(value)
    if is_lost(value):
        return None
    found = [at for at, group in enumerate(groups("stages")) if has_word(group, bare)]
    phrases = [at for at in found if names_phrase(groups("stages")[at], bare)]
    found = phrases or found  # "Sales accepted" is more specific than "accepted"
    if len(found) > 1 and has_word("people", bare) and not is_all(groups("stages")[found[-1]], bare):
        found = [at for at in found if at != _WON]  # "Client replied" is not a client yet
    if not found:
        return None
    if _is_new(value):
        return 0.0
    exact = [at for at, group in enumerate(groups("stages")) if is_all(group, bare)]
    if (is_all("parked", bare) or _is_deferred(bare)) and not exact:
        return None  # "Working on"
    if has_word("parked", bare) and not exact and _is_waiting(bare) and not waiting:
        next_step = [at for at in found if at != _WON]  # "Pending contract" comes before the contract
        return max(next_step) - 0.4 if next_step and not _is_held(bare) else None
    return max(exact or found) + _within_group(bare)


def _within_group(bare: str) -> float:
    """Return the position of a stage in its group: booked before done, the first round before the second."""
    words = plain(bare).split()
    place = -0.3 if _TO_COME & set(words) else 0.3 if _DONE & set(words) else 0.0
    if any(word.startswith(("attempt", "tried", "trying")) for word in words):
        place -= 0.5
    elif any(word.startswith(("engag", "repl", "respon", "conversation")) for word in words):
        place += 0.2
    elif any(word.startswith("nurtur") for word in words):
        place += 0.4
    if has_word("payment", bare):
        place += 0.4
    if "analysis" in words or "discovery" in words:
        place += 0.2 if "analysis" in words else 0.001  # after the qualification; a discovery may come first
    if any(word.startswith(("review", "cv", "resume")) for word in words):
        place -= 0.2
    if "sql" in words or "sales" in words:
        place += 0.1 if "accepted" in words else 0.2
    elif any(word.startswith("opportunit") for word in words):
        place += 0.4
    for number, spellings in _ORDINALS.items():
        if any(_is_word(word, words, bare) for word in spellings):
            place += 0.1 * number - 0.2
    digits = re.search(r"\d", bare)
    return place + (0.01 * int(digits[0]) if digits else 0.0)


def _is_word(word: str, words: Sequence[str], bare: str) -> bool:
    """Return True if a word is in the list; Japanese and Chinese anywhere, long words at the start."""
    if not word.isascii():
        return word in bare
    return word in words or (len(word) > 4 and plain(bare).startswith(word))


_LATER = frozenset(("future", "later", "futuro", "spater", "позже"))


def _is_deferred(bare: str) -> bool:
    """Return True if a stage is put off: "Contact in future" is not a contact."""
    return not _LATER.isdisjoint(plain(bare).split())


def _is_waiting(bare: str) -> bool:
    return any(word in plain(bare) for word in ("pending", "awaiting", "waiting", "hold", "wait"))


def _is_held(bare: str) -> bool:
    """Return True if a stage is on hold."""
    return "hold" in plain(bare) or is_all("parked", bare)


def number_of(value: str) -> int | None:
    """Return the number that a stage starts with, a letter as a number; None without one.

    >>> number_of("2. Demo"), number_of("B. Qualified"), number_of("Demo 2"), number_of("03 - Won")
    (2, 2, None, 3)
    """
    if found := _NUMBERED.match(value):
        return int(found[1] or found[2])
    if found := _LETTERED.match(value):
        return ord(found[1].upper()) - 64
    return None


def order_of(values: Sequence[str], options: Sequence[str] = ()) -> tuple[list[str], OrderFrom, str]:
    """Order the stages.

    Returns
    -------
    The stages in order, the source of the order, and the doubt about it ("" if there is none).

    >>> order_of(["3. Won", "1. New", "2. Met"])
    (['1. New', '2. Met', '3. Won'], 'numbers', '')
    >>> order_of(["Zyx", "Abc"])[1]
    'unknown'
    """
    numbers = [number for value in values if (number := number_of(value)) is not None]
    if len(numbers) > 1 and len(numbers) >= 0.8 * len(values) and len(set(numbers)) == len(numbers):
        odd = [value for value in values if number_of(value) is None]
        ordered = sorted(values, key=lambda value: (value in odd, number_of(value) or 0))
        return ordered, "numbers", f"{odd[0]!r} has no number" if odd else ""
    if known := known_order(values):
        return known, "preset", ""
    by_words, doubt = _by_words(values)
    places = {plain(option): at for at, option in enumerate(options)}
    if len(options) > 1 and all(plain(value) in places for value in values):
        offered = sorted(values, key=lambda value: places[plain(value)])
        against = _against(offered)
        return (by_words if against else offered), "dropdown", against
    if not doubt:
        return by_words, "vocabulary", ""
    return by_words, "unknown", doubt


def known_order(values: Sequence[str]) -> list[str] | None:
    """Return the order of a preset, or of a well-known system, that has all the stages.

    >>> known_order(["Propose", "Qualify", "Develop"]), known_order(["Propose", "Zyx", "Develop"])
    (['Qualify', 'Develop', 'Propose'], None)
    """
    folded = {plain(_bare(value)): value for value in values}
    for name in presets():
        stages = preset(name).stages
        if stages and len(values) > 1:
            known = {plain(k): v for k, v in names(stages, {}).items()}
            order = [stage.name for stage in stages]
            if all(value in known for value in folded):
                return sorted(values, key=lambda value: order.index(known[plain(_bare(value))]))
    for listed in _known_orders():
        places = {plain(stage): at for at, stage in enumerate(listed)}
        if len(values) > 2 and all(value in places for value in folded):
            return sorted(values, key=lambda value: places[plain(_bare(value))])
    return None


@cache
def _known_orders() -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(stages) for stages in vocabulary()["known_orders"].values())


def _by_words(values: Sequence[str]) -> tuple[list[str], str]:
    """Return the order by the words of the stages, and the doubt about it."""
    warm = [value for value in values if temperature_of(value) is not None]
    scale = len({temperature_of(value) for value in warm}) > 1
    ranks = {value: _place(value, scale) for value in values}
    unknown = [value for value, rank in ranks.items() if rank is None]
    guessed = {value: rank_of(value, True) if rank is None else rank for value, rank in ranks.items()}
    guessed |= {
        value: _UNDER_WAY for value in unknown if guessed[value] is None and is_all("under_way", _bare(value))
    }
    ordered = sorted(values, key=lambda value: _NEAR_THE_END if (g := guessed[value]) is None else g)
    if unknown:
        return ordered, f"{unknown[0]!r} is no known word"
    if scale and any(_HOT < (ranks[value] or 0.0) < _WON for value in values if value not in warm):
        return ordered, f"{warm[0]!r} says how keen a client is, and perhaps not how far"
    nurtured = [value for value in ordered if _is_nurtured(value)]
    if nurtured and sum((rank or 0.0) >= 2.0 for rank in ranks.values()) > len(nurtured):
        return ordered, f"{nurtured[0]!r} may come before or after the other contacts"
    ties = [f"{a!r} and {b!r}" for a, b in pairwise(ordered) if (ranks[b] or 0.0) - (ranks[a] or 0.0) < 0.005]
    return ordered, f"{ties[0]} may come in either order" if ties else ""


def _is_nurtured(value: str) -> bool:
    """Return True if clients are kept warm in a stage: before they qualify, or after they did not buy."""
    return any(word.startswith("nurtur") for word in plain(_bare(value)).split())


_ROUND = re.compile(
    r"\b(?:stage|round|step|phase|fase|etapa|runde)\s*(one|two|three|four|five|six|\d)\b", re.IGNORECASE
)
_COUNTED = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}


def _place(value: str, scale: bool) -> float | None:
    """Return the position of a stage; a numbered round is between the first contact and the offer.

    Parameters
    ----------
    scale : whether the stages are "cold", "warm" or "hot", which come before all others.
    """
    if found := _ROUND.search(value):
        return 3.0 + 0.5 * (_COUNTED.get(found[1].lower()) or int(found[1]))
    heat = temperature_of(value)
    if heat is not None and (scale or heat == 0):
        return 0.8 + 0.3 * heat
    return rank_of(value)


def _against(ordered: Sequence[str]) -> str:
    """Return the contradiction between an order and the words: a later stage first."""
    for earlier, later in pairwise(ordered):
        a, b = rank_of(earlier), rank_of(later)
        if a is not None and b is not None and a - b > 1.5 and not (a >= 8.5 and earlier == ordered[0]):
            return f"the dropdown lists {earlier!r} before {later!r}"
    return ""


def foreign(values: Sequence[str]) -> str | None:
    """Return the other content of a column of few values ("tasks"); None if it may be stages.

    >>> foreign(["To do", "In progress", "Done"]), foreign(["New", "Contacted", "Won"])
    ('tasks', None)
    """
    if not values:
        return None
    for group in groups("not_stages"):
        if sum(is_all(group, value) for value in values) * 3 >= 2 * len(values):
            ranked = [v for v in values if rank_of(v) is not None and not is_all(group, v)]
            if len(ranked) < 2:
                return group.rpartition(".")[2]
    return None


def is_known(value: str) -> bool:
    """Return True if the value of a stage is in the vocabulary."""
    return (
        rank_of(value) is not None or is_lost(value) or first_concept(("parked",), _bare(value)) is not None
    )


@lru_cache(maxsize=8192)
def _bare(value: str) -> str:
    """Return a stage without the number or letter in front and symbols."""
    text = re.sub(r"^\s*(?:[#(]?\d{1,2}\s*[.):\-–—_/]\s*|[A-Za-z][.):]\s+)", "", value)
    text = "".join(c for c in text if c.isalnum() or c in " '’-_/&.,()+#%").strip()
    return text or value
