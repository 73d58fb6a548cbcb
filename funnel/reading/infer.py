"""A journey from the headers and contents of any sheet: what is used, and what is doubtful and so is not.

A milestone's column holds only marks, dates or blanks. So does "Has insurance?": such columns are told by
their words, their explicit no's, their old dates and their place, and listed for a person to decide.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

from funnel.journey.model import Column, Journey, Role, Step
from funnel.journey.toml import preset
from funnel.reading.retention_words import retention_of
from funnel.reading.vocabulary import (
    is_attribute,
    is_moving_date,
    is_question,
    paid_weight,
    role_by_words,
    role_headers,
    step_headers,
    words,
)
from funnel.text import fold, listed

DERIVED_MONTHS = (1, 2, 3, 6, 12)
"""Retention steps of a sheet that has no column for them (docs/definitions.md#columns)."""


@dataclass(frozen=True, slots=True)
class ColumnProfile:
    """What a column holds, counted over its rows.

    Parameters
    ----------
    number, header : which column it is.
    marks : cells that mean reached, dates apart; `boxes` of the no's are unticked boxes (FALSE).
    noes : cells that say no in so many words.
    dates, numbers, texts : cells with a date, with any other number, with any other text.
    blanks : blank cells, and unticked boxes.
    distinct : different texts among `texts`.
    oldest, newest : of the dates.
    examples : a few of the texts.
    """

    number: int
    header: str
    marks: int = 0
    noes: int = 0
    dates: int = 0
    numbers: int = 0
    texts: int = 0
    blanks: int = 0
    distinct: int = 0
    oldest: dt.date | None = None
    newest: dt.date | None = None
    examples: tuple[str, ...] = ()

    @property
    def other(self) -> int:
        """Cells that no milestone's column holds."""
        return self.numbers + self.texts

    @property
    def empty(self) -> bool:
        """Whether nobody has typed anything here yet."""
        return not (self.marks or self.noes or self.dates or self.other)


@dataclass(frozen=True, slots=True)
class Doubt:
    """A column that looks like a milestone and is not used, and why."""

    column: int
    header: str
    why: str


@dataclass(frozen=True, slots=True)
class Inference:
    """What was inferred: a journey (None where no step was found), what is doubtful, and what was guessed."""

    journey: Journey | None
    doubtful: tuple[Doubt, ...] = ()
    notes: tuple[str, ...] = ()


def infer_journey(profiles: Iterable[ColumnProfile], name: str = "Journey") -> Inference:
    """Infer a journey from what the columns of a sheet hold.

    >>> found = infer_journey([
    ...     ColumnProfile(1, "Client", texts=9, distinct=9), ColumnProfile(2, "Lead date", dates=9),
    ...     ColumnProfile(3, "Trial", marks=6, blanks=3), ColumnProfile(4, "Paid", marks=3, blanks=6),
    ...     ColumnProfile(5, "3 months", marks=2, blanks=7),
    ...     ColumnProfile(6, "Has insurance?", marks=4, noes=5)])
    >>> found.journey
    Journey 'Journey': 3 steps, paid at 'Paid', retention at 3 months
    >>> found.doubtful[0].why
    'a yes/no question about the client, by its words'
    """
    columns = [profile for profile in profiles if profile.header]
    roles = _roles(columns)
    milestones, doubtful = _milestones(columns, roles)
    steps, notes = _steps(milestones, doubtful)
    if not _is_journey(milestones, roles):
        steps = []
    stays = not steps or any(step.paid for step in steps)  # who never came is no client who stayed
    dated = {"lead_date", "left_date"} <= set(roles)
    if stays and dated and not any(step.kind == "retention" for step in steps):
        what = "a retention mark" if steps else "a step"
        notes.append(f"no column is {what}; retention is derived from the date of leaving")
        steps += [Step(name=_months_name(months), months=months) for months in DERIVED_MONTHS]
    doubts = tuple(sorted(doubtful, key=lambda doubt: doubt.column))
    if not steps:
        return Inference(None, doubts, tuple(notes))
    carried = {role: _column(found) for role, found in roles.items()}
    return Inference(Journey(name=name, columns=carried, steps=tuple(steps)), doubts, tuple(notes))


def infer_roles(profiles: Iterable[ColumnProfile]) -> dict[Role, Column]:
    """Infer which columns carry which roles.

    >>> infer_roles([ColumnProfile(1, "Client", texts=9, distinct=9)])["client"].headers
    ('Client',)
    """
    roles = _roles([profile for profile in profiles if profile.header])
    return {role: _column(found) for role, found in roles.items()}


# --- roles ------------------------------------------------------------------------------------------------


def _roles(columns: Sequence[ColumnProfile]) -> dict[Role, list[ColumnProfile]]:
    """The columns that carry a role: by whole headers, then by words, then by what they hold."""
    roles: dict[Role, list[ColumnProfile]] = {}
    for profile in columns:
        role = role_headers().get(fold(profile.header))
        if role and role not in roles and _can_hold(role, profile):
            roles[role] = [profile]
    _whole_name(roles, columns)
    for profile in columns:
        if _named(profile) or any(profile in found for found in roles.values()):
            continue
        for role in role_by_words(profile.header):
            if role not in roles and _can_hold(role, profile, sure=False):
                roles[role] = [profile]
                break
    _by_content(roles, columns)
    return roles


def _whole_name(roles: dict[Role, list[ColumnProfile]], columns: Sequence[ColumnProfile]) -> None:
    """A client's name in two columns, first name and surname."""
    first = next((p for p in columns if fold(p.header) in words("names", "first")), None)
    last = next((p for p in columns if fold(p.header) in words("names", "last")), None)
    current = roles.get("client")
    if first and last and (current is None or current[0] in (first, last)):
        roles["client"] = [first, last]


def _named(profile: ColumnProfile) -> bool:
    """Whether the header says that the column is a step."""
    return fold(profile.header) in step_headers() or retention_of(profile.header) is not None


def _can_hold(role: Role, profile: ColumnProfile, sure: bool = True) -> bool:
    """Whether a column holds what a role needs; where only words hint at the role, it must hold some."""
    if role in ("lead_date", "left_date"):
        return (profile.dates > 0 and profile.dates >= profile.other) or (sure and profile.empty)
    if role in ("value", "id"):
        return not profile.dates
    if profile.empty:
        return sure
    return profile.texts + profile.numbers > 0 and profile.texts >= profile.dates + profile.marks


def _by_content(roles: dict[Role, list[ColumnProfile]], columns: Sequence[ColumnProfile]) -> None:
    """The first column of mostly different texts is the client; the first of dates the lead date."""
    free = [p for p in columns if not any(p in found for found in roles.values()) and not _named(p)]
    if "client" not in roles:
        names = (
            p for p in free if p.texts and p.distinct * 10 >= p.texts * 8 and p.texts > p.dates + p.marks
        )
        if found := next(names, None):
            roles["client"] = [found]
    if "lead_date" not in roles:
        days = (p for p in free if p.dates and p.dates >= 2 * (p.blanks + p.other + p.marks)
                and not is_attribute(p.header) and not is_moving_date(p.header))  # fmt: skip
        if found := next(days, None):
            roles["lead_date"] = [found]


def _column(found: Sequence[ColumnProfile]) -> Column:
    headers = tuple(profile.header for profile in found)
    return Column(join=headers) if len(headers) > 1 else Column(headers=headers)


# --- steps ------------------------------------------------------------------------------------------------


def _milestones(
    columns: Sequence[ColumnProfile], roles: Mapping[Role, Sequence[ColumnProfile]]
) -> tuple[list[ColumnProfile], list[Doubt]]:
    """The columns that are steps, and those that only look so."""
    taken = {profile.number for found in roles.values() for profile in found}
    milestones, doubtful = [], []
    for profile in columns:
        if profile.number in taken or not _looks_like_milestone(profile):
            continue
        why = _doubt(profile, roles, columns)
        if why:
            doubtful.append(Doubt(profile.number, profile.header, why))
        else:
            milestones.append(profile)
    return milestones, [*doubtful, *_unused(columns, milestones, taken)]


def _is_journey(milestones: Sequence[ColumnProfile], roles: Mapping[Role, object]) -> bool:
    """Whether columns of marks make a journey: they are those of clients, and several or named so."""
    clients = roles.keys() & {"client", "lead_date"}
    known = len(milestones) > 1 or any(_strong(profile) for profile in milestones)
    return len(clients) == 2 or (len(clients) == 1 and known)


def _looks_like_milestone(profile: ColumnProfile) -> bool:
    """Whether a column holds marks, dates or blanks only, or is named so; of its cells one in six may be odd.

    Where the header names a step, one in three: the step would be missed, and each odd cell is reported.
    """
    if profile.empty:
        return _named(profile) or paid_weight(profile.header) >= 2
    reached = profile.marks + profile.dates
    return reached > 0 and reached >= (2 if _named(profile) else 5) * profile.other


def _doubt(
    profile: ColumnProfile, roles: Mapping[Role, Sequence[ColumnProfile]], columns: Sequence[ColumnProfile]
) -> str | None:
    """Why a column that looks like a milestone is probably none, or None."""
    if _named(profile):
        return None
    if is_attribute(profile.header):
        return (
            "a yes/no question about the client, by its words"
            if profile.marks
            else "a date about the client, by its words"
        )
    if profile.dates > profile.marks:
        return _doubtful_dates(profile, roles)
    if "left_date" in role_by_words(profile.header):
        return "it seems to say that a client left, without a date"
    if paid_weight(profile.header):
        return None
    if is_question(profile.header) or (profile.header.endswith("?") and profile.noes):
        return "a yes/no question"
    if profile.noes and not _noes_are_usual(profile, columns):
        return "it says no in so many words, which the other steps do not"
    return _misplaced(profile, roles)


def _noes_are_usual(profile: ColumnProfile, columns: Sequence[ColumnProfile]) -> bool:
    """Whether this sheet writes its noes: another sure step does, or most columns that could be steps."""
    others = [p for p in columns if p is not profile and p.marks and _looks_like_milestone(p)
              and not is_attribute(p.header) and not is_question(p.header)]  # fmt: skip
    saying = sum(p.noes > 0 for p in others)
    return any(p.noes and _strong(p) for p in others) or (saying > 1 and 2 * saying > len(others))


def _strong(profile: ColumnProfile) -> bool:
    """Whether a column is a step by words and contents both."""
    return (_named(profile) or paid_weight(profile.header) >= 1) and _looks_like_milestone(profile)


def _doubtful_dates(profile: ColumnProfile, roles: Mapping[Role, Sequence[ColumnProfile]]) -> str | None:
    if is_moving_date(profile.header):
        return "a date that moves on, by its words"
    lead = roles["lead_date"][0] if "lead_date" in roles else None
    if profile.oldest and lead and lead.oldest and (lead.oldest - profile.oldest).days > 366:
        return f"its dates begin in {profile.oldest.year}, long before the first lead"
    return None


def _misplaced(profile: ColumnProfile, roles: Mapping[Role, Sequence[ColumnProfile]]) -> str | None:
    """Steps stand to the right of the client and the lead date, and not beyond the columns about leaving."""
    before = [p.number for role in ("client", "lead_date") for p in roles.get(role, ())]
    after = [p.number for role in ("left_reason", "left_date") for p in roles.get(role, ())]
    if before and profile.number < min(before):
        return "it stands before the client's name"
    if after and profile.number > max(after) and before and max(after) > max(before):
        return "it stands after the columns about leaving"
    return None


def _steps(milestones: Sequence[ColumnProfile], doubtful: list[Doubt]) -> tuple[list[Step], list[str]]:
    """The steps in sheet order, with the paid one and the retention marks guessed from their words."""
    notes: list[str] = []
    paid = _paid(milestones, notes)
    steps: list[Step] = []
    for profile in milestones:
        clock = retention_of(profile.header) if profile is not paid else None
        if any(fold(profile.header) == fold(step.name) for step in steps):
            doubtful.append(Doubt(profile.number, profile.header, "another column has the same header"))
        elif clock and any(step.retention_duration == clock for step in steps):
            doubtful.append(Doubt(profile.number, profile.header, f"another column says {clock} too"))
        else:
            steps.append(_step(profile, profile is paid))
    return steps, notes


def _unused(
    columns: Sequence[ColumnProfile], milestones: Sequence[ColumnProfile], taken: Set[int]
) -> Iterator[Doubt]:
    """Columns between the steps in which nobody has typed anything yet."""
    numbers = [profile.number for profile in milestones]
    for profile in columns:
        between = numbers and min(numbers) < profile.number < max(numbers)
        if profile.empty and between and profile.number not in taken and profile.number not in numbers:
            yield Doubt(profile.number, profile.header, "nothing is typed in it yet")


def _step(profile: ColumnProfile, paid: bool) -> Step:
    """A step by the column's own header, with what the preset knows of a step of that name."""
    known = step_headers().get(fold(profile.header))
    model = preset("gym").step(known) if known else None
    clock = None if paid else retention_of(profile.header)
    return Step(
        name=profile.header,
        paid=paid,
        months=clock.months or None if clock else None,
        after=str(clock) if clock and not clock.months else None,
        target=model.target if model else None,
        advice=model.advice if model else None,
    )


def _paid(milestones: Sequence[ColumnProfile], notes: list[str]) -> ColumnProfile | None:
    """The column whose words say most strongly that the client pays; the first of equals."""
    known = [p for p in milestones if step_headers().get(fold(p.header)) == "First paid session"]
    ranked = known or sorted(
        (p for p in milestones if paid_weight(p.header) and not retention_of(p.header)),
        key=lambda p: -paid_weight(p.header),
    )
    if not ranked:
        if milestones:
            notes.append("no step says that the client pays; put `paid = true` below the one that does")
        return None
    others = [p.header for p in ranked[1:] if paid_weight(p.header) >= 2]
    also = f", not {listed(map(repr, others), 'or')}" if others else ""
    notes.append(f"{ranked[0].header!r} is taken for the step at which the client pays{also}")
    return ranked[0]


def _months_name(months: int) -> str:
    return f"{months} month{'' if months == 1 else 's'}"
