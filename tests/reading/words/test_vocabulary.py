import tomllib
from importlib import resources

import pytest

from funnel.reading.words.vocabulary import role_headers, step_headers, vocabulary
from funnel.text import fold


def _lists(table):
    for value in table.values():
        yield from _lists(value) if isinstance(value, dict) else [value]


def test_the_file_is_toml_and_read_as_any_other_reader_reads_it():
    text = (resources.files("funnel.reading.words") / "vocabulary.toml").read_text(encoding="utf-8")
    assert vocabulary() == tomllib.loads(text)


@pytest.mark.parametrize("table", ["headers", "retention", "events", "example"])
def test_every_whole_word_is_folded(table):
    for words in _lists(vocabulary()[table]):
        assert [fold(word) for word in words] == words


def test_no_word_is_listed_twice():
    for words in _lists(vocabulary()):
        assert [word for n, word in enumerate(words) if word in words[:n]] == []


@pytest.mark.parametrize(
    "headers",
    [
        ("Client name", "Date of lead", "Source of lead", "Name of coach", "Reason for discontinue",
        "When left journey"),
        ("Nome cliente", "Data del lead", "Fonte del lead", "Nome del coach", "Motivo dell'abbandono",
        "Data di uscita"),
        ("Nombre del cliente", "Fecha del lead", "Origen del lead", "Nombre del coach", "Motivo de baja",
        "Fecha de baja"),
        ("Nome do cliente", "Data do lead", "Origem do lead", "Nome do coach", "Motivo da saída",
        "Data de saída"),
        ("Name des Kunden", "Datum des Leads", "Quelle des Leads", "Name des Coaches", "Abbruchgrund",
        "Abbruchdatum"),
        ("Nom du client", "Date du lead", "Source du lead", "Nom du coach", "Raison de l'arrêt",
        "Date de départ"),
    ],
)  # fmt: skip
def test_roles_in_six_languages(headers):
    assert [role_headers()[fold(header)] for header in headers] == [
        "client", "lead_date", "source", "coach", "left_reason", "left_date",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "header",
    ["First paid session", "Prima sessione pagata", "Primera sesión pagada", "Primeira sessão paga",
     "Erste bezahlte Einheit", "Première séance payée"],
)  # fmt: skip
def test_the_paid_step_in_six_languages(header):
    assert step_headers()[fold(header)] == "First paid session"
