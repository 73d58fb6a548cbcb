import pytest
from hypothesis import given
from hypothesis import strategies as st

from funnel.journey import Duration
from funnel.reading.words.retention_words import retention_of


@pytest.mark.parametrize(
    ("header", "months"),
    [
        ("One month post-lead", 1), ("Two months post-lead", 2), ("12 months post-lead", 12),
        ("12-month", 12),
        ("3 months", 3), ("3-month check-in", 3), ("3rd month", None), ("M3", 3), ("m6", 6), ("6M", 6),
        ("3mo", 3),
        ("Month 1", 1), ("first month", 1), ("still here after six months", 6), ("1 year", 12),
        ("Year 1", 12),
        ("Un mese dopo il lead", 1), ("Dopo 3 mesi", 3), ("Sei mesi", 6), ("Mese 2", 2),
        ("Un mes después", 1), ("Doce meses", 12), ("A los 3 meses", 3),
        ("Um mês após o lead", 1), ("Três meses", 3), ("6 meses pós-lead", 6),
        ("Nach einem Monat", 1), ("Drei Monate nach Lead", 3), ("Monat 6", 6), ("nach zwölf Monaten", 12),
        ("Un mois après", 1), ("Trois mois après le lead", 3), ("12 mois", 12),
    ],
)  # fmt: skip
def test_months_in_six_languages(header, months):
    assert retention_of(header) == (Duration(months=months) if months else None)


@pytest.mark.parametrize(
    ("header", "days"), [("6 weeks", 42), ("Day 30", 30), ("90 giorni", 90), ("nach 6 Wochen", 42)]
)
def test_weeks_and_days(header, days):
    assert retention_of(header) == Duration(days=days)


@pytest.mark.parametrize(
    "header",
    [
        "Day 1 session", "7 day trial", "First month free", "6 week challenge", "3 month membership sold",
        "Week 1",
        "Client contacted", "M", "Month", "Months stayed", "First paid session", "Meeting 2", "",
        "Monthly plan 3",
    ],
)  # fmt: skip
def test_what_only_sounds_like_a_retention_mark(header):
    assert retention_of(header) is None


@given(st.integers(1, 36))
def test_any_number_of_months(n):
    assert retention_of(f"{n} months post-lead") == retention_of(f"M{n}") == Duration(months=n)
