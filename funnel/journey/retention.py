"""Retention marks by their words: "One month post-lead", "12-month", "Dopo 3 mesi", "M6", "6 weeks"."""

from __future__ import annotations

import re
from functools import lru_cache

from funnel.journey.durations import Duration
from funnel.text import fold

_NUMBERS = {
    word: number
    for number, words in {
        1: "one first un uno una primo primer primero primeira primeiro ein eine einen einem erster erste premier une",
        2: "two second due dos duas dois zwei zweiter deux secondo segundo deuxieme",
        3: "three third tre tres drei dritter trois terzo tercer terceiro troisieme",
        4: "four fourth quattro cuatro quatro vier quatre",
        5: "five fifth cinque cinco funf cinq",
        6: "six sixth sei seis sechs half",
        7: "seven sette siete sete sieben sept",
        8: "eight otto ocho oito acht huit",
        9: "nine ninth nove nueve neun neuf",
        10: "ten dieci diez dez zehn dix",
        11: "eleven undici once onze elf",
        12: "twelve twelfth dodici doce doze zwolf douze",
        18: "eighteen diciotto dieciocho dezoito achtzehn",
        24: "twentyfour ventiquattro veinticuatro",
    }.items()
    for word in words.split()
}
_UNITS = {
    word: unit
    for unit, words in {
        "month": "month months mo mth mths mese mesi mes meses monat monate monaten mois",
        "week": "week weeks wk wks settimana settimane semana semanas woche wochen semaine semaines",
        "day": "day days giorno giorni dia dias tag tage tagen jour jours",
        "year": "year years yr yrs anno anni ano anos jahr jahre jahren an ans annee",
        "quarter": "quarter quarters trimestre trimestri trimestres quartal",
    }.items()
    for word in words.split()
}
_NOT_RETENTION = frozenset(
    ["trial", "free", "gratis", "gratuit", "gratuito", "gratuita", "offer", "offert", "offre", "membership", "contract", "package", "plan", "pass", "abo", "challenge", "program", "programme", "course", "bundle", "voucher", "subscription", "sold", "bought", "purchased", "notice", "deposit", "prova", "probe", "prueba", "teste", "essai", "kostenlos", "abbonamento", "suscripcion", "assinatura", "abonnement", "vertrag", "paket", "pacchetto", "paquete", "pacote", "forfait", "sale", "signed"]
)  # fmt: skip
_SHORT = re.compile(r"(?:m|mo|month)(\d{1,2})|(\d{1,2})(?:m|mo)")
_GLUED = re.compile(r"(\d+)([a-z]+)")
_FIRST_DAYS = 28  # "day 1 session" is no retention mark; "day 30" is


@lru_cache(maxsize=2048)
def retention_of(header: str) -> Duration | None:
    """How long after the lead a header says that a client is still there; None where it says nothing of it.

    >>> [str(retention_of(name)) for name in ("One month post-lead", "12-month", "M3", "6 weeks", "Free month")]
    ['1 month', '12 months', '3 months', '42 days', 'None']
    """
    words = (
        _GLUED.sub(r"\1 \2", fold(header)).split() if not _SHORT.fullmatch(fold(header)) else [fold(header)]
    )
    if short := _SHORT.fullmatch(words[0] if len(words) == 1 else ""):
        return _duration(int(short[1] or short[2]), "month")
    if _NOT_RETENTION & set(words):
        return None
    for at, word in enumerate(words):
        if word in _UNITS:
            around = [*words[max(at - 1, 0) : at][::-1], *words[at + 1 : at + 2]]
            numbers = [number for number in map(_number, around) if number]
            return _duration(numbers[0], _UNITS[word]) if numbers else None
    return None


def _number(word: str) -> int | None:
    if word.isdigit():
        return int(word)
    return _NUMBERS.get(word)


def _duration(number: int, unit: str) -> Duration | None:
    """The duration, or None where no retention mark is that short or long."""
    length = Duration.parse(f"{number} {unit}")
    if unit == "year":
        length = Duration(months=12 * number)
    days = length.days or 30 * length.months
    return length if _FIRST_DAYS <= days <= 3660 or (unit == "week" and number >= 2) else None
