"""Live totals of random sheets in nine languages: LibreOffice's count of them is the one in our JSON.

`FUNNEL_EXAMPLES=20` tries twenty workbooks instead of one.
"""

import datetime as dt
import json
import random
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner
from examples import examples
from openpyxl.styles import PatternFill

import funnel
from funnel.cli import main

BOOKS = examples(1)
TODAY = dt.date.today()
HEADERS = {
    "English": ["Client name", "Date of lead", "Client contacted", "Client meeting had", "First paid session",
                "One month post-lead", "Reason for discontinue", "When left journey"],
    "Italiano": ["Nome cliente", "Data del lead", "Cliente contattato", "Incontro avvenuto",
                 "Prima sessione pagata", "Un mese dopo il lead", "Motivo di abbandono", "Data di abbandono"],
    "Español": ["Nombre del cliente", "Fecha del lead", "Cliente contactado", "Reunión realizada",
                "Primera sesión pagada", "Un mes después del lead", "Motivo de baja", "Fecha de baja"],
    "Português": ["Nome do cliente", "Data do lead", "Cliente contatado", "Reunião realizada",
                  "Primeira sessão paga", "Um mês após o lead", "Motivo da saída", "Data de saída"],
    "Deutsch": ["Name des Kunden", "Datum der Anfrage", "Kunde kontaktiert", "Gespräch geführt",
                "Erste bezahlte Einheit", "Ein Monat nach der Anfrage", "Grund des Abbruchs",
                "Datum des Abbruchs"],
    "Français": ["Nom du client", "Date du contact", "Client contacté", "Rendez-vous effectué",
                 "Première séance payée", "Un mois après le contact", "Motif d'arrêt", "Date d'arrêt"],
    "Polski": ["Klient", "Data kontaktu", "Skontaktowano", "Spotkanie odbyte", "Pierwsza płatność",
               "Miesiąc po kontakcie", "Powód odejścia", "Data odejścia"],
    "Русский": ["Клиент", "Дата обращения", "Связались", "Встреча", "Первая оплата", "Месяц после обращения",
                "Причина ухода", "Дата ухода"],
    "日本語": ["氏名", "問い合わせ日", "連絡済み", "面談", "初回支払い", "1か月後", "退会理由", "退会日"],
}  # fmt: skip
YES = {
    "English": "yes",
    "Italiano": "sì",
    "Español": "sí",
    "Português": "sim",
    "Deutsch": "ja",
    "Français": "oui",
    "Polski": "tak",
    "Русский": "да",
    "日本語": "はい",
}
NO = {
    "English": "no",
    "Italiano": "no",
    "Español": "no",
    "Português": "não",
    "Deutsch": "nein",
    "Français": "non",
    "Polski": "nie",
    "Русский": "нет",
    "日本語": "いいえ",
}
ROLES = ("client", "lead_date", "left_reason", "left_date")
"""Four roles and four steps, in the columns A, B, G, H and C to F."""


def journey(headers: list[str]) -> funnel.Journey:
    columns = dict(zip(ROLES, (headers[at] for at in (0, 1, 6, 7)), strict=True))
    steps = [{"name": name} for name in headers[2:6]]
    steps[2]["paid"], steps[3]["months"] = True, 1
    return funnel.Journey.model_validate({"columns": columns, "steps": steps})


def cell(dice: random.Random, language: str) -> tuple[object, bool]:
    """What a person types in a step's cell, and whether that is a mark today."""
    yes, no = YES[language], NO[language]
    kept = [1, 1, 1.0, True, "x", "X", "✓", "1", " 1 ", yes, yes.upper(), f" {yes.title()} ", "y"]
    commented = f"{TODAY - dt.timedelta(9):%d.%m.%Y} (Tel)"
    dates = [TODAY, TODAY - dt.timedelta(dice.randint(1, 900)), TODAY - dt.timedelta(3, hours=-9), 45_700]
    dates += [commented, commented.replace(" (Tel)", " - called")]
    others = [
        None,
        None,
        None,
        0,
        False,
        "0",
        "-",
        no,
        "",
        " ",
        "booked",
        "?",
        "*",
        7,
        TODAY + dt.timedelta(2),
        commented.replace("Tel", "abgesagt"),
    ]
    group = dice.choice([kept, dates, others, others])
    return dice.choice(group), group is not others


def fill(sheet, language: str, dice: random.Random) -> list[int]:
    """Fill a tab with clients; return how many of each step are marked."""
    sheet.append(HEADERS[language])
    counts = [0] * 4
    for number in range(dice.randint(5, 40)):
        lead = TODAY - dt.timedelta(dice.randint(-5, 400)) if dice.random() < 0.9 else None
        cells = [cell(dice, language) for _ in range(4)]
        left = dice.choice([None, None, TODAY - dt.timedelta(dice.randint(-20, 100))])
        reason = dice.choice([None, None, "Price"])
        sheet.append([f"Person {number}", lead, *(value for value, _ in cells), reason, left])
        if dice.random() < 0.1:
            colour = dice.choice(["FFFF0000", "FF00B050"])
            sheet.cell(sheet.max_row, 1).fill = PatternFill("solid", fgColor=colour)
        if lead is None or lead <= TODAY:
            counts = [total + mark for total, (_, mark) in zip(counts, cells, strict=True)]
    return counts


@pytest.mark.office
@pytest.mark.parametrize("seed", range(BOOKS))
def test_libreoffice_counts_what_the_json_says(
    seed: int, tmp_path: Path, office_convert: Callable[[Path, str, Path], Path]
) -> None:
    dice, path = random.Random(seed), tmp_path / "clients.xlsx"
    book = openpyxl.Workbook()
    book.remove(book.active)
    by_hand = {language: fill(book.create_sheet(language), language, dice) for language in HEADERS}
    book.save(path)
    for language, headers in HEADERS.items():
        funnel.refresh(path, journey=journey(headers), tab=language, as_of=TODAY)
    live = openpyxl.load_workbook(
        office_convert(path, "xlsx:Calc MS Excel 2007 XML", tmp_path / "recalculated"), data_only=True
    )
    for language, headers in HEADERS.items():
        totals = next(row for row in live[language].values if row[0] == "Totals")
        clients = funnel.load(path, journey(headers), language)
        told = [row["marked"] for row in funnel.Funnel(clients, TODAY).to_json()["steps"]]
        assert (language, list(totals[2:6])) == (language, told) == (language, by_hand[language])


def test_the_command_line_counts_the_same(tmp_path: Path) -> None:
    """Without a journey: the preset knows the headers of six languages, whatever is in the cells."""
    for language in list(HEADERS)[:6]:
        path, book = tmp_path / f"{language}.xlsx", openpyxl.Workbook()
        counts = fill(book.active, language, random.Random(9))
        book.save(path)
        command = ["show", str(path), "--as-of", TODAY.isoformat(), "--format", "json"]
        done = CliRunner().invoke(main, command, prog_name="funnel")
        assert done.exit_code == 0, done.output
        steps = json.loads(done.stdout)["steps"]
        assert (language, [row["marked"] for row in steps]) == (language, counts)


SUMMARIES = {
    "without a gap": [["Total", None, "=SUM(C2:C11)"], ["Paid this week", None, None, None, "=IF(E5=1,1,0)"]],
    "clients by formula": [[None], *[[f"=A{row}", f"=B{row}", f"=C{row}"] for row in range(2, 8)]],
    "dates": [[None], ["First lead", "=MIN(B2:B11)"], ["Last lead", "=MAX(B2:B11)"], ["One", None, "=C2"]],
}


@pytest.mark.office
@pytest.mark.parametrize("kind", SUMMARIES)
def test_a_summary_without_values_below_the_clients_is_not_counted(tmp_path, office_convert, kind):
    """A script wrote the formulas, so they have no cached values; the loader and live totals skip them."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(
        ["Client name", "Date of lead", "Client contacted", "Client meeting had", "First paid session"]
    )
    for n in range(10):
        sheet.append([f"Client {n}", dt.date(2026, 1, n + 1), 1, 1 if n < 7 else None, 1 if n < 4 else None])
    for row in SUMMARIES[kind]:
        sheet.append(row)
    book.save(tmp_path / "gym.xlsx")
    funnel.refresh(tmp_path / "gym.xlsx", as_of="2026-11-28")
    assert len(funnel.load(tmp_path / "gym.xlsx")) == 10
    made = office_convert(tmp_path / "gym.xlsx", "xlsx", tmp_path / "out")
    rows = openpyxl.load_workbook(made, data_only=True)["Sheet"].iter_rows(values_only=True)
    totals = next(row for row in rows if str(row[0]).startswith("Totals"))
    assert totals[1:5] == (10, 10, 7, 4)
