"""Each preset with stages lived through in a workbook: what moves a client is in the log, once, and why."""

import datetime as dt
import shutil
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

import funnel
from funnel.history.compare_history import fold_log
from funnel.history.entry import REMOVED
from funnel.history.history_table import actions_table
from funnel.journey import Journey, preset
from funnel.journey.actions import Action
from funnel.metrics.stages.snapshot import current_states
from funnel.workflows import move as moving
from funnel.workflows.copy_sheet import copy_clients

TODAY = dt.date.today()


class Life:
    """A sample in a workbook; the stage that a hand gives has a tag and a hand-off."""

    def __init__(self, name: str, hand: str, root: Path, folder: Path) -> None:
        for path in (root / "sample_data").glob(f"{name}*.csv"):
            shutil.copy(path, folder)
        self.path, self.events = folder / f"{name}.xlsx", folder / f"{name}-events.csv"
        copy_clients(folder / f"{name}.csv", self.path, journey=name)
        journey = preset(name)
        actions = (Action(tag="Seen"), Action(hand_off="Sales"), Action(note="Dear {client}"))
        stages = [s.model_copy(update={"actions": actions if s.name == hand else ()}) for s in journey.stages]
        self.journey: Journey = journey.model_copy(update={"stages": tuple(stages)})

    def refresh(self) -> list[tuple[str, str, str, str]]:
        """Refresh, and return the lines that the log gained: client, from, to, why."""
        before = len(self.log())
        funnel.refresh(self.path, journey=self.journey)
        again = funnel.refresh(self.path, journey=self.journey, dry_run=True)
        assert not [c for c in again.changes if "log" in c.tab]
        return self.log()[before:]

    def log(self) -> list[tuple[str, str, str, str]]:
        found = funnel.load(self.path, self.journey).log
        columns = ["client", "from", "to", "why"]
        return [] if found is None else list(found[columns].itertuples(index=False, name=None))

    def type(self, client: str, **cells: object) -> None:
        """Type into the row of a client, under the headers."""
        book = openpyxl.load_workbook(self.path)
        sheet = book.worksheets[0]
        headers = {str(cell.value): cell.column for cell in sheet[1]}
        row = next(row for row in range(2, sheet.max_row + 1) if sheet.cell(row, 1).value == client)
        for header, value in cells.items():
            sheet.cell(row, headers[header.replace("_", " ")]).value = value
        book.save(self.path)

    def somebody(self, stage: str, how: str) -> str:
        """A client whose name nobody else has, in a stage, put there so."""
        result = funnel.Funnel(funnel.load(self.path, self.journey), TODAY)
        table = result.flagged.frame.collect().to_pandas()
        once = ~table["client"].duplicated(keep=False)
        return str(table[once & (table["stage"] == stage) & (table["flag:set_by"] == how)]["client"].iloc[0])

    def holds(self) -> None:
        """Folding the log gives the stages of the sheet."""
        clients = funnel.load(self.path, self.journey)
        now = current_states(funnel.Funnel(clients, TODAY).flagged)
        known = [each for each in fold_log(clients.log) if each.state != REMOVED]
        assert sorted((k.key.name, str(k.state)) for k in known) == sorted(
            (n.key.name, str(n.state)) for n in now
        )


def bought(life: Life, client: str) -> None:
    """What the event log of the marketing hub says of a purchase."""
    with life.events.open("a", encoding="utf-8") as file:
        file.write(f"{client},Purchased,{TODAY}T08:00,,90\n")


def demo(life: Life, client: str) -> None:
    life.type(client, Asked_for_a_demo="Yes")


def visit(life: Life, client: str) -> None:
    life.type(client, Package="Membership")


def typed(life: Life, client: str) -> None:
    life.type(client, Lifecycle_stage="Hot Lead")


STORIES = {
    # default stage, what happens, where that leads and why, by hand, lost
    "studio": ("New Inquiry", visit, "Active Clients", "rule", "Decision Zone", "Lost Clients"),
    "sales": ("Lead", demo, "Marketing Qualified Lead", "rule", "Opportunity", "Lost Customer"),
    "lifecycle": ("New Lead", typed, "Hot Lead", "typed", "Payment", "Cold Lead"),
}


@pytest.mark.parametrize(
    "name", ["lifecycle", *(pytest.param(name, marks=pytest.mark.slow) for name in ("studio", "sales"))]
)
def test_a_client_of_each_preset(name: str, root: Path, tmp_path: Path) -> None:
    default, happens, stage, why, hand, lost = STORIES[name]
    walk(Life(name, hand, root, tmp_path), default, happens, stage, why, hand, lost)


def walk(
    life: Life, default: str, happens: Callable[[Life, str], None], stage: str, why: str, hand: str, lost: str
) -> None:
    first = life.refresh()
    assert len(first) == 60
    assert {line[3] for line in first} == {"first seen"}
    life.holds()
    ana = life.somebody(default, "default")
    happens(life, ana)
    assert life.refresh() == [(ana, default, stage, why)]
    moving.move(life.path, ana, hand, journey=life.journey)
    assert life.log()[-1] == (ana, stage, hand, "moved")
    assert life.refresh() == []
    back = default if why == "typed" else stage  # typed over, what stood there is gone
    moving.move(life.path, ana, None, journey=life.journey)
    assert life.log()[-1][:3] == (ana, hand, back)
    moving.move(life.path, ana, lost, journey=life.journey)
    assert life.log()[-1] == (ana, back, lost, "moved")
    assert life.refresh() == []
    life.holds()
    found = actions_table(funnel.load(life.path, life.journey).log)
    assert found[["kind", "client", "stage"]].values.tolist() == [
        [kind, ana, hand] for kind in ("tag", "hand_off", "note")
    ]
    leavers = funnel.Funnel(funnel.load(life.path, life.journey), TODAY)
    steps = leavers.flagged.frame.collect().to_pandas().set_index("client")
    assert steps.loc[ana, "flag:log_furthest"] == max(
        back, stage, hand, key=[s.name for s in life.journey.ordered_stages].index
    )


def test_an_event_moves_a_client_of_the_marketing_hub(root: Path, tmp_path: Path) -> None:
    life = Life("marketing", "Confirmed Leads", root, tmp_path)
    first = life.refresh()
    ana = life.somebody("Unknown", "default")
    assert len(first) >= 60
    bought(life, ana)
    assert life.refresh() == [(ana, "Unknown", "Closed Customers", "event")]
    life.holds()
