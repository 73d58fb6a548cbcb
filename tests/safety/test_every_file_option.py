"""Every option and argument that takes a file, of every command, given what is no file: refused at once.

The options are found in the commands: a new one is tested, or is to be named here as one that takes no file.
"""

import os
import resource
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from types import FrameType, SimpleNamespace

import click
import openpyxl
import pytest
from click.testing import CliRunner

from funnel.cli import main

pytestmark = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes and devices with a path here")
SECONDS = 60  # on a busy machine; what waits does so for ever
MEGABYTES = 300
SHEET = "https://docs.google.com/spreadsheets/d/1AbCdEfGhIjKlMnOpQrStUvWxYz0123456789abcdefg/edit"
NO_FILES = (
    *("NAME", "COLUMN", "COLUMN=VALUE", "TIME", "RANGE", "CLIENT", "WHAT=ANSWER", "TITLE", "N", "YYYY-MM-DD"),
    *("client", "stage"),
)
"""What takes no file: the metavar of an option, or the name of an argument."""
RUN = {
    "add": "add {sheet} --from {other}", "move": "move {sheet} Ana X", "copy": "copy {sheet} {to}/copy.xlsx",
    "google check": f"google check {SHEET}", "google setup": "google setup", "journey": "journey gym",
    "portfolio": "portfolio {to}/p.toml --no-history", "demo": "demo -o {to}/demo", "new": "new {to}/n.xlsx",
    "lab": "lab {sheet} --folder {to}/lab", "charts": "charts {sheet} -o {to}/c",
    "init": "init {sheet} --yes", "schedule": "schedule {sheet} --every day",
}  # fmt: skip
"""Command -> how to run it; the tested option is added, or replaces the one that is there."""
OUTPUTS = ("-o", "--log", "--summary", "--todoist", "--calendar", "--anonymous", "--folder", "to")
MAY_BE_NEW = ("no such folder", "dangling", "loop")  # an output creates it
MAY_BE_A_FOLDER = {
    *(("demo", "-o"), ("lab", "--folder"), ("charts", "-o"), ("report", "-o"), ("actions", "-o")),
    *(("portfolio", "-o"),),
}
NOT_OPENED = {("new", "--credentials"), ("portfolio", "--credentials")} | {
    ("schedule", name) for name in ("sheet", "--log", "--summary", "--notify", "--journey", "--credentials")
}


def parameters() -> Iterator[tuple[str, click.Parameter]]:
    """Yield each parameter that takes a file or a folder, with its command."""

    def walk(command: click.Command, name: str) -> Iterator[tuple[str, click.Parameter]]:
        if isinstance(command, click.Group):
            for each in command.list_commands(click.Context(command)):
                found = command.get_command(click.Context(command), each)
                assert found is not None
                yield from walk(found, f"{name} {each}".strip())
            return
        other = (click.Choice, click.DateTime, click.types.IntParamType)
        for parameter in command.params:
            flag = isinstance(parameter, click.Option) and parameter.is_flag
            named = (parameter.metavar or parameter.name) in NO_FILES
            if not (flag or named or isinstance(parameter.type, other)):
                yield name, parameter

    yield from walk(main, "")


PARAMETERS = list(parameters())
THINGS = (
    *(
        "pipe",
        "system",
        "folder",
        "socket",
        "large",
        "digits",
        "bytes",
        "empty",
        "loop",
        "dangling",
        "device",
    ),
    *("long name", "no such folder"),
)


def make(thing: str, folder: Path, ending: str) -> Path:
    """Make what is no file of ours, with the ending that the option asks for."""
    path = folder / f"{thing}{ending}"
    if thing == "pipe":
        os.mkfifo(path)
    elif thing == "folder":
        path.mkdir()
    elif thing == "socket":
        os.chdir(folder)  # the path of a socket may have 107 bytes
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(path.name)
    elif thing == "large":
        with path.open("wb") as file:
            file.truncate(2 << 30)
    elif thing == "digits":
        path.write_text("n = " + "9" * 5000)
    elif thing == "bytes":
        path.write_bytes(bytes(range(256)) * 40)
    elif thing == "empty":
        path.touch()
    elif thing == "long name":
        return folder / ("n" * 300 + ending)
    elif thing == "no such folder":
        return folder / "nowhere" / f"x{ending}"
    else:
        target = {
            "loop": path,
            "dangling": folder / "gone" / "x",
            "device": "/dev/zero",
            "system": "/proc/kmsg",
        }
        path.symlink_to(target.get(thing, "/proc/kmsg"))
    return path


def ending_of(command: str, parameter: click.Parameter) -> str:
    """Return the ending that a parameter asks for, so that more than the ending is looked at."""
    option = parameter.opts[0]
    if parameter.metavar and parameter.metavar.startswith("FILE."):
        return parameter.metavar.removeprefix("FILE")
    outputs = {"init": ".toml", "refresh": ".xlsx", "report": ".html", "portfolio": ".html"}
    if option == "-o" and command in outputs:
        return outputs[command]
    return {"--journey": ".toml", "file": ".toml"}.get(option, ".xlsx" if option in ("sheet", "to") else "")


def arguments(command: str, parameter: click.Parameter, thing: Path, places: dict[str, Path]) -> list[str]:
    """Return how to run a command with a thing at one of its parameters."""
    words = RUN.get(command, f"{command} {{sheet}}").format(**places).split()
    if isinstance(parameter, click.Argument):
        names = [p.name for c, p in PARAMETERS if c == command and isinstance(p, click.Argument)]
        at = len(command.split()) + names.index(parameter.name)
        return [*words[:at], str(thing), *words[at + 1 :]]
    if "--credentials" in parameter.opts and command not in ("portfolio", "schedule", "new"):
        words = [SHEET if word == str(places["sheet"]) else word for word in words]
    for name in parameter.opts:
        if name in words:
            del words[words.index(name) : words.index(name) + 2]
    return [*words, max(parameter.opts, key=len), str(thing)]


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Path]:
    book = openpyxl.Workbook()
    for row in (("Client name", "Date of lead", "Client contacted", "First paid session"),
                ("Ana", "2026-01-05", 1, 1), ("Ben", "2026-02-05", 1, None)):  # fmt: skip
        book.worksheets[0].append(row)
    found = {"sheet": tmp_path / "clients.xlsx", "other": tmp_path / "other.xlsx", "to": tmp_path}
    for name in ("sheet", "other"):
        book.save(found[name])
    (tmp_path / "p.toml").write_text('[[business]]\nname = "A"\nsheet = "clients.xlsx"\n')
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "400")
    run = subprocess.run

    def no_lab(command: list[str], **how: object) -> object:
        return SimpleNamespace(returncode=0) if "jupyterlab" in command else run(command, **how)  # type: ignore[call-overload]

    monkeypatch.setattr(subprocess, "run", no_lab)
    return found


def check(command: str, parameter: click.Parameter, thing: str, places: dict[str, Path]) -> None:
    """Run a command; it ends with a sentence, soon, without much memory, and the sheet is as it was."""

    def late(_signal: int, _frame: FrameType | None) -> None:
        raise AssertionError(f"not ended after {SECONDS} s")

    folder = places["to"] / f"a {thing}"
    folder.mkdir()
    path = make(thing, folder, ending_of(command, parameter))
    before, used = places["sheet"].read_bytes(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    signal.signal(signal.SIGALRM, late)
    signal.alarm(SECONDS)
    try:
        result = CliRunner().invoke(main, arguments(command, parameter, path, places))
    finally:
        signal.alarm(0)
    where = f"{command} {parameter.opts[0]} {thing}: {result.output[-300:]}"
    assert result.exception is None or isinstance(result.exception, SystemExit), (where, result.exception)
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - used) / 1024 < MEGABYTES, where
    here = (command, parameter.opts[0])
    fine = (
        (here[1] in OUTPUTS and thing in MAY_BE_NEW)
        or (here in MAY_BE_A_FOLDER and thing == "folder")
        or (here[1] in ("--log", "--summary") and thing in ("empty", "device"))
        or here in NOT_OPENED
    )
    if result.exit_code:
        assert result.exit_code in (2, 3, 4), where
        assert result.stderr.splitlines()[-1].startswith(("Error: ", "Usage: ")), where
        assert places["sheet"].read_bytes() == before, where
    else:
        assert fine, where


def _once() -> list[tuple[str, click.Parameter]]:
    """The parameters without those that several commands share."""
    found = {(*each.opts, each.metavar, getattr(each, "help", ""), type(each.type)): (command, each)
             for command, each in reversed(PARAMETERS)}  # fmt: skip
    return list(found.values())


@pytest.mark.parametrize(("command", "parameter"), [
    pytest.param(command, each, id=f"{command} {each.opts[0]}") for command, each in _once()
])  # fmt: skip
def test_no_file(command: str, parameter: click.Parameter, places: dict[str, Path]) -> None:
    turn = 3 + sum(map(ord, command + parameter.opts[0])) % (len(THINGS) - 3)
    for thing in (*THINGS[:2], THINGS[turn]):
        check(command, parameter, thing, places)


@pytest.mark.slow
@pytest.mark.parametrize("thing", THINGS)
@pytest.mark.parametrize(("command", "parameter"), [
    pytest.param(command, each, id=f"{command} {each.opts[0]}") for command, each in PARAMETERS
])  # fmt: skip
def test_no_file_of_any_kind(
    command: str, parameter: click.Parameter, thing: str, places: dict[str, Path]
) -> None:
    check(command, parameter, thing, places)


JOURNEY = """[columns]
client = "Client name"
lead_date = "Date of lead"
[[step]]
name = "Client contacted"
[[step]]
name = "First paid session"
paid = true
"""


@pytest.mark.parametrize("thing", THINGS)
@pytest.mark.parametrize("named", ["events", "logo", "business", "business journey"])
def test_no_file_that_a_file_names(named: str, thing: str, places: dict[str, Path]) -> None:
    """The event log and logo of a journey file, the sheets and journeys of a portfolio."""
    folder = places["to"] / f"a {thing}"
    folder.mkdir()
    ending = {"events": ".csv", "logo": ".png", "business": ".xlsx", "business journey": ".toml"}[named]
    path = make(thing, folder, ending)
    text = {
        "events": f'{JOURNEY}[events]\nfile = "{path}"\nclient = "Client"\nwhen = "When"\nevent = "Event"\n',
        "logo": f'{JOURNEY}[business]\nname = "A"\nlogo = "{path}"\n',
        "business": f'[[business]]\nname = "A"\nsheet = "{path}"\n',
        "business journey": f'[[business]]\nname = "A"\nsheet = "clients.xlsx"\njourney = "{path}"\n',
    }[named]
    (places["to"] / "j.toml").write_text(text, "utf-8")
    review = str(places["to"] / "r.html")
    words = {"events": ["show", "clients.xlsx", "--journey", "j.toml"],
             "logo": ["report", "clients.xlsx", "--journey", "j.toml", "-o", review]}  # fmt: skip
    result = CliRunner().invoke(main, words.get(named, ["portfolio", "j.toml", "--no-history"]))
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert result.exit_code in (2, 3, 4), result.output
    assert "Error: " in result.stderr
