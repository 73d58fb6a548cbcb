"""Secrets are in no output of any command; clients' names are in no report without --names."""

from __future__ import annotations

import datetime as dt
import io
import json
import os
import stat
import traceback
import zipfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner
from sheets_server.faults import status
from sheets_server.server import SheetsServer

from funnel.cli import main
from funnel.sheets.files import replace, version_of
from funnel.sheets.google.client import http
from funnel.sheets.outputs import write_whole

STAGES = """[columns]
client = "Client name"
lead_date = "Date of lead"
stage = "Stage"
[[stage]]
name = "Lead"
default = true
[[stage]]
name = "Hot"
actions = [{ hand_off = "Sales" }]
[[stage]]
name = "Won"
paid = true
"""
FORMS = (("table",), ("json",), ("csv",))
READING = ("show", "check", "due", "stages", "log", "compare", "people")
COMMANDS: dict[str, tuple[str, ...]] = {
    **{f"{name} {form[0]}": (name, "{url}", "--format", *form)
       for name in READING for form in (FORMS if name not in ("check", "people") else FORMS[:2])},
    "show --debug table": ("show", "{url}", "--table", "steps"),
    "charts": ("charts", "{url}", "-o", "pictures"),
    "report": ("report", "{url}", "-o", "review", "--names"),
    "init": ("init", "{url}", "--yes", "-o", "i.toml"),
    "refresh": ("refresh", "{url}", "--log", "log", "--summary", "sum", "--notify", "notify.txt"),
    "refresh, dry run": ("refresh", "{url}", "--dry-run", "--format", "json"),
    "remove": ("refresh", "{url}", "--remove"),
    "undo": ("refresh", "{url}", "--undo"),
    "copy": ("copy", "{url}", "copy.xlsx"),
    "add": ("add", "{url}", "--from", "more.csv"),
    "move": ("move", "{staged}", "Ana Lima", "Won", "--journey", "j.toml"),
    "actions": ("actions", "{staged}", "--journey", "j.toml", "-o", "lists"),
    "portfolio": ("portfolio", "p.toml", "-o", "p.html"),
    "portfolio json": ("portfolio", "p.toml", "--format", "json"),
    "new": ("new", "{empty}"),
    "new, in a drive": ("new", "--google", "Gym"),
    "google check": ("google", "check", "{url}"),
    "google setup": ("google", "setup"),
    **{f"schedule {system}": ("schedule", "{url}", "--every", "monday 07:00", "--for", system,
                              "--credentials", "key.json", "--notify", "notify.txt")
       for system in ("cron", "systemd", "windows", "github")},
    "a key that is none": ("show", "{url}", "--credentials", "broken.json"),
    "a sign-in that is none": ("show", "{url}", "--credentials", "person.json"),
    "notify, an address": ("refresh", "{url}", "--notify", "nope://pAssw0rd-canary@host"),
}  # fmt: skip
QUICK = (
    "show json",
    "refresh",
    "people json",
    "schedule systemd",
    "a key that is none",
    "notify, an address",
)


class Gym:
    """Sheets on a server of our own, and all secrets that may show nowhere."""

    def __init__(self, server: SheetsServer, folder: Path) -> None:
        self.server, self.folder = server, folder
        key = server.service_account()
        key["private_key_id"] = "key-id-canary"
        (folder / "key.json").write_text(json.dumps(key), "utf-8")
        broken = {**key, "private_key": key["private_key"].replace("MII", "XXX")}
        (folder / "broken.json").write_text(json.dumps(broken), "utf-8")
        person = {
            "type": "authorized_user",
            "refresh_token": "token-canary",
            "client_secret": "secret-canary",
        }
        (folder / "person.json").write_text(json.dumps(person), "utf-8")
        (folder / "notify.txt").write_text("json://user:pAssw0rd-canary@127.0.0.1:9/hook\n", "utf-8")
        (folder / "j.toml").write_text(STAGES, "utf-8")
        (folder / "more.csv").write_text("Client name,Date of lead\nNew Lead,2026-02-01\n", "utf-8")
        self.inputs = {path.name for path in folder.iterdir()}
        lines = key["private_key"].splitlines()[1:-1]
        self.secrets = [*lines, "key-id-canary", "token-canary", "secret-canary", "pAssw0rd-canary"]
        rows = [["Client name", "Date of lead", "Source of lead", "Client contacted", "First paid session"]]
        rows += [[f"Client {n}", f"2026-01-{n % 28 + 1:02}", "Ads", "1", "1" * (n % 2)] for n in range(40)]
        staged = [["Client name", "Date of lead", "Stage"], ["Ana Lima", "2026-01-05", ""]]
        self.urls = {}
        for name, cells in (("url", rows), ("staged", staged), ("empty", [[""]])):
            book = server.new_sheet("Gym", cells, tab="T")
            self.urls[name] = f"https://docs.google.com/spreadsheets/d/{book.id}/edit#gid=0"
        (folder / "p.toml").write_text(f'[[business]]\nname = "A"\nsheet = "{self.urls["url"]}"\n', "utf-8")

    def outputs(self, name: str, *options: str) -> str:
        """Run a command; return all that it printed, raised and wrote."""
        arguments = [part.format(**self.urls) for part in COMMANDS[name]]
        arguments = [*arguments, *options] if name != "google setup" else arguments
        result = CliRunner().invoke(main, arguments)
        shown = result.output
        if result.exc_info and result.exception and not isinstance(result.exception, SystemExit):
            shown += "".join(traceback.format_exception(*result.exc_info))
        for path in self.folder.rglob("*"):
            if path.is_file() and path.name not in self.inputs:
                shown += text_of(path.read_bytes())
        return shown

    def found(self, text: str) -> list[str]:
        """Return the secrets that are in a text, with the access tokens so far."""
        return [secret for secret in (*self.secrets, *self.server.service.accounts.tokens) if secret in text]


def text_of(data: bytes) -> str:
    """Return the text of a file, with that of the parts in it."""
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as book:
            return "".join(text_of(book.read(name)) for name in book.namelist())
    if data.startswith(b"%PDF"):
        pypdf = pytest.importorskip("pypdf")
        pages = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages)
        return pages + data.decode("latin-1")
    return data.decode("utf-8", "replace")


@pytest.fixture
def gym(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Gym]:
    with SheetsServer() as server:
        monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
        monkeypatch.setenv("FUNNEL_STATE", str(tmp_path / "state"))
        monkeypatch.chdir(tmp_path)
        made = Gym(server, tmp_path)
        monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", "key.json")
        monkeypatch.setattr(http, "on_connect", partial(SheetsServer.connect, server))
        monkeypatch.setattr(http, "RETRY_POLICY", http.RetryPolicy(tries=2, pause=0.001, deadline=60.0))
        yield made


def everywhere(gym: Gym, name: str) -> str:
    """Run a command when all is well and with each refusal, with and without --debug."""
    shown = ""
    for code in (None, 401, 403, 404, 503):
        for options in ((), ("--debug",)):
            gym.server.faults.clear()
            gym.server.faults.extend([status(code)] * 20 if code else [])
            shown += gym.outputs(name, *options)
            assert gym.found(shown) == [], (name, code, options)
    return shown


@pytest.mark.parametrize("name", QUICK)
def test_no_secret_in_the_output_of_some_commands(gym: Gym, name: str) -> None:
    for options in ((), ("--debug",)):
        shown = gym.outputs(name, *options)
        assert shown
        assert gym.found(shown) == [], options


@pytest.mark.slow
@pytest.mark.parametrize("name", COMMANDS)
def test_no_secret_in_any_output(gym: Gym, name: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert everywhere(gym, name)
    assert gym.found("".join(capfd.readouterr())) == []


def test_a_planted_secret_would_be_found(gym: Gym) -> None:
    (gym.folder / "log").write_text(gym.secrets[3], "utf-8")
    assert gym.found(gym.outputs("google setup")) == [gym.secrets[3]]


def test_every_command_is_among_them() -> None:
    ours = {parts[0] for parts in COMMANDS.values()}
    assert set(main.commands) - ours == {"demo", "lab", "journey"}  # they read no sheet of Google


NAMES = ("Quimby Zephyr", "Xanthe Okonkwo")
NAMELESS: dict[str, tuple[str, ...]] = {
    "review": ("report", "c.csv", "-o", "all"),
    "portfolio": ("portfolio", "p.toml", "-o", "p.html"),
    "summary and log": ("refresh", "c.csv", "-o", "b.xlsx", "--summary", "sum.txt", "--log", "run.log"),
    "pictures": ("charts", "c.csv", "-o", "all"),
}


@pytest.mark.parametrize("name", NAMELESS)
def test_no_name_in_a_report_without_names(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the twelve sections of a review in four formats, in portfolios, summaries, logs and pictures."""
    monkeypatch.chdir(tmp_path)
    today = dt.date.today()
    lines = ["Client name,Date of lead,Client contacted,First paid session,When left journey"]
    for number in range(60):
        name_of = NAMES[number] if number < len(NAMES) else f"Vyvyan{number} Qux"
        day = (today - dt.timedelta(days=300 - 4 * number)).isoformat()
        lines.append(f"{name_of},{day},{'1' if number % 3 else ''},{'1' if number % 4 == 1 else ''},")
    lines += [lines[1], f"{NAMES[1]},not a day,1,,"]  # a duplicate, and a problem
    (tmp_path / "c.csv").write_text("\n".join(lines), "utf-8")
    (tmp_path / "p.toml").write_text('[[business]]\nname = "A"\nsheet = "c.csv"\n', "utf-8")
    result = CliRunner().invoke(main, NAMELESS[name])
    assert result.exit_code == 0, result.output
    sheets = ("c.csv", "p.toml", "b.xlsx", "b.funnel-backup")
    written = [path for path in tmp_path.rglob("*") if not path.name.startswith(sheets)]
    shown = "".join(text_of(path.read_bytes()) for path in written if path.is_file())
    assert shown
    assert [word for word in ("Quimby", "Xanthe", "Okonkwo", "Vyvyan") if word in shown] == []


def test_a_temporary_file_is_private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody else can read a file that holds clients while it is written, whatever the mode afterwards."""
    modes: list[int] = []
    path = tmp_path / "calls.csv"
    path.write_text("Zoe", "utf-8")
    path.chmod(0o644)
    monkeypatch.setattr(os, "fsync", lambda handle: modes.append(stat.S_IMODE(os.fstat(handle).st_mode)))
    write_whole(path, b"Ana")
    assert (modes, path.read_bytes(), stat.S_IMODE(path.stat().st_mode)) == ([0o600], b"Ana", 0o644)
    path.chmod(0o600)
    replace(path, version_of(path), lambda out: out.writelines([b"Ben"]))
    assert modes[1] == 0o600


@pytest.mark.parametrize("words", [
    "show s.csv --journey key.json", "portfolio key.json", "show key.json", "add s.csv --from key.json",
    "portfolio p.toml --against key.json", "log s.csv --import key.json", "refresh s.csv --notify key.json",
    "init s.csv --journey key.json -o j.toml", "journey key.json", "google setup --client key.json",
    "refresh s.csv -o o.xlsx --journey key.json --log run.log", "show s.csv --events key.json",
])  # fmt: skip
def test_a_key_that_is_named_in_the_wrong_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: str
) -> None:
    """Messages quote the line or the headers of a file that is wrong; a key may be one line."""
    secret = "MIIEvQIBADANBgkqhkiG9w0BAQ"
    key = {
        "type": "service_account",
        "private_key": f"-----BEGIN PRIVATE KEY-----\n{secret}\n-----END PRIVATE",
    }
    monkeypatch.chdir(tmp_path)
    Path("s.csv").write_text("Client name,Date of lead,First paid session\nAna,2026-01-05,1\n", "utf-8")
    Path("p.toml").write_text('[[business]]\nname = "A"\nsheet = "s.csv"\n', "utf-8")
    for indent in (None, 1):
        Path("key.json").write_text(json.dumps(key, indent=indent), "utf-8")
        result = CliRunner().invoke(main, words.split())
        assert result.exit_code, result.output
        written = [path.read_text("utf-8") for path in Path().iterdir() if path.suffix in (".log", ".toml")]
        assert secret not in "".join([result.output, *written])
