"""The review: its sections and their numbers equal the results, and clients are named only if asked."""

import datetime as dt

import pytest

from funnel.errors import JourneyError, UsageError
from funnel.metrics import Funnel
from funnel.metrics.tables.leaks import rank_leaks
from funnel.reports.make_review import make_review
from funnel.reports.review import Logo, Review
from funnel.text import percent
from funnel.workflows.load import load

DAY = dt.date(2026, 11, 21)


@pytest.fixture(scope="module")
def funnel(root) -> Funnel:
    return Funnel(load(root / "sample_data" / "gym.xlsx", as_of=DAY), DAY)


@pytest.fixture(scope="module")
def review(funnel) -> Review:
    return make_review(funnel)


def words(review: Review) -> str:
    parts = [review.cover.title, *review.cover.facts]
    for section in review.sections:
        parts += [section.title, *section.sentences, *section.bullets]
        for table in section.tables:
            parts += [table.title, table.note, table.source, *(c.title for c in table.columns)]
            parts += [text for row in table.texts for text in row]
    return "\n".join(parts)


def test_sections_in_order(review):
    assert [section.name for section in review.sections] == [
        "understood", "verdict", "funnel", "leaks", "still_here", "cohorts", "comparison", "reasons",
        "follow_ups", "changes", "problems", "definitions",
    ]  # fmt: skip
    assert repr(review) == "Review of gym as of 2026-11-21: 12 sections"
    with pytest.raises(KeyError, match="There is no section 'nope'; there are understood, verdict, funnel"):
        review["nope"]


def test_cover(review):
    assert review.cover.facts == (
        "As of 2026-11-21", "Leads from 2025-05-28 to 2026-11-20", "200 clients",
        "Counted from gym.xlsx, tab Clients",
    )  # fmt: skip


def test_the_numbers_are_those_of_the_results(funnel, review):
    table = review["leaks"].table("Leaks")
    ranked = rank_leaks(funnel.leaks)
    for row, leak in zip(table.values, ranked.to_dict("records"), strict=True):
        assert row[:4] == (leak["step"], leak["n"], leak["settled_lost"], leak["settled_drop_off"])
    assert [row[3] for row in table.texts] == [percent(rate) for rate in ranked["settled_drop_off"]]
    steps = review["funnel"].table("Steps")
    assert [row[1] for row in steps.values] == funnel.steps["marked"].tolist()
    assert review["verdict"].sentences[0] == funnel.verdict


def test_every_figure_has_its_table_and_cells(review):
    for section in review.sections:
        for figure in section.figures:
            assert "cells " in section.table(figure.table).source, figure
    assert review["leaks"].table("Leaks").source == "tab Clients, cells E2:H203, J2:P203 and R2:R203"


def test_clients_are_named_only_if_asked(funnel, review):
    clients = [name for name in funnel.clients.table["client"] if isinstance(name, str) and " " in name]
    text = words(review)
    assert [name for name in clients if name in text] == []
    named = words(make_review(funnel, names=True))
    assert len([name for name in clients if name in named]) > 40


def test_every_column_to_compare(funnel):
    compared = make_review(funnel, by=["How did you hear about us?", "quarter"])["comparison"]
    assert [table.title for table in compared.tables] == [
        "By How did you hear about us?, at First paid session", "By quarter, at First paid session",
    ]  # fmt: skip
    with pytest.raises(UsageError, match="There is no column 'coahc'; did you mean 'coach'"):
        make_review(funnel, by=["coahc"])


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (None, "could not be read: No such file or directory. Correct `business.logo` in the journey file"),
        (b"<svg/>", "is neither a PNG nor a JPEG picture. Save it as a small PNG, and name that."),
        (b"\x89PNG\r\n\x1a\n" + bytes(2_000_000), "is larger than 2 MB. Save it as a small PNG"),
    ],
)
def test_a_logo_that_cannot_be_used(tmp_path, data, message):
    path = tmp_path / "logo.png"
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(JourneyError) as error:
        Logo.read(path)
    assert message in str(error.value)


def test_no_figure_without_a_table_of_its_section(tmp_path):
    sheet = tmp_path / "clients.csv"  # nobody has paid: no retention, no gym measures, but a curve
    sheet.write_text(
        "Client name,Date of lead,Client contacted,Client meeting booked,Left date\n"
        "Ana,2026-06-12,1,,2026-09-05\nBen,2026-02-26,1,1,2026-04-12\nCleo,2026-03-14,1,,\n", "utf-8",
    )  # fmt: skip
    review = make_review(Funnel(load(sheet, journey="gym", as_of=DAY), DAY))
    captions = [section.caption(figure) for section in review.sections for figure in section.figures]
    assert len(captions) >= 2
    plain = make_review(Funnel(load(sheet, as_of=DAY), DAY))
    assert [s.caption(figure) for s in plain.sections for figure in s.figures] != []
