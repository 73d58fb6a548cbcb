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
