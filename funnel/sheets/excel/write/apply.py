"""Apply a Plan to a workbook on disk: all changes or none."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
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
    """Make all changes of a plan in a workbook, or none.

    Parameters
    ----------
    path : the workbook's file.
    package : the workbook as it was read for the plan.
    out : a file to write to instead; the workbook is then unchanged.

    Returns
    -------
    Sentences about the changes that could not be made as planned.

    Raises
    ------
    WriteError : the workbook is signed, has changed since it was read, is open in another program, or cannot
        be written; it is unchanged.
    """
    if package.signed:
        raise WriteError(SIGNED.format(path))
    if plan.version and plan.version != package.version:
        raise WriteError(
            f"{path} has changed since it was read, so the plan is out of date. Nothing was written. Refresh "
            "again."
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
        written = files.replace(path, package.version, draft.write, check)
    else:
        written = files.create(out, draft.write, check)
    return (*changes.notes, *written.notes)


def _check(fresh: Path, changes: Changes, draft: Draft) -> None:
    """Read the new file back, and raise a WriteError if a part is damaged or a change is missing.

    A copied part must have the old bytes; making the same changes again in a changed tab must change nothing,
    and the XML around the rows that were copied must be valid.
    """
    try:
        written = Package.open(fresh)
        patches = dict(changes.patches())
        for part in written.names:
            patch = patches.get(part)
            if patch is not None:
                parser = expat.ParserCreate()
                again = patch.run(partial(written.stream, part), _checksum, parser.Parse)
                if again != draft.packed[part].crc:
                    raise WriteError(f"part {part} differs from what was written")
                parser.Parse(b"", True)
            elif not draft.package.has(part) or written.raw(part)[1] != draft.package.raw(part)[1]:
                _checksum(written.stream(part))  # streaming to the end compares length and checksum
    except (ReadError, WriteError, expat.ExpatError) as error:
        raise WriteError(
            f"{draft.package.source} is unchanged: the new version failed its check ({error}). This is a "
            "fault in funnel; please report it, with the workbook if you can."
        ) from error


def _checksum(chunks: Iterable[bytes]) -> int:
    crc = 0
    for chunk in chunks:
        crc = zlib.crc32(chunk, crc)
    return crc
