import pytest

from funnel.reading.words.vocabulary import paid_weight, role_by_words, role_headers, step_headers, vocabulary
from funnel.text import fold


def test_every_word_is_folded():
    def lists(table):
        for value in table.values():
            yield from lists(value) if isinstance(value, dict) else [value]

    for words in lists(vocabulary()):
        assert [fold(word) for word in words] == words
        assert len(set(words)) == len(words)


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
    assert paid_weight(header) == 3


@pytest.mark.parametrize(
    "header", ["Unpaid", "Payment link sent", "Free trial", "Invoice sent", "Meeting had"]
)
def test_what_only_sounds_paid(header):
    assert paid_weight(header) == 0


def test_words_hint_at_roles():
    assert role_by_words("Personal trainer") == ["coach"]
    assert role_by_words("Warum Kündigung?") == ["left_date"]
    assert role_by_words("Meeting had") == []


@pytest.mark.parametrize(
    "header", ["Datum des Abbruchs", "Austrittsdatum", "Kündigungsdatum", "Ausstieg am", "Date d'abandon"]
)
def test_a_day_of_leaving_is_told_by_its_words(header):
    assert role_by_words(header) == ["left_date"]
