"""Print the reading of a sheet whose questions must be answered before it can be counted."""

from __future__ import annotations

from funnel.cli import printing
from funnel.cli.options import SheetRequest
from funnel.errors import Unanswered


def show_unanswered(request: SheetRequest, error: Unanswered) -> None:
    """Print the reading of a sheet and its open questions."""
    from funnel.cli import formats
    from funnel.clients import Reading

    reading = error.reading
    if not isinstance(reading, Reading):
        raise error
    if request.form == "json":
        formats.print_json({
            "version": 1, "source": request.sheet, "tab": reading.tab, "as_of": request.as_of.isoformat(),
            "reading": reading.to_json(), "verdict": str(error), "steps": [], "leaks": [], "problems": [],
        })  # fmt: skip
        return
    out = printing.console()
    out.print(f"{request.sheet}, tab {reading.tab}" if reading.tab else request.sheet)
    printing.show_reading(out, reading)
    out.print()
    out.print(printing.typed(str(error)))
