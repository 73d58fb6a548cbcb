"""Mutate what funnel reads: each mutation is read, or refused with a sentence.

`python -m benchmarks.safety.fuzz [SECONDS [SEED]]` (60 seconds by default) mutates with a seed. It prints the
executions of each kind, and each error that nobody foresaw, once, with the seed that repeats it.

`uv run --with atheris python -m benchmarks.safety.fuzz guided [SECONDS [KIND ...]]` is guided by coverage:
an input that reaches a new line of funnel is kept and mutated further. Each kind runs in its own process, for
some seconds (10 by default).
"""

from __future__ import annotations

import datetime as dt
import json
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from benchmarks.safety.hostile_parts import ods, pack, workbook
from benchmarks.safety.hostile_texts import TEXTS

TOKENS: Final = (
    *(b"0", b"-1", b"1", b"1048576", b"1048577", b"4294967295", b"9" * 30, b"9" * 5000, b"1e999"),
    *(b"<", b">", b'"', b"'", b"&", b"]]>", b"<!--", b"<![CDATA[", b"\0", b"\xff", b"\xe2\x80\xae", b"\x1b"),
    *(b"[", b"]", b"{", b"}", b"=", b",", b";", b"\n", b"\r", b"\t", b"PT9H", b"2026-02-30"),
    *("²".encode(), "٣".encode(), b"[[", b"[[step]]", b"months = ", b"%", b"|", b"_x0000_", b"_xD800_"),
)  # fmt: skip
JOURNEY: Final = b"""name = "Gym"
period = "90 days"
[columns]
client = "Client name"
lead_date = ["Date of lead", "Lead"]
left_date = "When left journey"
[[step]]
name = "Client contacted"
due = "7 days"
marks = ["done"]
target = 0.9
[[step]]
name = "First paid session"
paid = true
[[step]]
name = "One month"
months = 1
"""
RULES: Final = b"""name = "Club"
[columns]
client = "Client name"
lead_date = "Date of lead"
[[stage]]
name = "New"
default = true
[[stage]]
name = "Joined"
paid = true
rules = [{ column = "Client contacted", is = "1" }, { column = "Client name", one_of = ["Ana", "Ben"] }]
"""
PORTFOLIO: Final = b"""name = "Gyms"
journey = "gym"
steps = ["Client contacted"]
[[business]]
name = "Leeds"
sheet = "leeds.xlsx"
steps = { "Phoned" = "Client contacted" }
[[source]]
sheet = "all.parquet"
by = "gym"
"""
BENCHMARK: Final = b"""{
 "kind": "funnel benchmark", "version": 1, "as_of": "2026-11-28", "businesses": 2,
 "steps": [{"step": "Client contacted", "counts": [[100, 50], [200, 120]]}]
}"""
ANSWER: Final = b"""429
7
{"error": {"code": 429, "message": "Quota exceeded", "status": "RESOURCE_EXHAUSTED"}}"""
FOUND: Final = "NOT FORESEEN "
EVENTS: Final = b"""Client,When,Event,By,Amount
Ana,2026-01-05 10:00,signed up,Zoe,10
Ana,2026-02-05T10:00:00+02:00,paid,Zoe,"1.200,50"
Ben,05/03/2026 9:15 pm,left,,
"""


def mutated(data: bytes, dice: random.Random) -> bytes:
    """Return data with one to four changes: a token put in, bytes removed, doubled, swapped or flipped."""
    made = bytearray(data)
    for _ in range(dice.randint(1, 4)):
        at, length = dice.randrange(len(made) + 1), dice.choice((1, 1, 2, 8, 40))
        match dice.randrange(6):
            case 0:
                made[at:at] = dice.choice(TOKENS)
            case 1:
                made[at : at + length] = dice.choice(TOKENS)
            case 2:
                del made[at : at + length]
            case 3:
                made[at:at] = made[at : at + length] * dice.choice((1, 2, 50))
            case 4 if made:
                made[min(at, len(made) - 1)] ^= 1 << dice.randrange(8)
            case _:
                other = dice.randrange(len(made) + 1)
                made[at:at] = made[other : other + length]
    return bytes(made)


GOOGLE: Final[dict[str, Any]] = {
    "properties": {"title": "Gym", "locale": "en_GB", "timeZone": "Etc/GMT"},
    "sheets": [{
        "properties": {"sheetId": 0, "title": "Clients", "index": 0, "sheetType": "GRID", "hidden": False,
                       "gridProperties": {"rowCount": 100, "columnCount": 9}},
        "data": [{"startRow": 0, "startColumn": 0, "rowMetadata": [
            {"developerMetadata": [{"metadataId": 7, "metadataKey": "funnel.totals"}]}], "rowData": [
            {"values": [{"effectiveValue": {"stringValue": text}} for text in
                        ("Client name", "Date of lead", "Client contacted", "First paid session")]},
            *({"values": [
                {"effectiveValue": {"stringValue": f"Client {n}"}},
                {"effectiveValue": {"numberValue": 46000 + n},
                 "effectiveFormat": {"numberFormat": {"type": "DATE", "pattern": "d.m.yy"}}},
                {"effectiveValue": {"boolValue": True}, "userEnteredValue": {"formulaValue": "=1=1"}},
                {"effectiveValue": {"errorValue": {"type": "N_A"}}, "userEnteredFormat": {
                    "backgroundColor": {"red": 0.5}, "textFormat": {"bold": True}}},
            ]} for n in range(5)),
        ]}],
        "merges": [{"startRowIndex": 1, "endRowIndex": 2, "endColumnIndex": 3}],
        "basicFilter": {"range": {"startRowIndex": 0, "endRowIndex": 9}},
        "conditionalFormats": [{"ranges": [{"sheetId": 0, "endRowIndex": 5}], "booleanRule": {"condition": {
            "type": "CUSTOM_FORMULA", "values": [{"userEnteredValue": "=A1=1"}]}}}],
        "protectedRanges": [{"range": {"startRowIndex": 0}, "warningOnly": True}],
        "charts": [{"chartId": 5, "spec": {"altText": "[funnel steps]"}}],
        "tables": [{"range": {"endRowIndex": 3, "endColumnIndex": 3}}],
    }],
}  # fmt: skip
VALUES: Final = (None, "", "x", 0, -1, 1e300, 10**30, True, [], {}, [None], {"": None}, "=", "9" * 400)


def mutated_tree(tree: Any, dice: random.Random) -> Any:
    """Return a copy of JSON with one to three values replaced, removed or doubled, at any depth."""
    made = json.loads(json.dumps(tree))
    for _ in range(dice.randint(1, 3)):
        at, place = made, None
        while isinstance(at, dict | list) and at and (place is None or dice.random() < 0.9):
            key = dice.choice(list(at) if isinstance(at, dict) else range(len(at)))
            place, at = (at, key), at[key]
        if place is None:
            return deepcopy(dice.choice(VALUES))
        inside, key = place
        if dice.random() < 0.7:
            inside[key] = deepcopy(dice.choice(VALUES))  # or the next mutation would change VALUES
        else:
            del inside[key]
    return made


def mutated_json(data: bytes, dice: random.Random) -> bytes:
    """Return JSON with values replaced or removed; other text, and a tenth of all, with bytes changed."""
    try:
        tree = json.loads(data)
    except (ValueError, RecursionError):
        return mutated(data, dice)
    return json.dumps(mutated_tree(tree, dice)).encode() if dice.random() < 0.9 else mutated(data, dice)


@dataclass(frozen=True)
class Target:
    """What is mutated, and how it is read.

    Parameters
    ----------
    seed : a valid input.
    read : reads an input; a FunnelError refuses it.
    mutate : returns another input.
    """

    seed: bytes
    read: Callable[[bytes], Any]
    mutate: Callable[[bytes, random.Random], bytes] = mutated


def targets(folder: Path) -> dict[str, Target]:
    """Return a target for each kind of input; files are written into a folder."""
    book, document, found = workbook(), ods(), {}

    def sheet(name: str, data: bytes) -> None:
        from funnel.workflows.load import load

        (folder / name).write_bytes(data)
        load(folder / name, as_of="2026-11-28")

    for part, text in book.items():
        found[f"workbook: {part}"] = Target(
            str(text).encode(), lambda data, part=part: sheet("a.xlsx", pack({**book, part: data}))
        )  # type: ignore[misc]
    for part in ("content.xml", "styles.xml"):
        found[f"ods: {part}"] = Target(
            str(document[part]).encode(),
            lambda data, part=part: sheet("a.ods", pack({**document, part: data})),
        )  # type: ignore[misc]
    found["zip"] = Target(pack(book), lambda data: sheet("a.xlsx", data))
    found["text"] = Target(TEXTS["small"](), lambda data: sheet("a.csv", data))
    found["events"] = Target(EVENTS, lambda data: sheet("a.csv", data))
    found["journey"], found["rules"] = Target(JOURNEY, _journey), Target(RULES, _journey)
    found["portfolio"] = Target(PORTFOLIO, _portfolio)
    found["benchmark"] = Target(BENCHMARK, lambda data: _benchmark(folder / "b.json", data), mutated_json)
    found["google"] = Target(json.dumps(GOOGLE).encode(), _google, mutated_json)
    found["google: answer"] = Target(ANSWER, _answer, mutated)
    return found


def _journey(data: bytes) -> None:
    from funnel.grid import Grid
    from funnel.journey import parse_journey
    from funnel.loader import load

    journey = parse_journey(data.decode("utf-8", "replace"), "j.toml")
    rows = [line.split(",") for line in TEXTS["small"]().decode().splitlines()]
    load(Grid("j", [list(column) for column in zip(*rows, strict=True)]), journey, source="j.csv")


def _portfolio(data: bytes) -> None:
    from funnel.portfolios.declaration import parse_declaration

    parse_declaration(data.decode("utf-8", "replace"), Path("p.toml"))


def _benchmark(path: Path, data: bytes) -> None:
    from funnel.portfolios.anonymous import others_of

    path.write_bytes(data)
    others_of(path, dt.date(2026, 11, 28), ["Client contacted"])


def _google(data: bytes) -> None:
    """Read what `LimitedClient` lets through: an object."""
    from funnel.journey import parse_journey
    from funnel.loader import load
    from funnel.sheets.google.read.spreadsheet import Snapshot

    try:
        answer = json.loads(data)
    except (ValueError, RecursionError):
        return
    if isinstance(answer, dict):
        for tab in Snapshot(answer).tabs.values():
            load(tab.grid, parse_journey(JOURNEY.decode()), source="Gym")


def _answer(data: bytes) -> None:
    """Answer a call with a status (a line), a header Retry-After (a line), and a body."""
    import requests
    from google.oauth2.credentials import Credentials

    from funnel.sheets.google.client.http import LimitedClient, NoResponse, RequestRefused

    status, _, rest = data.partition(b"\n")
    wait, _, body = rest.partition(b"\n")
    made = requests.Response()
    made.status_code = int(status) if status.isdigit() and len(status) == 3 else 200
    made.headers["Retry-After"] = wait.decode("latin-1")
    made._content = body
    session = requests.Session()
    session.request = lambda *args, **options: made  # type: ignore[method-assign]
    with suppress(NoResponse, RequestRefused):
        LimitedClient(Credentials("token"), session).once("get", "https://127.0.0.1/", {})


@dataclass
class Fuzzer:
    """Runs mutations of every kind in turn."""

    folder: Path
    executions: dict[str, int] = field(default_factory=dict)
    unforeseen: dict[str, str] = field(default_factory=dict)

    def run(self, seconds: float = 1e9, seed: int = 1, rounds: int = 10**9, turn: float = 0.0) -> None:
        """Run mutations of every kind in turn, for some seconds or rounds.

        Parameters
        ----------
        turn : seconds of one kind in each round; 0 for a single execution.
        """
        end, number = time.monotonic() + seconds, seed
        kinds = targets(self.folder)
        while rounds and time.monotonic() < end:
            rounds -= 1
            for kind, target in kinds.items():
                next_kind = time.monotonic() + turn
                while True:
                    number += 1
                    self.read(
                        kind, target, target.mutate(target.seed, random.Random(number)), f"seed {number}"
                    )
                    if time.monotonic() >= next_kind:
                        break

    def read(self, kind: str, target: Target, data: bytes, what: str) -> str:
        """Read an input; return where an error was that nobody foresaw, the first time; else ""."""
        from funnel.errors import FunnelError

        self.executions[kind] = self.executions.get(kind, 0) + 1
        try:
            target.read(data)
        except FunnelError:
            pass
        except (Exception, RecursionError) as error:  # noqa: BLE001 - to find them is the purpose
            where = _where(error)
            if where not in self.unforeseen:
                self.unforeseen[where] = f"{kind}, {what}: {error!r}"[:300]
                return where
        return ""


def _where(error: BaseException) -> str:
    """Return the kind of an error, and the last line of funnel that it came through."""
    trace, found = error.__traceback__, ""
    while trace is not None:
        name = trace.tb_frame.f_code.co_filename
        if "funnel" in Path(name).parts:
            found = f"{'/'.join(Path(name).parts[-3:])}:{trace.tb_lineno}"
        trace = trace.tb_next
    return f"{type(error).__name__} at {found}"


def guide(kind: str, seconds: int, folder: Path) -> None:
    """Fuzz one kind, guided by coverage, until the process ends; print errors and figures."""
    import atheris

    with atheris.instrument_imports(include=["funnel"]):
        target, fuzzer = targets(folder)[kind], Fuzzer(folder)
        fuzzer.read(kind, target, target.seed, "the seed")  # imports what is instrumented

    def read(data: bytes) -> None:
        if where := fuzzer.read(kind, target, data, repr(data[:4000])):
            print(f"{FOUND}{where}: {fuzzer.unforeseen[where]} {data.hex()}", flush=True)

    def change(data: bytes, longest: int, seed: int) -> bytes:
        dice = random.Random(seed)
        made = target.mutate(data, dice) if dice.random() < 0.5 else atheris.Mutate(data, longest)
        return bytes(made[:longest])

    corpus = folder / "corpus"
    corpus.mkdir()
    (corpus / "seed").write_bytes(target.seed)
    limits = (f"-max_total_time={seconds}", "-timeout=20", "-rss_limit_mb=3000", "-max_len=20000")
    options = ("-print_final_stats=1", f"-artifact_prefix={folder}/", str(corpus))
    atheris.Setup(["fuzz", *limits, *options], read, custom_mutator=change)
    atheris.Fuzz()


def guided(seconds: int, named: Sequence[str] = ()) -> int:
    """Fuzz each kind in a process of its own; print figures and errors; return the number of errors."""
    total = broken = 0
    for kind in named or targets(Path()):
        command = [sys.executable, "-m", "benchmarks.safety.fuzz", "child", str(seconds), kind]
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
        found = [line for line in done.stdout.splitlines() if line.startswith(FOUND)]
        if done.returncode:
            found.append(f"{FOUND}the process ended with {done.returncode}: {done.stderr[-2000:]}")
        runs = re.search(r"number_of_executed_units: *(\d+)", done.stderr)
        reached = re.findall(r" cov: (\d+)", done.stderr)
        total, broken = total + int(runs[1] if runs else 0), broken + len(found)
        print(f"{kind}: {int(runs[1] if runs else 0):,} executions, coverage {reached[:1]} to {reached[-1:]}",
              *found, sep="\n", flush=True)  # fmt: skip
    print(f"{total:,} executions guided by coverage, {broken} errors not foreseen")
    return broken


def main() -> int:
    """Print the executions and the errors; return the number of errors."""
    words = sys.argv[1:]
    if words[:1] == ["guided"]:
        return guided(int((words[1:] or ["10"])[0]), words[2:])
    with tempfile.TemporaryDirectory() as folder:
        if words[:1] == ["child"]:
            guide(words[2], int(words[1]), Path(folder))
        seconds, seed = float((words or ["60"])[0]), int((words[1:] or ["1"])[0])
        fuzzer = Fuzzer(Path(folder))
        fuzzer.run(seconds, seed, turn=0.05)
    for kind, executions in fuzzer.executions.items():
        print(f"{kind}: {executions:,}")
    for where, example in fuzzer.unforeseen.items():
        print(f"{where}: {example}")
    print(f"{sum(fuzzer.executions.values()):,} executions, {len(fuzzer.unforeseen)} errors not foreseen")
    return len(fuzzer.unforeseen)


if __name__ == "__main__":
    sys.exit(bool(main()))
