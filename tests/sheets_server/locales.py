"""What a spreadsheet's locale changes: separators, the order of dates, the words for true and false."""

from __future__ import annotations

COMMA_DECIMAL = {
    "it", "es", "pt", "de", "fr", "nl", "pl", "ru", "sv", "da", "fi", "nb", "no", "cs", "tr", "el", "hu",
    "ro", "uk", "bg", "hr", "sk", "sl", "lt", "lv", "et", "id", "vi", "ca",
}  # fmt: skip
DOT_DECIMAL = {"es_MX", "de_CH", "it_CH"}
WORDS = {
    "it": ("VERO", "FALSO"),
    "es": ("VERDADERO", "FALSO"),
    "de": ("WAHR", "FALSCH"),
    "fr": ("VRAI", "FAUX"),
    "pt": ("VERDADEIRO", "FALSO"),
}
DATES = {"en_US": "m/d/yyyy", "de": "dd.MM.yyyy", "sv": "yyyy-MM-dd", "fr": "dd/MM/yyyy", "it": "d/m/yyyy"}


def language(locale: str) -> str:
    return locale.split("_")[0]


def comma_decimal(locale: str) -> bool:
    """Say whether 1,5 is one and a half here (then arguments are separated by semicolons)."""
    return locale not in DOT_DECIMAL and language(locale) in COMMA_DECIMAL


def truth(value: bool, locale: str) -> str:
    """The word for a truth value."""
    return WORDS.get(language(locale), ("TRUE", "FALSE"))[not value]


def words(locale: str) -> dict[str, bool]:
    """Words that a person types for a truth value (English ones are understood everywhere)."""
    yes, no = WORDS.get(language(locale), ("TRUE", "FALSE"))
    return {"TRUE": True, "FALSE": False, yes: True, no: False}


def date_pattern(locale: str) -> str:
    """How a date looks that has no pattern of its own."""
    return DATES.get(locale) or DATES.get(language(locale)) or "dd/MM/yyyy"


def month_first(locale: str) -> bool:
    return locale in {"en_US", "en_PH"}
