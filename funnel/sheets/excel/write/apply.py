"""Apply a Plan to a workbook on disk, whole or not at all."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from xml.parsers import expat

from funnel.errors import ReadError, WriteError
from funnel.plan import Plan
from funnel.sheets import files
from funnel.sheets.excel.package.draft import Draft
from funnel.sheets.excel.package.parts import SIGNED, Package
from funnel.sheets.excel.write.changes import Changes


def apply_plan(
    path: str | Path, package: Package, plan: Plan, out: str | Path | None = None
) -> tuple[str, ...]:
    """Make every change of a plan in a workbook, or none.

    Parameters
    ----------
    path : the workbook's file.
    package : the workbook as it was read from there; the plan was made from it.
    out : a file to write to instead; the workbook then stays as it is.

    Returns
    -------
    Sentences on what could not be written as the plan has it.

    Raises
    ------
    WriteError : where the workbook is signed, has changed since it was read, is open elsewhere, or cannot be
        written; it is unchanged.
    """
    if package.signed:
        raise WriteError(SIGNED.format(path))
    if plan.version and plan.version != package.version:
        raise WriteError(
            f"{path} has changed since it was read, and the plan no longer fits it. Nothing was written. "
            "Refresh again."
        )
    if not plan and out is None:
        return ()
    draft = Draft(package)
    changes = Changes(draft)
    for change in plan.changes:
        changes.add(change)
    changes.finish()

    def check(fresh: Path) -> None:
        _check(fresh, changes, draft)

    if out is None:
        files.replace(path, package.version, draft.write, check)
    else:
        files.create(out, draft.write, check)
    return tuple(changes.notes)


def _check(fresh: Path, changes: Changes, draft: Draft) -> None:
    """Read back what was written: every part whole, the tabs well-formed, every change in its place.

    A copied part is whole when its bytes are the old ones; a tab is as it should be when making the same
    changes in it again changes nothing.
    """
    try:
        written = Package.open(fresh)
        patches = dict(changes.patches())
        for part in written.names:
            patch = patches.get(part)
            if patch is not None:
                again = patch.run(partial(_parsed, written, part), _checksum)
                if again != draft.packed[part].crc:
                    raise WriteError(f"part {part} does not hold what was written to it")
            elif not draft.package.has(part) or written.raw(part)[1] != draft.package.raw(part)[1]:
                _checksum(written.stream(part))  # streaming to the end compares length and checksum
    except (ReadError, WriteError, expat.ExpatError) as error:
        raise WriteError(
            f"{draft.package.source} is unchanged: what was to replace it did not pass its check ({error}). "
            "This is a fault in funnel; please report it, with the workbook if you can."
        ) from error


def _parsed(package: Package, part: str) -> Iterator[bytes]:
    """A part as it streams through an XML parser; ExpatError where it is no XML."""
    parser = expat.ParserCreate()
    for chunk in package.stream(part):
        parser.Parse(chunk, False)
        yield chunk
    parser.Parse(b"", True)


def _checksum(chunks: Iterable[bytes]) -> int:
    """The checksum of a part."""
    crc = 0
    for chunk in chunks:
        crc = zlib.crc32(chunk, crc)
    return crc
