"""Mistakes that owners make: each answer says what is wrong, and what to type instead."""

import shlex
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

ADDRESS = "https://docs.google.com/spreadsheets/d/1AbCdEfGhIjKlMnOp/edit"

MISTAKES = {
    "show clinets.csv": "There is no file 'clinets.csv'; did you mean 'clients.csv'?",
    "show clients.xls": "There is no file 'clients.xls'; did you mean 'clients.csv'?",
    "show clients": "There is no file 'clients'; did you mean 'clients.csv'?",
    'show "clients.csv "': "There is no file 'clients.csv '; did you mean 'clients.csv'?",
    "show nowhere/clients.csv": (
        "There is no folder 'nowhere', so 'clients.csv' cannot be read. Check the path; the current folder "
        "is '{here}'."
    ),
    "show new": "new is a folder. Name the file in it.",
    "show photo.png": (
        "photo.png is a picture, not a sheet: open the sheet it shows, save it as an Excel workbook "
        "(.xlsx), and use that one."
    ),
    "show page.pdf": (
        "page.pdf is a PDF, not a sheet: copy its table into a new workbook, save it as an Excel workbook "
        "(.xlsx), and use that one."
    ),
    "show letter.docx": (
        "letter.docx is a zip file without a workbook in it. Open it in Excel or LibreOffice, save it as "
        "an Excel workbook (.xlsx), and use that one."
    ),
    "show list.numbers": (
        "list.numbers is an Apple document, not an Excel workbook (in Numbers: File, Export To, Excel). "
        "Open it in Excel or LibreOffice, save it as an Excel workbook (.xlsx), and use that one."
    ),
    "show empty.csv": (
        "empty.csv is empty. If it is in a synchronised folder, open it once so that it is downloaded, and "
        "try again."
    ),
    "show it.xlsx": (
        "it.xlsx is a text file, not a workbook, and contains no table (it begins with 'x'): export or "
        "download the sheet again, and use that file."
    ),
    "show": "Name your sheet, such as: funnel show it.xlsx. This folder contains it.xlsx and clients.csv.",
    "refresh": (
        "Name your sheet, such as: funnel refresh it.xlsx. This folder contains it.xlsx and clients.csv."
    ),
    "shwo clients.csv": "No such command 'shwo'. Did you mean 'show'?",
    "clients.csv": "'clients.csv' is not a command. To look at a sheet: funnel show clients.csv",
    "show my clients.csv": (
        "Got unexpected extra argument (clients.csv). A name with blanks needs quotes, such as: funnel "
        'show "my clients.xlsx"'
    ),
    "show clients.csv --tab Leads": "clients.csv has no tab 'Leads'. Its only tab is clients.",
    "show clients.csv --as-of 04/05/2026": (
        "Invalid value for '--as-of': '04/05/2026' can be 2026-05-04 or 2026-04-05; write the one you mean."
    ),
    "show clients.csv --as-of yesterday": (
        "Invalid value for '--as-of': 'yesterday' is not a day; write it like 2026-11-21 (year, month, day)."
    ),
    "show clients.csv --as-of 2026-13-01": (
        "Invalid value for '--as-of': '2026-13-01' is not a day; write it like 2026-11-21 (year, month, day)."
    ),
    "show clients.csv --as-of": "Option '--as-of' requires an argument.",
    "show clients.csv --journey gmy": (
        "There is no journey file gmy. Did you mean 'gym.toml'? `funnel init SHEET` writes one from the "
        "sheet's headers."
    ),
    "show clients.csv --journey nope.toml": (
        "There is no journey file nope.toml. `funnel init SHEET` writes one from the sheet's headers."
    ),
    "show clients.csv --journey gym.toml": (
        "gym.toml: the key `nme` in step 1 is not known. Did you mean 'name'? Known here: name, column, "
        "aliases, paid, months, after, due, target, optional, marks, win_probability and advice."
    ),
    "show clients.csv --where coach": "--where 'coach' is not COLUMN=VALUE; write it like --where coach=Zoe.",
    "show clients.csv --where coach=Zoey": (
        "There is no client whose 'coach' is 'Zoey'; did you mean 'Zoe'? There are 'Jonas Lind' and 'Zoe'."
    ),
    "show clients.csv --where caoch=Zoe": (
        "There is no column 'caoch'; did you mean 'coach'? There are 'source', 'coach', 'Client "
        "contacted', 'Client meeting had', 'Source of lead' and 'Name of coach'."
    ),
    'show clients.csv --where "Client name=Ana Rossi"': (
        "'Client name' contains the names of the clients, each its own value. Choose another column: "
        "'source', 'coach', 'Client contacted', 'Client meeting had', 'Source of lead' and 'Name of "
        "coach'."
    ),
    "show clients.csv --table leeks": (
        "There is no table 'leeks'; did you mean 'leaks'? There are 'steps', 'retention', 'survival', "
        "'leaks', 'segments', 'problems', 'engagement', 'gym' and 13 more."
    ),
    "show clients.csv --format xml": (
        "Invalid value for '--format': 'xml' is not one of 'table', 'json', 'csv'."
    ),
    "show clients.csv --form json": "No such option '--form'. Did you mean '--format'?",
    "show clients.csv --within -3": (
        '\'-3\' is not a length of time; write it like "90 days", "6 weeks" or "3 months" (within).'
    ),
    "show clients.csv --strickt": "No such option '--strickt'. Did you mean '--strict'?",
    "compare clients.csv --by caoch": (
        "There is no column 'caoch'; did you mean 'coach'? There are 'source', 'coach', 'Client "
        "contacted', 'Client meeting had', 'Source of lead' and 'Name of coach'."
    ),
    'compare clients.csv --by "Client name"': (
        "'Client name' contains the names of the clients, each its own value. Choose another column: "
        "'source', 'coach', 'Client contacted', 'Client meeting had', 'Source of lead' and 'Name of "
        "coach'."
    ),
    "compare clients.csv": (
        "Choose what to compare: --by COLUMN or --periods. Try: funnel compare SHEET --by source, or --by "
        "coach, --by quarter, or --periods."
    ),
    'people clients.csv --step "Client meeting hda"': (
        "There is no step 'Client meeting hda'; did you mean 'Client meeting had'? There are 'Client "
        "contacted' and 'Client meeting had'."
    ),
    'people clients.csv --step "Client meeting had" --status overdu': (
        "There is no status 'overdu'; did you mean 'overdue'? There are 'marked', 'marked here or later', "
        "'marked here and before', 'reached', 'left', 'not due', 'overdue', 'no date' and 6 more."
    ),
    "people clients.csv": "Name a step of the journey: --step NAME. Its steps are in: funnel show SHEET.",
    "charts clients.csv -o pictures.png": (
        "-o takes a folder; 'pictures.png' looks like a file. Write -o pictures; the kind of file is "
        "chosen by --picture png, svg or pdf."
    ),
    "charts clients.csv -o clients.csv": (
        "-o takes a folder; 'clients.csv' is a file. Write -o clients; the kind of file is chosen by "
        "--picture png, svg or pdf."
    ),
    "charts clients.csv --size huge": (
        "Invalid value for '--size': 'huge' is not one of 'slide', 'page', 'phone'."
    ),
    "charts clients.csv --picture gif": (
        "Invalid value for '--picture': 'gif' is not one of 'png', 'svg', 'pdf'."
    ),
    "report clients.csv -o review.docx": (
        "A review is written as .html, .pdf, .pptx or .xlsx, or into a folder; not as 'review.docx'."
    ),
    "report clients.csv -o clients.csv": (
        "A review is written as .html, .pdf, .pptx or .xlsx, or into a folder; not as 'clients.csv'."
    ),
    "refresh clients.csv": (
        "clients.csv is a text file, which funnel reads but does not write. Write into a workbook: funnel "
        "refresh clients.csv -o clients.xlsx. To keep a log of moves in a file beside it: funnel log "
        "clients.csv --update"
    ),
    "refresh clients.csv -o out.csv": (
        "out.csv cannot be created: a new sheet is a workbook, so its name has to end with .xlsx. Name it "
        "out.xlsx."
    ),
    "refresh clients.csv --dryrun": "No such option '--dryrun'. Did you mean '--dry-run'?",
    "refresh clients.csv --undo --remove": "--remove can only be combined with --dry-run.",
    "refresh clients.csv --totals left": (
        "Invalid value for '--totals': 'left' is not one of 'bottom', 'top'."
    ),
    "refresh clients.csv --notify nowhere.txt": (
        "--notify takes an address like mailto://…, or a file that contains addresses, one a line. What "
        "was given is neither; it is not shown because it may contain a password."
    ),
    "due clients.csv --coach Zoey": (
        "There is no coach 'Zoey'; did you mean 'Zoe'? There are 'Jonas Lind', 'Zoe' and '(blank)'."
    ),
    'due clients.csv --done "Ana Rosi"': "There is no client 'Ana Rosi'; did you mean 'Ana Rossi'?",
    "due clients.csv --calendar follow.txt": (
        "--calendar writes a .ics file, not 'follow.txt'. Name it follow.ics."
    ),
    "due clients.csv --todoist tasks.txt": (
        "--todoist writes a .csv file, not 'tasks.txt'. Name it tasks.csv."
    ),
    "due clients.csv -o list.xlsx": "-o writes a .csv file, not 'list.xlsx'. Name it list.csv.",
    "stages clients.csv": (
        "The journey 'clients' has no stages. Name one that has: --journey studio, marketing, sales or "
        "lifecycle; or add a [[stage]] for each to your journey file."
    ),
    'move clients.csv "Ana Rossi" "Hot Lead"': (
        "The journey 'clients' has no stages. Mark the client's steps in the sheet; the next refresh logs it."
    ),
    "add clients.csv": "Add --from FILE. A CSV file or a workbook of new clients.",
    "add clients.csv --from nope.csv": (
        "There is no file 'nope.csv'. The sheets in its folder are clients.csv, empty.csv and it.xlsx."
    ),
    "copy clients.csv clients.csv": (
        "clients.csv cannot be created: a new sheet is a workbook, so its name has to end with .xlsx. Name "
        "it clients.xlsx."
    ),
    "copy clients.csv": "Missing argument 'NEW-SHEET'.",
    "new clients.csv": (
        "clients.csv cannot be created: a new sheet is a workbook, so its name has to end with .xlsx. Name "
        "it clients.xlsx."
    ),
    "new clients.docx": (
        "clients.docx cannot be created: a new sheet is a workbook, so its name has to end with .xlsx. "
        "Name it clients.xlsx."
    ),
    "init clients.csv --journey sutdio": (
        "There is no journey file sutdio. Did you mean 'studio'? `funnel init SHEET` writes one from the "
        "sheet's headers."
    ),
    "journey sutdio": "There is no preset 'sutdio'. Did you mean 'studio'?",
    'schedule clients.csv --every "mnday 07:00"': (
        "'mnday' is not a weekday. Did you mean 'monday 07:00'? Write a weekday and a time, like "
        '"monday 07:00", or "day 07:00" for every day.'
    ),
    'schedule clients.csv --every "monday 25:00"': (
        '\'monday 25:00\' is not a weekly time. Write a weekday and a time, like "monday 07:00", or "day '
        '07:00" for every day.'
    ),
    "schedule clients.csv --for mac": (
        "Invalid value for '--for': 'mac' is not one of 'cron', 'systemd', 'windows', 'github'."
    ),
    "portfolio gyms.toml": "There is no portfolio file 'gyms.toml'; did you mean 'gym.toml'?",
    "portfolio clients.csv": (
        "clients.csv is not a portfolio file. A portfolio file is UTF-8 text that names each business and "
        "its sheet; see docs/head-office.md."
    ),
    'log clients.csv --client "Ana Rosi"': "There is no client 'Ana Rosi'; did you mean 'Ana Rossi'?",
    "show https://docs.google.com/spreadsheets/d/": (
        "https://docs.google.com/spreadsheets/d/ is not the address of one Google Sheet. Open the sheet in "
        "the browser and copy its whole address, such as "
        "https://docs.google.com/spreadsheets/d/1AbC…/edit."
    ),
    "show https://docs.google.com/spreadsheets/d/e/2PACX-1vT/pubhtml": (
        "https://docs.google.com/spreadsheets/d/e/2PACX-1vT/pubhtml is the address of a published copy, "
        "which funnel cannot read. Open the sheet itself and copy its address, such as "
        "https://docs.google.com/spreadsheets/d/1AbC…/edit."
    ),
    "show ADDRESS": (
        "Nobody has signed in to Google yet. Name the key file of a service account with --credentials "
        "FILE (or in GOOGLE_APPLICATION_CREDENTIALS), or sign in yourself with `funnel google setup "
        "--client FILE`; `funnel google setup` lists the steps."
    ),
    "show docs.google.com/spreadsheets/d/1AbC/edit": (
        "Nobody has signed in to Google yet. Name the key file of a service account with --credentials "
        "FILE (or in GOOGLE_APPLICATION_CREDENTIALS), or sign in yourself with `funnel google setup "
        "--client FILE`; `funnel google setup` lists the steps."
    ),
    "show ADDRESS --credentials nokey.json": (
        "'nokey.json', the key file of a service account, does not exist. Check the path."
    ),
    "show ADDRESS --credentials key.json": (
        "key.json is not the key file of a service account. Create one in the Google Cloud console (IAM, "
        "Service accounts, Keys, JSON); `funnel google setup` lists the steps."
    ),
    "show ADDRESS --credentials person.json": (
        "person.json is the client file with which a person signs in, not the key file of a service "
        "account. Sign in with it once: funnel google setup --client person.json; then leave --credentials "
        "out."
    ),
    "show ADDRESS --credentials clients.csv": (
        "clients.csv should be the key file of a service account, but is not a JSON file. Check the path."
    ),
    "show https://example.com/clients.xlsx": (
        "https://example.com/clients.xlsx is not the address of a Google Sheet. Give a Google Sheets "
        "address (https://docs.google.com/spreadsheets/d/...), or download the file and give its path."
    ),
    "google check clients.csv": (
        "clients.csv is not the address of one Google Sheet. Open the sheet in the browser and copy its "
        "whole address, such as https://docs.google.com/spreadsheets/d/1AbC…/edit."
    ),
    "google setpu": "No such command 'setpu'. Did you mean 'setup'?",
    "lab nope.csv": (
        "There is no file 'nope.csv'. The sheets in its folder are clients.csv, empty.csv and it.xlsx."
    ),
}
"""What is typed -> the whole message."""


@pytest.fixture
def folder(tmp_path: Path) -> None:
    """The folder of an owner, with a workbook, and files that are no sheets."""
    clients = ["Client name,Date of lead,Source of lead,Name of coach,Client contacted,Client meeting had"]
    clients += ["Ana Rossi,2026-01-10,Referral,Zoe,1,1", "Ben Cole,2026-02-11,Open day,Jonas Lind,1,"]
    clients += ["Cleo Vos,2026-03-12,Referral,Jonas Lind,1,1", "Dan Fry,2026-04-13,Open day,Zoe,,"]
    (tmp_path / "clients.csv").write_text("\n".join(clients), "utf-8")
    (tmp_path / "it.xlsx").write_text("x", "utf-8")
    (tmp_path / "empty.csv").touch()
    (tmp_path / "photo.png").write_bytes(b"\x89PNG\r\n")
    (tmp_path / "page.pdf").write_bytes(b"%PDF-1.7\n")
    (tmp_path / "key.json").write_text("{}", "utf-8")
    (tmp_path / "person.json").write_text('{"installed": {}}', "utf-8")
    (tmp_path / "gym.toml").write_text('name = "x"\n[[step]]\nnme = "A"\n', "utf-8")
    (tmp_path / "new").mkdir()
    for name, part in (("list.numbers", "Index/Document.iwa"), ("letter.docx", "word/document.xml")):
        with zipfile.ZipFile(tmp_path / name, "w") as archive:
            archive.writestr(part, "<x/>")


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("command", MISTAKES)
def test_a_mistake_is_answered(
    command: str, run: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GOOGLE_APPLICATION_CREDENTIALS", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "nothing"))  # nobody is signed in
    before = {path.name for path in tmp_path.iterdir()}
    result = run(*shlex.split(command.replace("ADDRESS", ADDRESS)))
    assert result.exit_code in (2, 3, 4)
    assert result.stderr.partition("Error: ")[2].strip() == MISTAKES[command].format(here=tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == before
