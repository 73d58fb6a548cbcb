"""What people do between our reading and our writing, and what the network does: scripts drawn at random.

`FUNNEL_SCRIPTS=1000` runs as many of each as issue 4 asks for; by default fewer, because a script is half a
second of work.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from google_hands import Script, check_ours, on_our_tabs, on_the_client_tab, play, theirs
from hypothesis import HealthCheck, Phase, event, given, note, settings
from hypothesis import strategies as st
from sheets_server import faults

import funnel
from funnel.errors import FunnelError, ReadError
from funnel.journey import Column, Journey, Step
from funnel.sheets.google import auth

SCRIPTS = int(os.environ.get("FUNNEL_SCRIPTS", "25"))
SLOWLY = settings(
    max_examples=SCRIPTS,
    deadline=None,
    database=None,
    phases=(Phase.explicit, Phase.generate),  # shrinking a script of five takes longer than reading it
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
JOURNEY = Journey(
    name="two steps",
    columns={
        "client": Column(headers=("Client name",)), "lead_date": Column(headers=("Date of lead",)),
        "left_date": Column(headers=("When left journey",)),
    },
    steps=(Step(name="Client contacted"), Step(name="First paid session", paid=True)),
)  # fmt: skip
HEADERS = (
    "Client name",
    "Date of lead",
    "Client contacted",
    "First paid session",
    "When left journey",
    "Notes",
)


MADE: dict[str, Any] = {}


@pytest.fixture
def signed_in(server: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """One sign-in for all scripts: reading a key takes longer than a refresh's calls."""
    credentials = auth.credentials()
    monkeypatch.setattr(auth, "credentials", lambda: credentials)
    return server


def small(server: Any, helpers: Any) -> SimpleNamespace:
    """Four clients; two of the steps of a gym."""
    day = helpers.day
    rows = [
        ("Ana Lima", day(200), 1, 1, "", "=1+1"), ("Ben Okoro", day(190), "x", "", "", "calls back"),
        ("Chloe Marsh", day(180), day(170), 1, day(100), ""), ("Eva Stone", day(20), 1, "", "", ""),
    ]  # fmt: skip
    server._before.clear()
    server.faults.clear()
    server.service.books.clear()
    gym = helpers.gym_on(server, headers=HEADERS, rows=rows)
    gym.today, gym.journey = helpers.TODAY, JOURNEY
    return gym


def once_refreshed(server: Any, helpers: Any) -> Any:
    """The same after a first refresh, made once."""
    if "refreshed" not in MADE:
        gym = small(server, helpers)
        funnel.refresh(gym.url, journey=JOURNEY)
        MADE["refreshed"] = gym.book
        server.service.books.clear()
    return MADE["refreshed"]


def check_fixed_point(gym: SimpleNamespace) -> bool:
    """Whatever came before: one refresh puts all right, the next one reads once. False without a funnel."""
    before = theirs(gym)
    try:
        funnel.refresh(gym.url, journey=JOURNEY)
    except ReadError:  # the headers or all clients were taken away
        assert theirs(gym) == before
        return False
    gym.server.calls.clear()
    plan = funnel.refresh(gym.url, journey=JOURNEY)
    assert not plan, str(plan)
    assert [call.name for call in gym.server.calls] == ["get"]
    assert theirs(gym) == before
    return True


@pytest.mark.parametrize("first", [True, False], ids=["first refresh", "a later refresh"])
@SLOWLY
@given(script=st.lists(st.one_of(on_the_client_tab(), on_our_tabs()), min_size=1, max_size=5))
def test_whatever_people_do_while_we_write(signed_in: Any, helpers: Any, first: bool, script: Script) -> None:
    ready = None if first else once_refreshed(signed_in, helpers)
    gym = small(signed_in, helpers)
    if ready:
        gym.book.take(ready.clone())
        gym.person.type("Clients", "D3", 1)  # so that there is something to write
        gym.person.type("Clients", "D5", 1)
    seen: dict[str, Any] = {"theirs": {}}
    note(", ".join(name for name, _ in script))

    def between() -> None:
        play(gym, script)
        seen.update(theirs=theirs(gym))

    gym.server.before_write(between)
    try:
        funnel.refresh(gym.url, journey=JOURNEY)
    except FunnelError as error:
        event(f"{type(error).__name__}")
    assert {at: theirs(gym).get(at) for at in seen["theirs"]} == seen["theirs"]
    if check_fixed_point(gym):
        check_ours(gym)


FAULTS = st.sampled_from(
    [
        None, None, None, faults.status(408), faults.status(429, retry_after=0), faults.status(500),
        faults.status(502), faults.status(503), faults.status(503, applied=True), faults.reset(),
        faults.reset(applied=True), faults.truncated(), faults.silent(0.05),
        faults.silent(0.05, applied=True), faults.status(400), faults.status(403), faults.status(404),
    ]
)  # fmt: skip


@SLOWLY
@given(plans=st.lists(st.lists(FAULTS, max_size=6), min_size=3, max_size=3))
def test_whatever_the_network_does_over_three_refreshes(signed_in: Any, helpers: Any, plans: Any) -> None:
    gym = small(signed_in, helpers)
    for number, plan in enumerate(plans):
        gym.person.type("Clients", f"D{number + 2}", 1)
        if number == 2:  # the block has to move
            gym.person.type("Clients", "A20", "Gus Hale")
            gym.person.type("Clients", "B20", helpers.day(30))
        seen = theirs(gym)
        signed_in.faults.extend(plan)
        try:
            funnel.refresh(gym.url, journey=JOURNEY)
        except FunnelError as error:
            event(str(error).split(":")[0])
        signed_in.faults.clear()
        assert {at: theirs(gym).get(at) for at in seen} == seen
        entered = list(gym.person.entered("Clients").values())
        assert entered.count("Totals") <= 1
        assert len(gym.book.tab(0).conditional) in (0, 2)
    assert check_fixed_point(gym)
    check_ours(gym)
    assert helpers.titles(gym) == ["Clients", "Funnel", "Funnel history"]
