"""Our work taken out of a Google Sheet again, and what keeps a tab of ours there."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from funnel.workflows.remove import remove


def test_all_of_ours_goes_and_the_sheet_is_a_persons_again(refreshed: SimpleNamespace, helpers: Any) -> None:
    before = helpers.human(refreshed)
    planned = remove(refreshed.url, dry_run=True)
    assert helpers.titles(refreshed) == ["Clients", "Funnel", "Funnel history"]
    done = remove(refreshed.url)
    assert str(done) == str(planned)
    assert helpers.titles(refreshed) == ["Clients"]
    assert helpers.human(refreshed) == before
    assert "Totals" not in refreshed.person.entered("Clients").values()
    assert not [text for text in refreshed.person.entered("Clients").values() if "SUMPRODUCT" in str(text)]
    assert not any(refreshed.person.color("Clients", f"A{row}") for row in range(1, 12))
    again = remove(refreshed.url)
    assert not again
    assert not again.kept


def test_a_tab_that_somebody_reads_or_typed_on_stays(refreshed: SimpleNamespace, helpers: Any) -> None:
    refreshed.person.type("Clients", "Z40", "='Funnel history'!C4")
    refreshed.person.type("Funnel", "R3", "call them")
    assert remove(refreshed.url).kept == (
        "Tab 'Funnel' stays, because R3 typed by hand. What we wrote on it is removed.",
        "Tab 'Funnel history' stays, because tab 'Clients' reads it. What we wrote on it is removed.",
    )
    assert helpers.titles(refreshed) == ["Clients", "Funnel", "Funnel history"]
    assert refreshed.person.entered("Funnel") == {"R3": "call them"}
    assert refreshed.person.entered("Funnel history") == {}
    assert not remove(refreshed.url)


def test_totals_without_their_anchor_go_in_two_steps(refreshed: SimpleNamespace) -> None:
    refreshed.book.metadata.clear()
    remove(refreshed.url)
    assert "Totals" not in refreshed.person.entered("Clients").values()
