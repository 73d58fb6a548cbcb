"""Find the column that names the client, and whether a row is a person, a deal or a thing."""

from __future__ import annotations

from dataclasses import dataclass

from funnel.clients.reading import Confidence
from funnel.reading.tables.evidence import Evidence
from funnel.reading.tables.table import Table
from funnel.reading.words.concepts import first_concept, groups, has_word, is_all, plain
from funnel.reading.words.thresholds import DIFFERENT, NAMED

_NOT = ("phone", "value", "measure", "notes", "owner", "source", "left_reason", "reason", "attribute")
_TITLE = 3.2  # the weight of the title of a deal: above the company that it is with
_TITLES = frozenset(("title", "titolo", "titulo", "titre", "titel", "tytul", "название"))
_LINKS = ("http://", "https://", "www.")
_CHANGES = frozenset((
    "history", "log", "change", "changes", "storico", "historial", "historico", "historique", "verlauf",
))  # fmt: skip
_FEWER = 0.3  # minimum share of different values in a column of clients
_LISTED = 0.5  # minimum share of filled rows in a column headed as clients


@dataclass(frozen=True)
class Identity:
    """The column of the client, alternatives, and the confidence.

    Parameters
    ----------
    columns : the column; two if the name is in two.
    others : other columns that name a client equally well, such as an id.
    people : whether the header means a person or a deal.
    weight : how strongly the header names a client (`header_weight`).
    """

    columns: tuple[Evidence, ...]
    others: tuple[Evidence, ...]
    confidence: Confidence
    because: str
    people: bool
    weight: float = 0.0

    @property
    def number(self) -> int:
        """The number of its first column."""
        return self.columns[0].number


def find_identity(table: Table) -> Identity | None:
    """Find the column that names the client; None if there is none."""
    ranked = sorted(
        ((rank, column) for column in table.columns if (rank := _rank(table, column)) is not None),
        key=lambda pair: (-pair[0], pair[1].number),
    )
    if not ranked:
        return None
    best = ranked[0][1]
    words, cells = _TITLE if _is_title(table, best) else header_weight(best.header), fits(table, best)
    if words < 1 and not cells:
        return None
    confidence: Confidence = (
        "certain" if words >= 1 and cells else "likely" if words >= 2 or cells else "guess"
    )
    others = tuple(column for rank, column in ranked[1:] if rank >= 2 and fits(table, column))
    people = words >= 1.8 or (words >= 1 and _reachable(table))
    return Identity(_joined(table, best), others, confidence, _because(table, best), people, words)


def header_weight(header: str) -> float:
    """Return how strongly a header means that its column names a client.

    >>> [header_weight(name) for name in ("Client name", "Lead_No", "Company", "Name", "Id", "Campaign_Name")]
    [3.0, 2.6, 2.0, 2.4, 1.0, 0.0]
    """
    a_name = has_word("name", header) or is_all("name", header)
    if any(has_word(concept, header) for concept in _NOT) or header.rstrip().endswith(("?", "？")):
        return 0.0
    if has_word("id", header) and not _CHANGES.isdisjoint(plain(header).split()):
        return 1.0  # "Opportunity history key" numbers the changes
    if has_word("people", header) and not has_word("stage_header", header):
        return 2.6 if has_word("id", header) else 3.0
    if has_word("contact", header):
        return 1.9
    if has_word("email", header):
        return 1.2
    if is_all("name", header):
        return 2.4
    if is_all("first_name", header):
        return 2.3  # the whole name says more
    if has_word("deals", header) and not has_word("stage_header", header):
        return 1.8 if has_word("id", header) else 2.0
    if first_concept(groups("things"), header):
        return 0.0
    if a_name:
        rest = " ".join(word for word in plain(header).split() if not is_all("name", word))
        return 0.0 if is_all("stage_header", rest) else 1.5  # "Stage name" is a stage
    return 1.0 if has_word("id", header) else 0.0


def fits(table: Table, column: Evidence) -> bool:
    """Return True if the cells could be names: nearly all filled, nearly all different."""
    named = column.kind in ("names", "numbers", "text", "choices") or column.kind == "empty"
    return named and column.fill >= NAMED and table.distinct[column.number] >= DIFFERENT


def thing(table: Table) -> str | None:
    """Return the group of things that the rows seem to be ("things.vehicles"), or None.

    The first column of texts or numbers decides, and the one that differs in every row; a header that also
    names people is ignored.
    """
    keys = [c for c in table.columns if c.kind in ("names", "text", "numbers", "choices")][:2]
    keys = [c for c in keys if c is keys[0] or c.kind != "choices" or not fits(table, keys[0])]
    keys += [c for c in table.columns if c.kind == "names" and fits(table, c)][:3]
    if not keys:
        return None
    named = any(header_weight(c.header) >= 1.5 and _rank(table, c) is not None for c in table.columns)
    if named:
        keys = [c for c in keys if c is table.columns[0]]
    if not named and [c for c in table.columns if c.kind == "dates"] == list(table.columns[:1]):
        keys.append(table.columns[0])  # the only date: a row for each day
    for column in keys:
        if header_weight(column.header) >= 1.5 or (has_word("value", column.header)):
            continue
        found = first_concept(groups("things"), column.header)
        if found and (found != "things.periods" or not named):
            return found
    return None


def _rank(table: Table, column: Evidence) -> float | None:
    """Rank how well a column names the client; None if it cannot."""
    if column.kind in ("dates", "marks", "empty") or _holds_links(column):
        return None
    words = header_weight(column.header)
    if _is_title(table, column):
        words = _TITLE
    distinct = table.distinct[column.number]
    fit = fits(table, column)
    if column.kind == "numbers" and words < 1:
        return None
    if column.kind == "text" and words < 2:
        return None
    if not fit and (words < 1.5 or distinct < _FEWER or column.fill < _LISTED):
        return None
    if words == 0 and (has_word("value", column.header) or any(has_word(c, column.header) for c in _NOT)):
        return None
    if words == 0 and first_concept((*groups("things"), "stage_header", "result_header"), column.header):
        return None
    return words + 2.0 * fit + 0.5 * column.fill + 0.5 * distinct


def _is_title(table: Table, column: Evidence) -> bool:
    """Return True for the title of a deal, beside a stage and the company or the person it is with."""
    sentence = set(plain(column.header).split()) - {"deal", "opportunity", "trattativa", "negocio"}
    beside = [c for c in table.columns if c is not column]
    return (
        sentence <= _TITLES and bool(sentence)
        and any(c.has_word("deals") or c.has_word("contact") for c in beside)
        and any(is_all("stage_header", c.header) for c in beside)
    )  # fmt: skip


def _holds_links(column: Evidence) -> bool:
    """Return True if most cells are links."""
    links = sum(count for text, count in column.counts.items() if text.lower().startswith(_LINKS))
    return links * 2 > int(column.filled.sum())


def _joined(table: Table, best: Evidence) -> tuple[Evidence, ...]:
    """Return the column, or the two with first name and surname."""
    first = [c for c in table.columns if is_all("first_name", c.header) and c.kind in ("names", "choices")]
    last = [c for c in table.columns if is_all("last_name", c.header) and c.kind in ("names", "choices")]
    for a in first:
        for b in last:
            if a is not b and best in (a, b) and not _contains(b, a):
                return (a, b)
    return (best,)


def _contains(whole: Evidence, part: Evidence) -> bool:
    """Return True if most cells contain the words of another column: a full name beside the first name."""
    pairs = [
        (plain(a).split(), plain(b).split()) for a, b in zip(whole.texts, part.texts, strict=True) if a and b
    ]
    inside = sum(len(a) > len(b) and set(b) <= set(a) for a, b in pairs)
    return inside * 2 > len(pairs)


def _reachable(table: Table) -> bool:
    """Return True if the table has a phone number or an address."""
    return any(has_word("email", c.header) or has_word("phone", c.header) for c in table.columns)


def _because(table: Table, column: Evidence) -> str:
    distinct = table.distinct[column.number]
    differ = "all different" if distinct > 0.995 else f"{distinct:.0%} of them different"
    filled = "every row" if column.fill > 0.995 else f"{column.fill:.0%} of the rows"
    return f"{column.header!r} is filled in {filled}, {differ}"
