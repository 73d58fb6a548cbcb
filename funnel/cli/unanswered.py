"""What is believed of a sheet that cannot be counted before somebody answers, in the terminal."""

from __future__ import annotations

from funnel.cli import printing
from funnel.cli.options import Asked
from funnel.errors import Unanswered


def show_unanswered(asked: Asked, error: Unanswered) -> None:
    """Print what is believed of a sheet that cannot be counted before somebody answers."""
    from funnel.cli import formats
    from funnel.clients import Reading

    reading = error.reading
    if not isinstance(reading, Reading):
        raise error
    if asked.form == "json":
        formats.print_json({
            "version": 1, "source": asked.sheet, "tab": reading.tab, "as_of": asked.as_of.isoformat(),
            "reading": reading.to_json(), "verdict": str(error), "steps": [], "leaks": [], "problems": [],
        })  # fmt: skip
        return
    out = printing.console()
    out.print(f"{asked.sheet}, tab {reading.tab}" if reading.tab else asked.sheet)
    printing.show_reading(out, reading)
    out.print()
    out.print(printing.typed(str(error)))
