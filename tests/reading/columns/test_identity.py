"""Which column names the client."""

import datetime as dt

from funnel.grid import Grid
from funnel.reading import read_grids


def test_an_address_of_a_page_names_nobody():
    companies = ["Company", *[f"Company {n // 2}" for n in range(16)]]
    link = ["Application URL", *[f"https://example.com/jobs/{n}" for n in range(16)]]
    day = ["Date applied", *[dt.date(2026, 1, 1 + n) for n in range(16)]]
    status = ["Status", *(["Applied", "Interview", "Offer", "Rejected"] * 4)]
    reading = read_grids({"Jobs": Grid("Jobs", [link, companies, day, status])}, dt.date(2026, 11, 28))
    assert [belief.header for belief in reading.columns if belief.role == "client"] == ["Company"]


def test_a_figure_about_a_lead_names_nobody():
    leads = ["lead_id", *[f"L{n:03}" for n in range(16)]]
    score = ["lead_score", *[40 + 3 * n for n in range(16)]]
    status = ["status", *(["New", "Contacted", "Qualified", "Closed Won"] * 4)]
    reading = read_grids({"Leads": Grid("Leads", [leads, score, status])}, dt.date(2026, 11, 28))
    assert [belief.header for belief in reading.columns if belief.role == "client"] == ["lead_id"]


def test_rows_that_begin_with_the_day_of_the_lead_are_no_days():
    days = [dt.date(2026, 1, 1 + n) for n in range(24)]
    called = ["Called", *[day + dt.timedelta(days=2) for day in days[:14]], *[None] * 10]
    signed = ["Contract signed", *[day + dt.timedelta(days=9) for day in days[:6]], *[None] * 18]
    campaign = ["utm_campaign", *["brand", "generic", "partner"] * 8]
    grid = Grid("Deals", [["CreateDate", *days], called, signed, campaign])
    reading = read_grids({"Deals": grid}, dt.date(2026, 11, 28))
    assert [step.step for step in reading.steps] == ["Called", "Contract signed"]
    assert [question.question for question in reading.questions] == [
        "No column names a client in every row. Is each row a client?"
    ]


def test_the_whole_name_names_a_client_and_not_its_first_part():
    first = ["FirstName", *[f"Ana{n}" for n in range(16)]]
    last = ["LastName", *[f"Rossi{n}" for n in range(16)]]
    whole = ["Name", *[f"Ana{n} Rossi{n}" for n in range(16)]]
    status = ["Status", *(["New", "Contacted", "Qualified", "Closed Won"] * 4)]

    def clients(*columns):
        reading = read_grids({"Leads": Grid("Leads", list(columns))}, dt.date(2026, 11, 28))
        return [belief.header for belief in reading.columns if belief.role == "client"]

    assert clients(last, first, whole, status) == ["Name"]
    assert clients(last, first, status) == ["FirstName", "LastName"]


def test_a_table_of_stages_with_their_counts_has_no_clients():
    stages = [
        "StageName",
        "Prospecting",
        "Qualification",
        "Proposal",
        "Negotiation",
        "Closed Won",
        "Closed Lost",
    ]
    groups = ["Group", "Early", "Early", "Late", "Late", "Closed", "Closed"]
    for header in ("StageName", "Status"):
        columns = [[header, *stages[1:]], ["Count", 6, 1, 3, 2, 19, 8], groups]
        reading = read_grids({"Stages": Grid("Stages", columns)}, dt.date(2026, 11, 28))
        assert reading.shape == "none"
        assert "each row is a stage, and its cells are counts" in reading.refusal
