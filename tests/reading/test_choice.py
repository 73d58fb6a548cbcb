"""Beliefs about small sheets made by hand: one for each kind of evidence."""

import datetime as dt
import importlib.util
import json
from pathlib import Path

import pytest

from funnel.grid import Area, Dropdown, Grid
from funnel.reading import read_grids
from funnel.sheets import open_sheet

AS_OF = dt.date(2026, 11, 28)
D = dt.date
DAYS = [D(2026, 1, 1) + dt.timedelta(days=3 * n) for n in range(24)]
NAMES = [f"Person {n}" for n in range(24)]


def read(*columns, tab="Leads", **more):
    height = max(map(len, columns))
    grid = Grid(tab, [[*column, *[None] * (height - len(column))] for column in columns], **more)
    return read_grids({tab: grid}, AS_OF)


def marks(header, n, mark=1):
    """Marks of the first n clients, so that each column is nested in those with more."""
    return [header, *[mark] * n]


def some(header, rows, value):
    return [header, *[value(n) if n in rows else None for n in range(24)]]


CLIENT, LEAD = ["Client", *NAMES], ["Lead date", *DAYS]


def roles(reading):
    return {belief.role: belief.header for belief in reading.columns}


def test_a_leaving_date_in_an_unknown_word():
    left = some("Zyx", (3, 9, 20, 22), lambda n: DAYS[n] + dt.timedelta(days=60))
    why = some("Qwe", (3, 9, 20, 22), lambda n: ["dear", "moved"][n % 2])
    reading = read(CLIENT, LEAD, marks("Called", 21), marks("Met", 15), marks("Paid", 10), left, why)
    assert (roles(reading)["left_date"], roles(reading)["left_reason"]) == ("Zyx", "Qwe")
    assert [step.step for step in reading.steps] == ["Called", "Met", "Paid"]
    assert not reading.questions


def test_a_flag_beside_its_date_is_one_step():
    dates = some("Hire date", range(9), lambda n: DAYS[n] + dt.timedelta(days=30))
    reading = read(CLIENT, LEAD, marks("Interviewed", 15), marks("Hired", 9), dates)
    assert [step.headers for step in reading.steps] == [("Interviewed",), ("Hire date", "Hired")]


def test_plans_timestamps_and_birthdays_are_no_steps():
    met = some("Met", range(12), lambda n: DAYS[n] + dt.timedelta(days=9))
    paid = some("Paid", range(6), lambda n: DAYS[n] + dt.timedelta(days=20))
    plan = some("Zyx", range(10), lambda n: D(2027, 1, 1 + n))
    changed = ["Qwe", *[day + dt.timedelta(days=40) for day in DAYS]]
    born = ["Rty", *[D(1980, 1, 1 + n) for n in range(24)]]
    reading = read(CLIENT, LEAD, met, paid, plan, changed, born)
    assert [step.step for step in reading.steps] == ["Met", "Paid"]
    assert {column.header for column in reading.not_used} >= {"Zyx", "Qwe"}


def test_ones_among_other_numbers_are_counts():
    reading = read(CLIENT, LEAD, marks("Called", 20), marks("Paid", 9), ["Visits", *[1, 2, 1, 4] * 6])
    assert [step.step for step in reading.steps] == ["Called", "Paid"]


def test_columns_headed_by_names_of_people_are_no_steps():
    helpers = [[name, *[1] * 12, *[None] * 12] for name in ("Ada Neri", "Bea Moss", "Cy Holt")]
    assert read(["Day", *DAYS], *helpers).shape == "none"


def test_a_stage_column_in_the_order_of_its_dropdown():
    values = ["Zub", "Zab", "Zob", "Lost"] * 6
    offered = (Dropdown((Area(2, 3, 99, 3),), ("Zab", "New", "Zob", "Zub", "Lost")),)
    reading = read(CLIENT, LEAD, ["Stage", *values], dropdowns=offered)
    assert [step.step for step in reading.steps] == ["Zab", "New", "Zob", "Zub"]
    assert {stage.order_from for stage in reading.stages} == {"dropdown"}


def test_stages_without_a_known_order_are_asked_about():
    reading = read(CLIENT, LEAD, ["Stage", *["New", "Zab", "Zub", "Won"] * 6])
    assert reading.is_guess
    assert any(question.about == "order" for question in reading.questions)


@pytest.mark.parametrize(
    ("new", "met", "won", "lost"),
    [
        ("Nuevo", "Visita", "Inscrito", "Descartado"), ("Neu", "Erstgespräch", "Mitglied", "Abgesprungen"),
        ("Nouveau", "Appelé", "Abonné", "Sans suite"), ("Nuovo", "Contattato", "Iscritto", "Rinunciato"),
        ("Novo", "Contatado", "Matriculado", "Desistiu"), ("Nieuw", "Gebeld", "Ingeschreven", "Afgehaakt"),
        ("Nowy", "Rozmowa", "Umowa podpisana", "Zrezygnował"), ("Новый", "Созвон", "Оплатил", "Отказ"),
        ("Yeni", "Görüşme", "Kayıt oldu", "Vazgeçti"), ("Baru", "Dihubungi", "Bergabung", "Batal"),
        ("新規", "面談", "入会", "辞退"), ("新线索", "已联系", "成交", "流失"),
        ("New", "Called", "Won", "Lost"),
        ("جديد", "تم التواصل", "مشترك", "مرفوض"),
    ],
)  # fmt: skip
def test_stages_in_every_language(new, met, won, lost):
    reading = read(CLIENT, LEAD, ["Status", *[met, won, lost, new] * 6])
    assert [step.step for step in reading.steps] == [new, met, won]
    assert [stage.stage for stage in reading.stages if stage.lost] == [lost]
    assert not reading.is_guess


def test_an_event_log_counts_its_keys():
    people, events, days = ["Person"], ["Event"], ["When"]
    for n in range(10):
        for at, event in enumerate(["Signed up", "Called", "Bought"][: 1 + n % 3]):
            people.append(f"P{n}")
            events.append(event)
            days.append(DAYS[n] + dt.timedelta(days=5 * at))
    reading = read(people, events, days)
    assert (reading.shape, [step.step for step in reading.steps]) == (
        "events",
        ["Signed up", "Called", "Bought"],
    )


def test_nothing_is_read_from_headers_alone_but_those_of_a_preset():
    assert read(["Name"], ["Phone"], ["Stage"]).shape == "none"
    known = ("Client name", "Date of lead", "Client contacted", "Client meeting had", "First paid session")
    reading = read(*[[header] for header in known])
    assert (reading.confidence, len(reading.steps)) == ("certain", 3)


def test_a_reading_is_the_same_each_time():
    columns = (CLIENT, LEAD, marks("Called", 20), marks("Zab", 15), marks("Paid", 9))
    assert read(*columns) == read(*columns)


# --- the forty sheets that were read by hand ---------------------------------------------------------------

FOLDER = Path(__file__).parents[3] / "shared" / "readings"
CASES = json.loads((FOLDER / "expected.json").read_text("utf-8")) if FOLDER.is_dir() else []


def _check():
    spec = importlib.util.spec_from_file_location("readings_check", FOLDER / "check.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_forty_sheets_are_here(shared):
    """In CI a missing folder fails here; elsewhere it skips, as the test below does."""
    assert len(json.loads(shared("readings/expected.json").read_text("utf-8"))) == len(CASES) == 40


@pytest.mark.skipif(not CASES, reason="the sheets that were read by hand are not here")
@pytest.mark.parametrize("human", CASES, ids=lambda human: human["file"])
def test_a_sheet_is_read_as_a_careful_person_reads_it(human):
    check = _check()
    sheet = open_sheet(FOLDER / human["file"])
    reading = read_grids({tab: sheet.read(tab) for tab in sheet.tabs()}, AS_OF, human["file"])
    if human["answer"] == "refuse":
        assert reading.shape == "none"
        assert reading.refusal
        return
    assert reading.is_guess == (human["answer"] == "ask")
    seen = check.product_reading({"reading": reading.to_json()}, {})
    steps, roles, tab, lost = seen
    hows = [
        check.differs(one, steps, roles, tab, lost) or check.sees_lost(one, steps, roles, lost)
        for one in check.readings_of(human)
    ]
    assert None in hows, hows
