"""Manual changes between our reading and our writing, and faults of the network: random scripts.

`FUNNEL_EXAMPLES=100` draws 200 of each; by default few, because a script is half a second of work.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from examples import examples
from google_hands import Script, check_ours, on_our_tabs, on_the_client_tab, play, theirs
from hypothesis import HealthCheck, Phase, event, given, note, settings
from hypothesis import strategies as st
from sheets_server import faults

import funnel
from funnel.errors import FunnelError, ReadError, WriteError
from funnel.grid import cell_name
from funnel.journey import Column, Journey, Step
from funnel.sheets.google.client import auth
from funnel.sheets.google.write import apply as writing

SLOWLY = settings(
    max_examples=examples(2),
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
    """Sign in once for all scripts: reading a key takes longer than the calls of a refresh."""
    credentials = auth.credentials()
    monkeypatch.setattr(auth, "credentials", lambda: credentials)
    return server


def small(server: Any, helpers: Any) -> SimpleNamespace:
    """Return four clients and two of the steps of a gym."""
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
    """Return the sheet after one refresh."""
    if "refreshed" not in MADE:
        gym = small(server, helpers)
        funnel.refresh(gym.url, journey=JOURNEY)
        MADE["refreshed"] = gym.book
        server.service.books.clear()
    return MADE["refreshed"]


def check_fixed_point(gym: SimpleNamespace) -> bool:
    """Check that one refresh repairs the sheet and the next one only reads; return False without a funnel."""
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
def test_any_manual_changes_during_a_write(signed_in: Any, helpers: Any, first: bool, script: Script) -> None:
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
def test_any_faults_of_the_network_in_three_refreshes(signed_in: Any, helpers: Any, plans: Any) -> None:
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
    titles = [title for title in helpers.titles(gym) if title != "Funnel due"]  # only if somebody is due
    assert titles == ["Clients", "Funnel", "Funnel history"]


# --- sheets too large for one body --------------------------------------------------------------------------


def test_bodies_are_split_only_when_they_are_too_large() -> None:
    request = {"updateCells": {"rows": "x" * 500_000}}
    parts = list(writing.parts_of([request] * 7))
    assert [len(part) for part in parts] == [3, 3, 1]
    assert all(len(json.dumps(part)) <= writing.LARGEST_BODY for part in parts)
    assert list(writing.parts_of([])) == []


@pytest.fixture
def staged(signed_in: Any, helpers: Any, monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """Return a sheet whose tabs have to be written in parts."""
    gym = small(signed_in, helpers)
    funnel.refresh(gym.url, journey=JOURNEY)
    for row in (3, 5):
        gym.person.type("Clients", f"D{row}", 1)
    gym.server.calls.clear()
    monkeypatch.setattr(writing, "LARGEST_BODY", 16_000)
    return gym


def test_a_large_batch_is_written_in_steps_with_a_note(staged: SimpleNamespace, names: Any) -> None:
    plan = funnel.refresh(staged.url, journey=JOURNEY)
    calls = names(staged.server)
    steps = len(calls) - 1
    assert steps > 1
    assert calls == ["get", *["batchUpdate"] * steps]
    assert max(call.sent for call in staged.server.calls) < 16_000
    assert plan.kept[-1] == f"The sheet is large, and was written in {steps} steps."
    assert check_fixed_point(staged)
    check_ours(staged)


def test_an_interrupted_write_is_reported_and_the_next_refresh_repairs_it(
    staged: SimpleNamespace,
) -> None:
    before = theirs(staged)
    staged.server.faults.extend([None, None, *[faults.status(503)] * 4])
    with pytest.raises(FunnelError) as error:
        funnel.refresh(staged.url, journey=JOURNEY)
    staged.server.faults.clear()
    assert str(error.value) == (
        f"{staged.url} could not be written: it answered 503 (after 4 tries). The first step was written, "
        "the next one may have been; your own data is safe. Refresh again in a few minutes."
    )
    assert theirs(staged) == before
    assert check_fixed_point(staged)
    check_ours(staged)


def test_manual_changes_between_the_steps_are_restored(staged: SimpleNamespace) -> None:
    plan = funnel.refresh(staged.url, journey=JOURNEY, dry_run=True)
    cells = next(change.cells for change in plan.changes if change.tab == "Funnel")
    at = [cell_name(cell.row, cell.column) for cell in cells if cell.column > 1][-1]

    def first() -> None:
        staged.server.before_write(lambda: staged.person.type("Funnel", at, "by hand 7"))

    staged.server.before_write(first)
    funnel.refresh(staged.url, journey=JOURNEY)
    assert staged.person.entered("Funnel")[at] == "by hand 7"
    assert check_fixed_point(staged)


# --- refusals -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [400, 403, 404])
def test_a_refused_request_is_not_sent_again(signed_in: Any, helpers: Any, names: Any, status: int) -> None:
    gym = small(signed_in, helpers)
    gym.server.calls.clear()
    gym.server.faults.extend([None, faults.status(status)])
    before = gym.person.version()
    with pytest.raises(FunnelError) as error:
        funnel.refresh(gym.url, journey=JOURNEY)
    assert "Refresh again" not in str(error.value)
    assert str(error.value).endswith("The sheet is unchanged.")
    assert names(gym.server).count("batchUpdate") == 1
    assert gym.person.version() == before


# --- totals -------------------------------------------------------------------------------------------------


def test_new_totals_at_the_top_need_one_more_call(signed_in: Any, helpers: Any, names: Any) -> None:
    gym = small(signed_in, helpers)
    gym.person.insert_rows("Clients", 1, 4)
    gym.server.calls.clear()
    funnel.refresh(gym.url, journey=JOURNEY, totals="top")
    assert names(gym.server) == ["get", "batchUpdate", "values.batchUpdateByDataFilter"]
    gym.server.calls.clear()
    gym.person.type("Clients", "D7", 1)
    funnel.refresh(gym.url, journey=JOURNEY, totals="top")
    assert names(gym.server) == ["get", "batchUpdate"]
    gym.server.calls.clear()
    assert not funnel.refresh(gym.url, journey=JOURNEY, totals="top")
    assert names(gym.server) == ["get"]


def test_manual_changes_of_the_totals_while_they_move_stay(signed_in: Any, helpers: Any, names: Any) -> None:
    gym = small(signed_in, helpers)
    funnel.refresh(gym.url, journey=JOURNEY)
    gym.person.add_row("Clients", ["Gus Hale", "2026-01-02", 1], at=15)
    gym.server.calls.clear()
    gym.server.before_write(lambda: gym.person.type("Clients", "C9", "by hand 1"))
    with pytest.raises(WriteError) as error:
        funnel.refresh(gym.url, journey=JOURNEY)
    assert str(error.value) == f"The totals of {gym.url} have moved. Refresh again."
    assert gym.person.entered("Clients")["C9"] == "by hand 1"
    assert check_fixed_point(gym)


@pytest.mark.parametrize("column", [1, 3, 4])
def test_a_column_inserted_during_a_write_gets_no_totals(signed_in: Any, helpers: Any, column: int) -> None:
    gym = small(signed_in, helpers)
    gym.server.before_write(lambda: gym.person.insert_columns("Clients", column))
    funnel.refresh(gym.url, journey=JOURNEY)
    check_ours(gym)
    assert not [at for at in gym.person.entered("Clients") if at[0] == "ABCDE"[column - 1]]
    assert check_fixed_point(gym)


def test_a_lead_appended_meanwhile_needs_another_plan_and_loses_no_cell(
    signed_in: Any, helpers: Any, names: Any
) -> None:
    """The metadata of a new block is created at the expected rows, and corrected at once."""
    gym = small(signed_in, helpers)
    gym.server.calls.clear()
    gym.server.before_write(lambda: gym.person.add_row("Clients", ["Gus Hale", "2026-01-02", 1]))
    funnel.refresh(gym.url, journey=JOURNEY)
    assert names(gym.server)[:3] == ["get", "batchUpdate", "get"]
    assert gym.person.entered("Clients")["A6"] == "Gus Hale"
    check_ours(gym)
    assert check_fixed_point(gym)
