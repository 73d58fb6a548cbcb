"""A new client sheet: the model's columns in its order, ready for the first lead."""

import datetime as dt

import openpyxl
import pytest

import funnel
from funnel.grid import Area
from funnel.journey.model import Column, Journey, Step
from funnel.journey.stages import Stage
from funnel.journey.toml import preset
from funnel.loader.load import load
from funnel.plan import PutBlock, PutRules, PutTab
from funnel.schema import shown
from funnel.sheets.excel.new_workbook import new_workbook
from funnel.writer import plan_new_sheet

MADE = dt.date(2026, 7, 1)
MODEL = [
    "Client name", "Date of lead", "How did you hear about us?", "Source of lead", "Client contacted",
    "Client meeting booked", "Client meeting had", "Referred to coach", "Name of coach",
    "Coach complimentary session done", "First paid session", "One month post-lead", "Two months post-lead",
    "Three months post-lead", "Six months post-lead", "12 months post-lead", "Reason for discontinue",
    "When left journey",
]  # fmt: skip


def parts(plan):
    return {type(change): change for change in plan.changes}


def test_it_has_the_columns_of_the_model_sheet_in_its_order():
    plan = plan_new_sheet(preset("gym"), MADE, source="new.xlsx")
    tab, block, rules = (parts(plan)[kind] for kind in (PutTab, PutBlock, PutRules))
    assert [cell.value for cell in tab.cells] == MODEL
    assert {cell.row for cell in tab.cells} == {1}
    assert (tab.name, tab.freeze_row, tab.hidden_columns) == ("", 1, ())
    assert block.area == Area(202, 1, 204, 16)
    assert rules.rules[0].areas == (Area(2, 1, 201, 18),)
    assert tab.column_styles[2] == "date"
    assert tab.column_styles[5] == "mark"


def test_the_totals_are_below_200_rows_that_are_checked_and_counted():
    plan = plan_new_sheet(preset("gym"), MADE, source="new.xlsx")
    tab, block = (parts(plan)[kind] for kind in (PutTab, PutBlock))
    contacted = next(cell.value.text for cell in block.cells if (cell.row, cell.column) == (202, 5))
    assert "E2:E201" in contacted
    assert all(check.area.top == 2 and check.area.bottom > 201 for check in tab.validations)


def test_the_totals_are_on_top_where_wanted():
    for plan in (
        plan_new_sheet(preset("gym"), MADE, source="new.xlsx", totals="top"),
        plan_new_sheet(preset("gym").model_copy(update={"totals": "top"}), MADE, source="new.xlsx"),
    ):
        tab, block, rules = (parts(plan)[kind] for kind in (PutTab, PutBlock, PutRules))
        assert {cell.row for cell in tab.cells} == {4}
        assert (tab.freeze_row, block.area) == (4, Area(1, 1, 3, 16))
        assert rules.rules[0].areas == (Area(5, 1, 1004, 18),)


def test_the_block_stays_until_the_rows_are_full_and_then_moves(tmp_path):
    path = tmp_path / "new.xlsx"
    new_workbook(path, plan_new_sheet(preset("gym"), MADE, source="new.xlsx"))
    for leads, top in ((2, 202), (197, 202), (200, 205)):
        book = openpyxl.load_workbook(path)
        for row in range(2, leads + 2):
            book["Clients"].cell(row, 1).value, book["Clients"].cell(row, 2).value = f"Lead {row}", MADE
        book.save(path)
        funnel.refresh(path, as_of="2026-07-02")
        clients = funnel.load(path)
        assert (len(clients), clients.layout.block.top) == (leads, top)
        assert not funnel.refresh(path, as_of="2026-07-02")


def test_validations_stay_within_what_excel_takes_and_name_what_fits():
    journey = Journey(steps=(Step(name="Met", marks=("done",)),))
    tab = parts(plan_new_sheet(journey, MADE, source="new.xlsx"))[PutTab]
    dates, marks = tab.validations
    assert (dates.kind, dates.message) == ("date", "'Date of lead' takes a date.")
    assert marks.message == "'Met' takes 1, done, x, yes or a date once it is reached."
    assert "<done>" in marks.formula
    assert len(marks.formula) <= 255


def test_a_journey_of_ones_own_gets_its_own_columns():
    journey = Journey(
        columns={
            "client": Column(join=("First name", "Last name")), "coach": Column(headers=("Trainer",)),
            "value": Column(headers=("Value",)),
        },
        steps=(Step(name="Met", column="Meeting"),),
    )  # fmt: skip
    tab = parts(plan_new_sheet(journey, MADE, source="new.xlsx"))[PutTab]
    assert [cell.value for cell in tab.cells] == [
        "First name", "Last name", "Date of lead", "Trainer", "Meeting", "Value",
    ]  # fmt: skip


@pytest.mark.office
def test_the_first_leads_count_at_once(tmp_path, office_convert):
    from funnel.sheets.excel.package.parts import Package
    from funnel.sheets.excel.read.reader import Reader

    path = tmp_path / "new.xlsx"
    new_workbook(path, plan_new_sheet(preset("gym"), MADE, source="new.xlsx"))
    book = openpyxl.load_workbook(path)  # a person's hand
    sheet = book["Clients"]
    for row, (name, met) in enumerate([("Ana", 1), ("Ben", "yes"), ("Cat", None)], start=2):
        sheet.cell(row, 1).value, sheet.cell(row, 2).value = name, dt.date(2026, 1, row)
        sheet.cell(row, 5).value, sheet.cell(row, 6).value = 1, met
    book.save(path)
    made = office_convert(path, "xlsx:Calc MS Excel 2007 XML", tmp_path / "out")
    shown = openpyxl.load_workbook(made, data_only=True)["Clients"]
    assert [shown[cell].value for cell in ("B202", "E202", "F202", "G202")] == [3, 3, 2, 0]
    package = Package.open(path)
    grid = Reader(package).read(package.sheets[0])
    clients = load(grid)
    assert clients.table["client"].tolist() == ["Ana", "Ben", "Cat"]
    assert (clients.layout.header, clients.layout.block) == (1, Area(202, 1, 204, 16))


def test_a_journey_of_stages_gets_their_column_and_those_of_its_rules(tmp_path):
    plan = plan_new_sheet(preset("studio"), MADE, source="new.xlsx")
    tab = plan.changes[0]
    headers = [cell.value for cell in tab.cells]
    assert headers[headers.index("Stage") :] == [
        "Stage", "Package", "Sessions attended", "Offer ends", "Credits left", "Left on", "E-mail",
        "Potential revenue", "Lifetime value", "30-day value", "Last sale", "Id",
    ]  # fmt: skip
    choices = next(found for found in tab.validations if found.kind == "list")
    assert choices.words == (
        "New Inquiry", "Booked/Drop-In", "Active Trial", "Decision Zone", "Active Clients", "Lost Clients",
    )  # fmt: skip
    path = tmp_path / "new.xlsx"
    new_workbook(path, plan)
    clients = funnel.load(path, journey="studio")
    assert (len(clients), clients.problems) == (0, ())


def test_a_journey_with_an_event_log_gets_its_tab(tmp_path):
    path = tmp_path / "new.xlsx"
    plan = plan_new_sheet(preset("sales"), MADE, source="new.xlsx")
    new_workbook(path, plan)
    tab = plan.changes[-1]
    assert [cell.value for cell in tab.cells] == ["Client", "Event", "When", "By", "Amount"]
    assert tab.validations[0].words == ("Qualified by sales", "Sent a proposal", "Closed a deal")
    clients = funnel.load(path, journey="sales")
    assert (len(clients), clients.problems, clients.doubt) == (0, (), "")


def test_rules_on_a_company_or_on_days_need_no_column_of_their_own_but_the_company_s(tmp_path):
    path = tmp_path / "new.xlsx"
    new_workbook(path, plan_new_sheet(preset("sales"), MADE, source="new.xlsx"))
    clients = funnel.load(path, journey="sales")
    assert {"company", "Employees", "Asked for a demo"} <= {shown(name) for name in clients.table}
    rules = [{"column": "days in stage", "at_least": 9}]
    stages = (Stage(name="Lead", default=True), Stage(name="Old", rules=rules))
    tab = plan_new_sheet(Journey(stages=stages), MADE, source="new.xlsx").changes[0]
    assert [cell.value for cell in tab.cells] == ["Client name", "Date of lead", "Stage"]
