"""An event log on a tab of a Google Sheet is read and not changed."""

from __future__ import annotations

from types import SimpleNamespace

from sheets_server.server import SheetsServer

import funnel

PEOPLE = (("Ana Lima", "2026-09-01", ""), ("Ben Okoro", "2026-09-02", ""), ("Cy Marsh", "2026-09-03", ""))
EVENTS = (
    ("Name", "Event", "When", "Amount"),
    ("Ana Lima", "Opened a mail", "2026-09-05 10:30", ""),
    ("Ben Okoro", "Purchased", "2026-10-05 18:00:00", 90),
    ("Ana Lima", "Clicked a link", "2026-09-06", ""),
)


def test_a_tab_of_events_on_google(server: SheetsServer, helpers: SimpleNamespace) -> None:
    made = helpers.gym_on(server, rows=PEOPLE, headers=("Name", "Created", "Customer stage"))
    made.person.add_tab("Events", 0)
    for row in EVENTS:
        made.person.add_row("Events", list(row))
    before = made.person.entered("Events")
    assert len(before) == 14
    clients = funnel.load(made.url, journey="marketing")
    assert (clients.tab, clients.problems) == ("Clients", ())
    stages = funnel.Funnel(clients, "2026-11-21").stages.set_index("stage")
    assert stages["clients"].tolist() == [1, 0, 1, 0, 0, 1]
    assert stages.loc["Closed Customers", "lifetime_value"] == 90
    assert funnel.refresh(made.url, journey="marketing", as_of="2026-11-21")
    assert made.person.entered("Events") == before
    assert not funnel.refresh(made.url, journey="marketing", as_of="2026-11-21")
