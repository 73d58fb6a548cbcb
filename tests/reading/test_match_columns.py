import pytest

from funnel.journey import Column, Journey, Step, preset
from funnel.reading.match_columns import match, nearest_header
from funnel.reading.tables.header import Header
from funnel.schema import step_mark

PAID, MET = Step(name="First paid session", paid=True), Step(name="Client meeting had", aliases=("Visit",))
JOURNEY = Journey(columns={"client": "Client name", "coach": ("Name of coach", "Coach")}, steps=(MET, PAID))


def found(*headers, journey=JOURNEY):
    return match(Header(1, dict(enumerate(headers, start=1))), journey)


@pytest.mark.parametrize(
    "header", ["First paid session", "first PAID session", " First  paid-session? ", "Fírst paid sessìon"]
)
def test_exact_and_folded(header):
    assert found("Client name", header).at[step_mark("First paid session")] == (2,)


def test_exact_goes_before_folded_and_folded_before_alias():
    assert found("CLIENT NAME", "Client name").at["client"] == (2,)
    assert found("Coach", "name of coach").at["coach"] == (2,)
    assert found("x", "Visit").at[step_mark("Client meeting had")] == (2,)


def test_aliases_are_tried_in_their_order():
    journey = Journey(columns={"client": ("A", "B", "C")}, steps=(PAID,))
    assert found("C", "B", journey=journey).at["client"] == (2,)


def test_a_near_miss_is_accepted_and_said():
    columns = found("Client name", "Fist paid sesion")
    assert columns.at[step_mark("First paid session")] == (2,)
    assert columns.assumed == ["column B, 'Fist paid sesion', is taken for 'First paid session'"]


@pytest.mark.parametrize(
    "headers",
    [
        ("Fist paid session", "First payd session"),  # two of them
        ("Second paid session",),  # another word
        ("First paid session date",),  # one word more
        ("Client meeting booked",),  # like 'Client meeting had', letter by letter
    ],
)
def test_what_is_not_near_enough_is_offered_only(headers):
    columns = found("Client name", *headers)
    assert set(columns.at) == {"client"}
    assert columns.assumed == []
    assert nearest_header(("First paid session", "Client meeting had"), columns.free.values()) == headers[0]


def test_a_near_miss_never_crosses_months():
    gym = preset("gym")
    columns = found("Client name", "Six month post-lead", "Ten months post-lead", journey=gym)
    assert columns.at == {"client": (1,), step_mark("Six months post-lead"): (2,)}


def test_retention_marks_are_found_by_what_they_say():
    journey = Journey(steps=(PAID, Step(name="3m", months=3), Step(name="6w", after="6 weeks")))
    columns = found("Dopo tre mesi", "nach 6 Wochen", "Paid", journey=journey)
    assert columns.at == {step_mark("3m"): (1,), step_mark("6w"): (2,)}
    assert columns.assumed == [
        "column A, 'Dopo tre mesi', is taken for '3m'", "column B, 'nach 6 Wochen', is taken for '6w'",
    ]  # fmt: skip
    assert step_mark("3m") in found("3 months", "three months", journey=journey).missing


def test_a_name_in_two_columns():
    journey = Journey(columns={"client": Column(join=("First name", "Surname"))}, steps=(PAID,))
    assert found("surname", "First Name", journey=journey).at["client"] == (2, 1)
    assert found("Surname", journey=journey).missing == ("client", step_mark("First paid session"))


def test_a_header_that_stands_there_twice_is_used_once():
    columns = found("Client name", "First paid session", "Notes", "First paid session")
    assert columns.at[step_mark("First paid session")] == (2,)
    assert columns.twice == {4: 2}


def test_grouped_headers_are_found_with_and_without_their_group():
    header = Header(2, {1: "Call: Booked", 2: "Visit: Booked"}, {1: "Booked", 2: "Booked"})
    journey = Journey(steps=(Step(name="Visit: Booked"), Step(name="Booked")))
    assert match(header, journey).at == {step_mark("Visit: Booked"): (2,), step_mark("Booked"): (1,)}


def test_columns_come_in_the_order_of_the_journey():
    columns = found("First paid session", "Client meeting had", "Client name")
    assert columns.steps(JOURNEY) == {"Client meeting had": 2, "First paid session": 1}
    assert (columns.first("client"), columns.first("coach")) == (3, None)


LANGUAGES = {
    "it": ("Nome cliente", "Data del lead", "Cliente contattato", "Incontro prenotato", "Incontro fatto",
           "Affidato al coach", "Sessione gratuita fatta", "Prima sessione pagata", "Un mese dopo il lead",
           "2 mesi dopo il lead", "Tre mesi dopo il lead", "6 mesi dopo il lead", "12 mesi dopo il lead"),
    "es": ("Nombre del cliente", "Fecha del lead", "Cliente contactado", "Reunión reservada",
    "Reunión realizada",
           "Derivado al coach", "Sesión gratuita realizada", "Primera sesión pagada",
           "Un mes después del lead",
           "Dos meses después del lead", "Tres meses después del lead", "Seis meses después",
           "12 meses después"),
    "pt": ("Nome do cliente", "Data do lead", "Cliente contatado", "Reunião marcada", "Reunião realizada",
           "Encaminhado ao coach", "Sessão gratuita realizada", "Primeira sessão paga", "Um mês após o lead",
           "Dois meses após o lead", "Três meses após o lead", "Seis meses após o lead",
           "12 meses após o lead"),
    "de": ("Name des Kunden", "Datum des Leads", "Kunde kontaktiert", "Kundengespräch gebucht",
           "Kundengespräch geführt", "An Coach verwiesen", "Probetraining absolviert",
           "Erste bezahlte Einheit",
           "1 Monat nach Lead", "2 Monate nach Lead", "3 Monate nach Lead", "6 Monate nach Lead",
           "12 Monate nach Lead"),
    "fr": ("Nom du client", "Date du lead", "Client contacté", "Rendez-vous pris", "Rendez-vous effectué",
           "Adressé au coach", "Séance gratuite effectuée", "Première séance payée", "Un mois après le lead",
           "Deux mois après le lead", "Trois mois après le lead", "Six mois après le lead",
           "12 mois après le lead"),
}  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_preset_in_other_languages(language):
    columns = found(*LANGUAGES[language], journey=preset("gym"))
    steps = columns.steps(preset("gym"))
    assert [columns.first("client"), columns.first("lead_date"), *steps.values()] == list(range(1, 14))
    assert list(steps) == [step.name for step in preset("gym").steps]
