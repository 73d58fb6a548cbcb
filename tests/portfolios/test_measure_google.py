"""A portfolio of Excel, CSV and Google Sheets on a server of our own: quota, refusals, keys, second looks."""

import datetime as dt
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from businesses import STEPS, write_gym
from click.testing import CliRunner, Result
from sheets_server.faults import status
from sheets_server.server import SheetsServer
from sheets_server.state import Book

import funnel
from funnel.cli import main
from funnel.portfolios import Portfolio
from funnel.sheets.google.client import http, quota

DAY = "2026-07-01"
OWN = ("Reached by phone", "Came to the intro", "Bought a membership")
JOURNEY = '[columns]\nclient = "Client name"\nlead_date = "Date of lead"\n' + "".join(
    f'[[step]]\nname = "{name}"\n' for name in OWN
)
SHARE = (
    "In Google Sheets choose Share, and share this sheet with robot@funnel-test.iam.gserviceaccount.com as "
    "an editor."
)


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, list(map(str, arguments)))


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SheetsServer]:
    """Return a server to which every call to Google goes; nobody has signed in yet."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FUNNEL_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.delenv("GOOGLE_APPLICATION_CREDENTIALS", raising=False)
    quick = http.RetryPolicy(tries=4, pause=0.01, deadline=600.0, timeout=(60.0, 300.0))
    monkeypatch.setattr(http, "RETRY_POLICY", quick)
    with SheetsServer() as running:
        monkeypatch.setattr(http, "on_connect", partial(SheetsServer.connect, running))
        running.key_file(tmp_path)
        yield running


def url(book: Book) -> str:
    return f"https://docs.google.com/spreadsheets/d/{book.id}/edit#gid=0"


def gym(
    server: SheetsServer, clients: int, had: int, steps: tuple[str, ...] = STEPS, share: bool = True
) -> Book:
    rows: list[list[object]] = [["Client name", "Date of lead", *steps]]
    for i in range(clients):
        day = dt.date(2026, 1, 1) + dt.timedelta(days=i % 60)
        rows.append([f"Client {i}", day.isoformat(), 1, 1 if i < had else "", 1 if i < 8 else ""])
    return server.new_sheet(f"Gym {clients}", rows, tab="Clients", share=share)


def write(*businesses: tuple[str, str], more: str = "", top: str = 'credentials = "robot.json"\n') -> Path:
    text = top + "".join(f'[[business]]\nname = "{name}"\nsheet = "{sheet}"\n' for name, sheet in businesses)
    path = Path("gyms.toml")
    path.write_text(text + more, "utf-8")
    return path


@pytest.fixture
def mixed(server: SheetsServer) -> Path:
    """A workbook, a CSV file and Google Sheets: two good ones, one with its own steps, three left out."""
    write_gym(Path("leeds.xlsx"), 40, 30, 8)
    lines = ["Client name,Date of lead," + ",".join(STEPS)]
    lines += [
        f"Client {i},2026-01-{i % 28 + 1:02},1,{'1' if i < 25 else ''},{'1' if i < 9 else ''}"
        for i in range(50)
    ]
    Path("york.csv").write_text("\n".join(lines), "utf-8")
    Path("own.toml").write_text(JOURNEY, "utf-8")
    doubtful = [["Client", "Date of lead", "First paid session", "Gone"]]
    doubtful += [
        [f"n{i}", f"2026-01-{i % 28 + 1:02}", "1" if i % 2 else "", "2026-03-05" if i % 3 == 0 else ""]
        for i in range(60)
    ]
    steps = ", ".join(f'"{a}" = "{b}"' for a, b in zip(OWN, STEPS, strict=True))
    return write(
        ("Leeds", "leeds.xlsx"),
        ("York", "york.csv"),
        ("Porto", url(gym(server, 60, 15))),
        ("Ulm", url(gym(server, 44, 33)).removeprefix("https://")),
        ("Gone", "https://docs.google.com/spreadsheets/d/1Gone/edit"),
        ("Private", url(gym(server, 20, 10, share=False))),
        ("Doubtful", url(server.new_sheet("Doubtful", doubtful))),
        ("Own", url(gym(server, 50, 35, OWN))),
        more=f'journey = "own.toml"\nsteps = {{ {steps} }}\n',
    )


def met(found: Portfolio) -> list[list[object]]:
    rows = found.table[found.table["step"] == "Client meeting had"]
    return [list(row) for row in rows[["business", "n", "reached"]].to_numpy().tolist()]


GOOD = [["Leeds", 40, 30], ["York", 50, 25], ["Porto", 60, 15], ["Ulm", 44, 33], ["Own", 50, 35]]


def test_excel_csv_and_google_side_by_side(mixed: Path, server: SheetsServer) -> None:
    found = funnel.portfolio(mixed, DAY)
    assert met(found) == GOOD
    reasons = {each.name: each.problem or each.question for each in found.left_out}
    gone, private, doubtful = (b.split('"')[1] for b in mixed.read_text("utf-8").split("sheet = ")[5:8])
    assert reasons == {
        "Gone": f"There is no Google Sheet at {gone}. Copy its address from the browser again; if it is the "
        f"same: {SHARE}",
        "Private": f"{private} cannot be read with this sign-in (The caller does not have permission). "
        f"{SHARE}",
        "Doubtful": "'First paid session' is the only step that was found. Is it one? Answer: funnel init "
        f"{doubtful}",
    }
    assert found.notes == ()
    assert len([call for call in server.calls if call.name == "get"]) == 6


def test_a_quota_that_is_used_up_is_waited_for(mixed: Path, server: SheetsServer) -> None:
    server.faults.extend([status(429), status(429, retry_after=0), status(503), None, status(429)])
    assert met(funnel.portfolio(mixed, DAY)) == GOOD
    assert [call.status for call in server.calls].count(429) == 3


def test_a_quota_that_stays_used_up_leaves_out_that_sheet(server: SheetsServer) -> None:
    path = write(("Porto", url(gym(server, 60, 15))))
    server.faults.extend([status(429)] * 4)
    (left,) = funnel.portfolio(path, DAY).left_out
    assert "it answered 429: too many calls in a minute (after 4 tries). It is unchanged." in left.problem


def test_no_more_reads_than_the_quota_in_any_minute(
    server: SheetsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twelve sheets, four calls in any half second: two pauses at least, and none of the calls is refused."""
    monkeypatch.setattr(http, "READS", quota.Quota(4, 0.5))
    path = write(*((f"Gym {i}", url(gym(server, 20 + i, 10))) for i in range(12)))
    start = time.monotonic()
    found = funnel.portfolio(path, DAY, cache=False)
    assert len(found.compared) == 12
    assert time.monotonic() - start >= 1.0
    assert len(server.calls) == 12


def test_the_second_look_reads_each_google_sheet_once_and_measures_only_what_changed(
    server: SheetsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    books = [gym(server, 30 + i, 10) for i in range(3)]
    path = write(*((f"Gym {i}", url(book)) for i, book in enumerate(books)))
    first = funnel.portfolio(path, DAY)
    from funnel.workflows import load

    loaded: list[str] = []
    real = load.open_clients
    monkeypatch.setattr(
        load, "open_clients", lambda sheet, *a, **o: loaded.append(sheet.title) or real(sheet, *a, **o)
    )  # type: ignore[func-returns-value]
    server.calls.clear()
    assert funnel.portfolio(path, DAY).table.equals(first.table)
    assert (loaded, [call.name for call in server.calls]) == ([], ["get"] * 3)
    assert funnel.portfolio(path, "2026-08-01").compared[0].leads == 30
    assert loaded == []
    books[1].properties["title"] = "Renamed by its owner"
    person = server.person(books[1])
    person.type("Clients", "D12", 1)
    again = funnel.portfolio(path, DAY)
    assert loaded == ["Renamed by its owner"]
    assert [each.name for each in again.compared] == ["Gym 0", "Gym 1", "Gym 2"]
    assert met(again)[1] == ["Gym 1", 31, 11]


def test_a_renamed_tab_is_named(server: SheetsServer) -> None:
    book = gym(server, 40, 20)
    path = write(("Porto", url(book)), more='tab = "Clients"\n')
    assert funnel.portfolio(path, DAY).compared[0].leads == 40
    book.tabs[0].properties["title"] = "Clients 2026"
    (left,) = funnel.portfolio(path, DAY).left_out
    assert left.problem == (
        f"{url(book)} has no tab 'Clients'; did you mean 'Clients 2026'? Its only tab is Clients 2026."
    )


def test_the_option_wins_over_the_key_of_the_file(server: SheetsServer) -> None:
    path = write(("Porto", url(gym(server, 40, 20))))
    Path("other.json").write_text("{}", "utf-8")
    said = run("portfolio", path, "--credentials", "other.json", "--no-history").stdout
    assert "other.json is not the key file of a service account." in " ".join(said.split())
    assert run("portfolio", path, "--no-history").stdout.startswith(
        "Portfolio: Portfolio, 1 business, 40 clients"
    )


def test_without_a_key_the_others_are_compared(mixed: Path) -> None:
    mixed.write_text(mixed.read_text("utf-8").replace('credentials = "robot.json"\n', ""), "utf-8")
    found = funnel.portfolio(mixed, DAY)
    assert [each.name for each in found.compared] == ["Leeds", "York"]
    assert found.left_out[0].problem.startswith("Nobody has signed in to Google yet.")


@pytest.mark.parametrize(
    ("key", "message"),
    [
        ("'{\"private_key\": \"SECRET\"}'", "p.toml: 'credentials' must be the path of the key file, not the "
         "key. Delete the key from p.toml."),
        ("'robt.json'", "p.toml: 'credentials' names 'robt.json', but there is no such file. Check the "
         "path."),
        ("3", "p.toml: 'credentials' must be a text between quotes."),
    ],
)  # fmt: skip
def test_a_mistake_in_the_key(key: str, message: str) -> None:
    from funnel.errors import JourneyError
    from funnel.portfolios.declaration import parse_declaration

    text = f"credentials = {key}\n[[business]]\nname = 'A'\nsheet = 'a.xlsx'\n"
    with pytest.raises(JourneyError) as error:
        parse_declaration(text, Path("p.toml"))
    assert str(error.value) == message


def test_the_key_is_in_no_output(mixed: Path) -> None:
    key = Path("robot.json").read_text("utf-8")
    lines = [line for line in key.split("\\n") if len(line) > 40]
    said = []
    for options in (
        (),
        ("--format", "json"),
        ("--format", "csv"),
        ("-o", "out.html"),
        ("--debug", "-o", "out.xlsx"),
    ):
        result = run("portfolio", mixed, "--as-of", DAY, *options)
        said.append(result.stdout + result.stderr)
    files = [path for path in Path().rglob("*") if path.is_file() and path.name != "robot.json"]
    assert len(files) > 10
    said += [path.read_bytes().decode("latin-1") for path in files]
    assert not [line for line in (*lines, "private_key") for text in said if line in text]
