"""A sheet with the headers of a preset is asked about only where most cells of a step are no marks."""

import datetime as dt
import random

import pytest

import funnel
from funnel.grid import Grid, column_letter
from funnel.journey import preset, presets
from funnel.reading import read_grids
from funnel.sheets import open_sheet

AS_OF = dt.date(2026, 11, 28)
MESS = (1, None, 0, "x", "yes", "no", True, False, "booked", "?", "n/a", 2, 50000, dt.date(2026, 3, 1),
        dt.date(2031, 1, 1), dt.date(1970, 5, 5), "12/05/2026", "  ", "Lost", "tbd")  # fmt: skip
SAMPLES = {
    "gym.xlsx": "gym",
    **{f"{name}.csv": name for name in ("studio", "marketing", "sales", "lifecycle")},
}


def messy(grid: Grid, seed: int) -> Grid:
    """Type a mess below the last row, which holds the headers."""
    dice = random.Random(seed)
    rows = dice.choice((0, 1, 3, 8, 40))
    columns = []
    for column in grid.values:
        kinds = dice.sample(MESS, dice.randint(1, len(MESS)))
        columns.append([*column, *[dice.choice(kinds) for _ in range(rows)]])
    return Grid(grid.tab, columns, dropdowns=grid.dropdowns)


def only_about_steps(reading) -> bool:
    """Whether nothing is asked but whether texts are marks of a step, or reasons of clients who left."""
    steps = {column_letter(column) for step in reading.steps for column in step.columns}
    about = {question.about for question in reading.questions if "left_reason" not in question.answers}
    return about <= steps and reading.confidence == ("guess" if reading.questions else "certain")


@pytest.fixture(scope="module")
def new_sheets(tmp_path_factory):
    """What `funnel new` makes of each preset, as a path."""
    from funnel.workflows.new_sheet import create_client_sheet

    folder = tmp_path_factory.mktemp("new")
    for name in presets():
        create_client_sheet(folder / f"{name}.xlsx", name)
    return folder


@pytest.mark.parametrize("name", presets())
def test_a_new_sheet_is_an_empty_funnel(new_sheets, name):
    reading = funnel.read(new_sheets / f"{name}.xlsx")
    assert (reading.confidence, reading.questions, reading.journey.name) == (
        "certain", (), preset(name).name,
    )  # fmt: skip
    assert len(funnel.load(new_sheets / f"{name}.xlsx")) == 0


@pytest.mark.parametrize("name", presets())
def test_a_hundred_kinds_of_mess_in_a_new_sheet(new_sheets, name):
    grid = open_sheet(new_sheets / f"{name}.xlsx").read("Clients")
    for seed in range(100):
        reading = read_grids({"Clients": messy(grid, seed)}, AS_OF)
        assert only_about_steps(reading)
        wanted = [step.name for step in preset(name).steps]
        assert [step.step for step in reading.steps if step.step in wanted] == wanted


@pytest.mark.parametrize("seed", range(100))
def test_a_mess_where_columns_of_the_gym_are_missing(seed):
    dice = random.Random(seed)
    headers = [column.headers[0] for column in preset("gym").columns.values() if column.headers]
    headers += [step.name for step in preset("gym").steps]
    first = headers[:2]  # the client and the lead date
    kept = [header for header in headers if header in first or dice.random() < 0.9]
    reading = read_grids({"Clients": messy(Grid("Clients", [[header] for header in kept]), seed)}, AS_OF)
    assert only_about_steps(reading)
    names = [step.name for step in preset("gym").steps]
    assert [step.step for step in reading.steps if step.step in names] == [h for h in kept if h in names]


@pytest.mark.parametrize(("file", "name"), SAMPLES.items())
def test_the_samples_are_read_by_their_preset(root, file, name):
    """Also where the stage column is blank, with the event log beside it, as with `--journey`."""
    path = root / "sample_data" / file
    clients = funnel.load(path, as_of="2026-07-31")
    assert (clients.reading.confidence, clients.reading.questions) == ("certain", ())
    assert clients.journey.name == preset(name).name
    ours, declared = (
        funnel.Funnel(found, as_of="2026-07-31") for found in (clients, funnel.load(path, journey=name))
    )
    assert ours.steps[["marked", "left"]].equals(declared.steps[["marked", "left"]])


@pytest.mark.parametrize(("file", "name"), SAMPLES.items())
def test_a_mess_typed_into_the_samples(root, file, name):
    """A third of the cells of the first rows are something else; nothing is asked."""
    sheet = open_sheet(root / "sample_data" / file)
    tab = sheet.tabs()[0]
    grid = sheet.read(tab)
    for seed in range(20):
        dice = random.Random(seed)
        columns = [
            [column[0], *[dice.choice(MESS) if dice.random() < 0.3 else cell for cell in column[1:25]]]
            for column in grid.values
        ]
        reading = read_grids({tab: Grid(tab, columns, dropdowns=grid.dropdowns)}, AS_OF)
        assert (reading.confidence, reading.questions, reading.journey.name) == (
            "certain", (), preset(name).name,
        )  # fmt: skip


def test_a_preset_without_its_event_log_and_a_column_of_its_rules(root, tmp_path):
    """The rules on what is missing are switched off and said; the others hold."""
    lines = (root / "sample_data" / "sales.csv").read_text("utf-8").replace("Industry", "Trade")
    (tmp_path / "contacts.csv").write_text(lines, "utf-8")
    clients = funnel.load(tmp_path / "contacts.csv", as_of="2026-07-31")
    assert "read by the preset 'sales' with its rules, without its event log, which was not found" in (
        clients.assumed
    )
    assert [p.message for p in clients.problems if p.kind in ("missing column", "no event log")] == [
        "The sheet has no column 'Industry'. Its rules are switched off: those of the segment 'Fits'."
    ]
    assert clients.journey.events is None


def test_few_steps_of_a_preset_keep_its_follow_ups() -> None:
    """A lead who was not contacted is asked about after a day, not after 90; touch-bases stay out."""
    heads = ("Client name", "Date of lead", "Client contacted", "First paid session")
    columns = [[head, None] for head in heads]
    columns[0][1], columns[1][1] = "Ana", "2026-11-20"
    made = read_grids({"Clients": Grid("Clients", columns)}, dt.date(2026, 11, 29)).journey
    assert made is not None
    assert [item.step for item in made.follow_ups] == [("Client contacted",), ("First paid session",)]
    assert str(made.follow_ups[0].after) == "1 day"


def test_the_date_of_a_flag_of_the_preset_is_no_step_of_its_own():
    days = [dt.date(2026, 1, 5) + dt.timedelta(days=3 * n) for n in range(20)]
    columns = [
        ["Full name", *[f"Person {n}" for n in range(20)]],
        ["Date added", *days],
        ["Contacted", *[1 if n < 17 else None for n in range(20)]],
        ["Trial session", *[1 if n < 11 else None for n in range(20)]],
        ["Paid", *[1 if n < 7 else None for n in range(20)]],
        ["First payment date", *[days[n] if n < 6 else None for n in range(20)]],
    ]
    reading = read_grids({"Leads": Grid("Leads", columns)}, AS_OF)
    assert [step.step for step in reading.steps] == ["Contacted", "Trial session", "Paid"]
    assert [step.step for step in reading.steps if step.paid] == ["Paid"]
