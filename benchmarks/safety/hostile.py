"""Hostile files: a table of kinds and places, each refused or read in a second and 300 MB.

`python -m benchmarks.safety.hostile [WORD ...]` runs all of them, or those whose names have a word.
"""

from __future__ import annotations

import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.safety.hostile_books import BOOKS, MB, SHEETS
from benchmarks.safety.hostile_parts import MAIN, Entry, Part, Swollen, ods, pack, workbook
from benchmarks.safety.hostile_texts import ODS, TEXTS

SECONDS: Final = 1.0
MEGABYTES: Final = 300
SPACE: Final = 3 << 30  # bytes of address space above the start: more is a failure, not a dead machine
PLACES: Final = (
    *("[Content_Types].xml", "_rels/.rels", "xl/workbook.xml", "xl/_rels/workbook.xml.rels"),
    *("xl/sharedStrings.xml", "xl/styles.xml", "xl/theme/theme1.xml", "xl/worksheets/sheet1.xml"),
    *("xl/worksheets/_rels/sheet1.xml.rels", "xl/worksheets/sheet2.xml", "xl/tables/table1.xml"),
    *("xl/drawings/drawing1.xml", "docProps/app.xml", "content.xml", "styles.xml", "META-INF/manifest.xml"),
)


def _root(place: str) -> tuple[str, str]:
    """Return the start and end tag of a part's root, so that the attack is looked at."""
    names = {
        "xl/workbook.xml": f'workbook xmlns="{MAIN}"', "xl/sharedStrings.xml": f'sst xmlns="{MAIN}"',
        "xl/styles.xml": f'styleSheet xmlns="{MAIN}"', "xl/tables/table1.xml": f'table xmlns="{MAIN}"',
    }  # fmt: skip
    start = names.get(place, f'worksheet xmlns="{MAIN}"' if "worksheets/sheet" in place else "r")
    return f"<{start}>", f"</{start.partition(' ')[0]}>"


def _dtd(place: str) -> str:
    start, end = _root(place)
    more = "".join(f'<!ENTITY b{n} "&b{n - 1};&b{n - 1};&b{n - 1};&b{n - 1};">' for n in range(1, 15))
    return f'<!DOCTYPE a [<!ENTITY b0 "aaaa">{more}]>{start}&b14;{end}'


def _quadratic(place: str) -> str:
    start, end = _root(place)
    return f'<!DOCTYPE a [<!ENTITY a "{"a" * 50_000}">]>{start}{"&a;" * 50_000}{end}'


def _outside(place: str) -> str:
    start, end = _root(place)
    return f'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>{start}&x;{end}'


def _wrapped(inner: str | bytes | Swollen) -> Callable[[str], Part]:
    def make(place: str) -> Part:
        start, end = (tag.encode() for tag in _root(place))
        if isinstance(inner, Swollen):
            return Swollen(start + inner.start, inner.block, inner.times, inner.end + end)
        return start + (inner.encode() if isinstance(inner, str) else inner) + end

    return make


KINDS: Final[dict[str, Callable[[str], Part]]] = {
    "no bytes": lambda place: b"",
    "not XML": lambda place: os.urandom(2000),
    "zeros": lambda place: bytes(5000),
    "cut off": lambda place: "".join(_root(place))[:-9],
    "laughs": _dtd,
    "quadratic entities": _quadratic,
    "outer entity": _outside,
    "laughs in UTF-16": lambda place: _dtd(place).encode("utf-16"),
    "laughs after 1 MB": lambda place: " " * MB + _dtd(place),
    "unknown encoding": lambda place: '<?xml version="1.0" encoding="x-none"?>' + "".join(_root(place)),
    "encoding that is no text": lambda place: '<?xml version="1.0" encoding="zlib"?>' + "".join(_root(place)),
    "UTF-7": lambda place: '<?xml version="1.0" encoding="utf-7"?>' + "".join(_root(place)),
    "wrong root": lambda place: "<none/>",
    "attribute of 40 MB": _wrapped(Swollen(b'<x a="', b"a" * MB, 40, b'"/>')),
    "text of 40 MB": _wrapped(Swollen(b"<x>", b"a" * MB, 40, b"</x>")),
    "comment of 40 MB": _wrapped(Swollen(b"<!--", b"a" * MB, 40, b"-->")),
    "instruction of 40 MB": _wrapped(Swollen(b"<?a ", b"a" * MB, 40, b"?>")),
    "tag name of 40 MB": _wrapped(Swollen(b"<", b"a" * MB, 40, b"/>")),
    "100,000 deep": _wrapped("<a>" * 100_000 + "</a>" * 100_000),
    "100,000 attributes": _wrapped("<x" + "".join(f' a{n}="1"' for n in range(100_000)) + "/>"),
    "100,000 namespaces": _wrapped("".join(f'<a{n}:x xmlns:a{n}="urn:{n}"/>' for n in range(100_000))),
    "5 million elements": _wrapped(Swollen(b"", b"<x/>" * 50_000, 100, b"")),
    "spaces of 250 MB": _wrapped(Swollen(b"", b" " * MB, 250, b"")),
    "2 GB": _wrapped(Swollen(b"", b"<x/>" * (MB // 4), 2048, b"")),
    "2 GB declared as 1 KB": lambda place: Entry(Swollen(b"", b"<x/>" * (MB // 4), 2048, b""), size=1000),
    "declared too long": lambda place: Entry("".join(_root(place)), size=10_000),
    "encrypted": lambda place: Entry("".join(_root(place)), flags=1),
    "unknown packing": lambda place: Entry("".join(_root(place)), method=99),
    "bytes that do not unpack": lambda place: Entry(b"\xff" * 500, method=8, size=500),
    "another part's place": lambda place: Entry("".join(_root(place)), offset=0),
    "place outside the file": lambda place: Entry("".join(_root(place)), offset=1 << 30),
}


@dataclass(frozen=True)
class Hostile:
    """A hostile file: its name says kind and place, and ends with its ending."""

    name: str
    make: Callable[[], bytes]
    large: bool = False  # too large to be made in a test


def in_a_part() -> Iterator[Hostile]:
    """Yield each kind at each place."""
    for kind, make in KINDS.items():
        for place in PLACES:
            large = "MB" in kind or "million" in kind or "100,000" in kind
            open_document = place in ("content.xml", "styles.xml", "META-INF/manifest.xml")
            parts = ods() if open_document else workbook()
            yield Hostile(
                f"{kind}, in {place}{'.ods' if open_document else '.xlsx'}",
                lambda parts=parts, place=place, make=make: pack({**parts, place: make(place)}),  # type: ignore[misc]
                large,
            )


def files() -> Iterator[Hostile]:
    """Yield all hostile files."""
    yield from in_a_part()
    for kind, part in SHEETS.items():
        yield Hostile(
            f"sheet: {kind}.xlsx",
            lambda part=part: pack(workbook(sheet1=part())),
            "million" in kind or "MB" in kind,
        )  # type: ignore[misc]
    for kind, make in BOOKS.items():
        yield Hostile(f"book: {kind}.xlsx", make, "MB" in kind or "million" in kind or "00,000" in kind)
    for kind, parts in ODS.items():
        yield Hostile(f"ods: {kind}.ods", lambda parts=parts: pack(parts()), "00,000" in kind)  # type: ignore[misc]
    for kind, make in TEXTS.items():
        yield Hostile(f"text: {kind}.csv", make, "MB" in kind or "GB" in kind or "million" in kind)


@dataclass(frozen=True)
class Verdict:
    """What became of a file: "read", "refused", or what went wrong; with its cost."""

    outcome: str
    seconds: float
    megabytes: float
    message: str

    def held(self, seconds: float = SECONDS) -> bool:
        """Return True if it was refused or read within the limits."""
        fine = self.outcome in ("read", "refused")
        return fine and self.seconds < seconds and self.megabytes < MEGABYTES


def judge(path: Path, whole: bool = True) -> Verdict:
    """Read a file in a child process with limits on its memory and time.

    Parameters
    ----------
    whole : understand it too, as `funnel show` does; otherwise only its tabs are read.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        text = _in_child(path, whole)
        os.write(writing, text.encode("utf-8", "replace")[:4000])
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        said = pipe.read().decode()
    _, status = os.waitpid(child, 0)
    if not said:
        return Verdict(f"died ({status})", 99, 0, "")
    outcome, seconds, megabytes, message = said.split("|", 3)
    return Verdict(outcome, float(seconds), float(megabytes), message)


def _in_child(path: Path, whole: bool) -> str:
    from funnel.errors import FunnelError

    begun, before = time.process_time(), _peak()
    space = before * MB + SPACE
    resource.setrlimit(resource.RLIMIT_AS, (int(_space() + space), int(_space() + space)))
    resource.setrlimit(resource.RLIMIT_CPU, (int(begun) + 4, int(begun) + 4))
    message = ""
    try:
        message = _read(path, whole)
        outcome = "read"
    except FunnelError as error:
        outcome, message = "refused", str(error)
    except BaseException as error:  # noqa: BLE001 - what it is, is the result
        outcome, message = type(error).__name__, str(error)
    return f"{outcome}|{time.process_time() - begun}|{_peak() - before}|{message}"


def _read(path: Path, whole: bool) -> str:
    from funnel.sheets import open_sheet
    from funnel.workflows.load import read

    if whole:
        return read(path).shape
    found = open_sheet(path)
    return ", ".join(f"{grid.height} x {grid.width}" for tab in found.tabs() if (grid := found.read(tab)))


def _peak() -> float:
    """Return the largest memory so far, in MB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return float(next(line for line in lines if line.startswith("VmHWM")).split()[1]) / 1024


def _space() -> int:
    return int(Path("/proc/self/statm").read_text().split()[0]) * 4096


def warm() -> None:
    """Import what a child will need, so that each child costs what reading costs."""
    with tempfile.TemporaryDirectory() as folder:
        for name, data in (
            ("a.xlsx", pack(workbook())),
            ("a.ods", pack(ods())),
            ("a.csv", TEXTS["small"]()),
        ):
            path = Path(folder) / name
            path.write_bytes(data)
            _read(path, whole=True)


def main(words: list[str] | None = None) -> int:
    """Judge all files, print those that did not hold and the sums; return how many did not."""
    import gc

    warm()
    gc.collect()
    gc.freeze()
    failed = done = 0
    outcomes: dict[str, int] = {}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        for file in files():
            if words and not any(word in file.name for word in words):
                continue
            made = path / f"hostile{file.name[file.name.rindex('.') :]}"
            made.write_bytes(file.make())
            verdict = judge(made)
            done, failed = done + 1, failed + (not verdict.held())
            outcomes[verdict.outcome] = outcomes.get(verdict.outcome, 0) + 1
            if not verdict.held() or words:
                print(f"{verdict.outcome} {verdict.seconds:.2f} s {verdict.megabytes:.0f} MB | {file.name} | "
                      f"{verdict.message[:200]!r}", flush=True)  # fmt: skip
            made.unlink()
    print(f"{done} hostile files, {failed} not held; {outcomes}")
    return failed


if __name__ == "__main__":
    sys.exit(bool(main(sys.argv[1:])))
