"""Messages to a server on this computer, and addresses that are never shown."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from funnel.cli import main
from funnel.errors import UsageError
from funnel.workflows.notify import Notifier

SECRET = "s3cretToken"
HEADER = "Client name,Date of lead,Client contacted,Client meeting booked,First paid session\n"
ROWS = "Ana Rossi,2026-01-05,1,1,1\nBen Hill,2026-02-03,1,,\nCat Lee,2026-03-01,1,1,\n"
WEEK = (
    "Week 2026-W23, as of 2026-06-01: 3 clients.\n"
    "No earlier week is recorded in this sheet yet. Changes will be shown from next week on.\n"
    "Too few to call: no step has 10 clients who were due and had reached the step before it. "
    "Look again when there are more clients: a step needs 10."
)


class Service(HTTPServer):
    status = 200

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.got: list[dict[str, str]] = []

    @property
    def address(self) -> str:
        return f"json://user:{SECRET}@127.0.0.1:{self.server_port}/{SECRET}"


class Handler(BaseHTTPRequestHandler):
    server: Service

    def do_POST(self) -> None:
        self.server.got.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, *_args: object) -> None:
        pass


@pytest.fixture
def service() -> Iterator[Service]:
    server = Service()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("clients.csv").write_text(HEADER + ROWS, "utf-8")
    return tmp_path


def refresh(*more: str) -> Result:
    call = ["refresh", "clients.csv", "-o", "new.xlsx", "--as-of", "2026-06-01", "--journey", "gym", *more]
    result = CliRunner().invoke(main, call)
    assert SECRET not in result.output
    return result


def test_a_refresh_sends_what_changed(here: Path, service: Service) -> None:
    Path("notify.txt").write_text(f"# our channel\n\n{service.address}\n", "utf-8")
    result = refresh("--notify", "notify.txt")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.endswith(f"{WEEK}\nSent to JSON.\n")
    (got,) = service.got
    assert (got["title"], got["message"]) == ("Funnel of new.xlsx", WEEK)


def test_a_dry_run_prints_the_text_and_sends_nothing(here: Path, service: Service) -> None:
    result = refresh("--notify", service.address, "--dry-run")
    assert result.stdout.endswith(f"{WEEK}\nThat text would be sent to JSON, titled 'Funnel of new.xlsx'.\n")
    assert service.got == []


def test_nothing_is_sent_unless_asked(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Notifier, "of", lambda _addresses: pytest.fail("nobody asked for a message"))
    assert refresh().exit_code == 0


def test_a_failure_to_send_is_a_note(here: Path, service: Service) -> None:
    service.status = 500
    result = refresh("--notify", service.address, "--quiet", "--log", "log.txt")
    note = (
        "new.xlsx was written, but the message could not be sent to JSON. Check the address and the network."
    )
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", f"{note}\n")
    assert Path("new.xlsx").exists()
    log = Path("log.txt").read_text("utf-8")
    assert note in log
    assert SECRET not in log


@pytest.mark.parametrize(
    ("address", "message"),
    [
        (f"nope://{SECRET}", "Apprise does not know address 1 of --notify, which is not shown because it may "
         "contain a password. Write it like mailto://… or slack://…: https://github.com/caronc/apprise/wiki"),
        (SECRET, "--notify takes an address like mailto://…, or a file that contains addresses, one a line. "
         "What was given is neither; it is not shown because it may contain a password."),
    ],
)  # fmt: skip
def test_a_wrong_address_is_found_before_anything_is_written(here: Path, address: str, message: str) -> None:
    result = refresh("--notify", address)
    assert (result.exit_code, result.stderr) == (2, f"Error: {message}\n")
    assert not Path("new.xlsx").exists()


def test_a_file_without_addresses(tmp_path: Path) -> None:
    (tmp_path / "notify.txt").write_text("# none yet\n", "utf-8")
    with pytest.raises(UsageError) as error:
        Notifier.of([str(tmp_path / "notify.txt")])
    assert str(error.value) == "The file of --notify contains no address. Write one a line, like mailto://…"


def test_the_channels_are_not_shown() -> None:
    assert repr(Notifier.of([f"json://{SECRET}@localhost"])) == "Notifier: JSON"
