"""Remove funnel's work from a Google Sheet, and find the reasons to keep one of its tabs."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from funnel.workflows.remove import remove


def test_remove_deletes_only_our_work(refreshed: SimpleNamespace, helpers: Any) -> None:
    before = helpers.human(refreshed)
    planned = remove(refreshed.url, dry_run=True)
    assert helpers.titles(refreshed) == ["Clients", "Funnel", "Funnel due", "Funnel history"]
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


def test_a_tab_with_references_or_manual_cells_stays(refreshed: SimpleNamespace, helpers: Any) -> None:
    refreshed.person.type("Clients", "Z40", "='Funnel history'!C4")
    refreshed.person.type("Funnel", "R3", "call them")
    assert remove(refreshed.url).kept == (
        "Tab 'Funnel' stays, because R3 typed by hand. What we wrote on it is removed.",
        "Tab 'Funnel history' stays, because tab 'Clients' refers to it. What we wrote on it is removed.",
    )
    assert helpers.titles(refreshed) == ["Clients", "Funnel", "Funnel history"]
    assert refreshed.person.entered("Funnel") == {"R3": "call them"}
    assert refreshed.person.entered("Funnel history") == {}
    assert not remove(refreshed.url)


def test_totals_without_their_anchor_are_removed_in_two_steps(refreshed: SimpleNamespace) -> None:
    refreshed.book.metadata.clear()
    remove(refreshed.url)
    assert "Totals" not in refreshed.person.entered("Clients").values()
