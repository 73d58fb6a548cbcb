"""Mutate what funnel reads, with a seed: each mutation is read, or refused with a sentence.

`python -m benchmarks.safety.fuzz [SECONDS [SEED]]` (60 seconds by default) prints the executions, and each
error that nobody foresaw, once, with the seed that repeats it.
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
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
            return dice.choice(VALUES)
        inside, key = place
        if dice.random() < 0.7:
            inside[key] = dice.choice(VALUES)
        else:
            del inside[key]
    return made


@dataclass
class Fuzzer:
    """Runs mutations of every kind in turn."""

    folder: Path
    executions: dict[str, int] = field(default_factory=dict)
    unforeseen: dict[str, str] = field(default_factory=dict)

    def kinds(self) -> Iterator[tuple[str, Callable[[random.Random], None]]]:
        """Yield each kind with a function that makes and reads one mutation."""
        book, document = workbook(), ods()
        for part, text in book.items():
            yield f"workbook: {part}", lambda dice, part=part, text=text: self._sheet(  # type: ignore[misc]
                "a.xlsx", pack({**book, part: mutated(str(text).encode(), dice)}))  # fmt: skip
        for part in ("content.xml", "styles.xml"):
            yield f"ods: {part}", lambda dice, part=part: self._sheet(  # type: ignore[misc]
                "a.ods", pack({**document, part: mutated(str(document[part]).encode(), dice)}))  # fmt: skip
        whole, text_file = pack(book), TEXTS["small"]()
        yield "zip", lambda dice: self._sheet("a.xlsx", mutated(whole, dice))
        yield "text", lambda dice: self._sheet("a.csv", mutated(text_file, dice))
        yield "journey", lambda dice: self._journey(mutated(JOURNEY, dice))
        yield "rules", lambda dice: self._journey(mutated(RULES, dice))
        yield "google", lambda dice: self._google(mutated_tree(GOOGLE, dice))
        yield "events", lambda dice: self._sheet("a.csv", mutated(EVENTS, dice))

    def _sheet(self, name: str, data: bytes) -> None:
        from funnel.workflows.load import load

        path = self.folder / name
        path.write_bytes(data)
        load(path, as_of="2026-11-28")

    def _journey(self, data: bytes) -> None:
        from funnel.journey import parse_journey
        from funnel.loader import load
        from funnel.sheets import open_sheet

        journey = parse_journey(data.decode("utf-8", "replace"), "j.toml")
        path = self.folder / "j.csv"
        path.write_bytes(TEXTS["small"]())
        load(open_sheet(path).read("j"), journey, source="j.csv")

    def _google(self, answer: Any) -> None:
        """Read what `LimitedClient` lets through: an object."""
        from funnel.journey import parse_journey
        from funnel.loader import load
        from funnel.sheets.google.read.spreadsheet import Snapshot

        if isinstance(answer, dict):
            for tab in Snapshot(answer).tabs.values():
                load(tab.grid, parse_journey(JOURNEY.decode()), source="Gym")

    def run(self, seconds: float = 1e9, seed: int = 1, rounds: int = 10**9) -> None:
        """Run mutations of every kind in turn, for some seconds or rounds."""
        from funnel.errors import FunnelError

        end, number = time.monotonic() + seconds, seed
        kinds = list(self.kinds())
        while rounds and time.monotonic() < end:
            rounds -= 1
            for kind, read in kinds:
                number += 1
                try:
                    read(random.Random(number))
                except FunnelError:
                    pass
                except (Exception, RecursionError) as error:  # noqa: BLE001 - to find them is the purpose
                    where = _where(error)
                    self.unforeseen.setdefault(where, f"{kind}, seed {number}: {error!r}"[:300])
                self.executions[kind] = self.executions.get(kind, 0) + 1


def _where(error: BaseException) -> str:
    """Return the kind of an error, and the last line of funnel that it came through."""
    trace, found = error.__traceback__, ""
    while trace is not None:
        name = trace.tb_frame.f_code.co_filename
        if "funnel" in Path(name).parts:
            found = f"{'/'.join(Path(name).parts[-3:])}:{trace.tb_lineno}"
        trace = trace.tb_next
    return f"{type(error).__name__} at {found}"


def main() -> int:
    """Print the executions and the errors; return the number of errors."""
    seconds, seed = (float(sys.argv[1]) if len(sys.argv) > 1 else 60.0), int((sys.argv[2:] or ["1"])[0])
    with tempfile.TemporaryDirectory() as folder:
        fuzzer = Fuzzer(Path(folder))
        fuzzer.run(seconds, seed)
    for where, example in fuzzer.unforeseen.items():
        print(f"{where}: {example}")
    print(f"{sum(fuzzer.executions.values()):,} executions, {len(fuzzer.unforeseen)} errors not foreseen")
    return len(fuzzer.unforeseen)


if __name__ == "__main__":
    sys.exit(bool(main()))
