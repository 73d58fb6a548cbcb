"""Clients, problems and readings in a notebook: tables, and every text of a sheet escaped."""

import pandas as pd
from tables import clients_of

from funnel.clients import Problem
from funnel.clients.problems import Problems
from funnel.clients.reading import Question, Reading, RoleBelief, StepBelief, Unused
from funnel.journey import Journey, Step

PAID = Journey(steps=(Step(name="Paid", paid=True),))


def test_clients_as_a_table_of_the_first_ten() -> None:
    table = pd.DataFrame(
        {"row": range(2, 14), "client": [f"<{i}>" for i in range(12)], "coach": None, "Paid": True}
    )
    html = clients_of(table, PAID, assumed=("dates read as day/month/year",))._repr_html_()
    assert html.startswith("<p>Clients: 12 clients, 1 step, no problems</p><table><thead><tr>")
    assert '<td style="text-align: left">&lt;9&gt;</td><td style="text-align: left">✓</td>' in html
    assert "&lt;10&gt;" not in html
    assert "coach" not in html  # an empty column
    assert "… and 2 clients more." in html
    assert "dates read as day/month/year" in html


def test_problems_by_kind_and_five_of_each() -> None:
    many = [Problem("overdue", f"<{i}> is overdue.", row=i, column=2, way_out="Ask.") for i in range(2, 9)]
    html = Problems([*many, Problem("no mark", "'x' is no mark.", row=3)])._repr_html_()
    assert html.index("No mark (1)") < html.index("Overdue (7)")
    assert '<th scope="row" style="text-align: left">B2</th><td style="text-align: left">&lt;2&gt; is' in html
    assert "and 2 more" in html
    assert "&lt;8&gt;" not in html
    assert Problems()._repr_html_() == "<p>No problems.</p>"


def test_problems_are_a_tuple() -> None:
    assert Problems([Problem("a", "b")]) == (Problem("a", "b"),)


def test_a_reading_with_why_and_what_is_asked() -> None:
    reading = Reading(
        "Leads", 3, "marks", "guess",
        columns=(RoleBelief("lead_date", 2, "<Date>", "certain", "the header"),),
        steps=(StepBelief("Paid", (6, 7), ("Paid", "Paid on"), "likely", "the words", paid=True),),
        not_used=(Unused(9, "Age", "it is a number"),),
        questions=(Question("L", "Is 'Gone' when they left?", ("left_date", "ignore"), "left_date"),),
    )  # fmt: skip
    html = reading._repr_html_()
    assert html.startswith("<p>Tab &#x27;Leads&#x27;, headers in row 3: guess.</p>")
    assert (
        '<th scope="row" style="text-align: left">lead date</th><td style="text-align: left">B</td>' in html
    )
    assert "&lt;Date&gt;" in html
    assert "Paid (paid)" in html
    assert "F G" in html
    assert "<li>I &#x27;Age&#x27;: it is a number</li>" in html
    assert "<li>Is &#x27;Gone&#x27; when they left?</li>" in html


def test_a_sheet_without_clients_says_what_it_holds() -> None:
    reading = Reading("A", 1, "none", "certain", refusal="Rows are months.")
    assert reading._repr_html_() == "<p>Rows are months.</p>"


def test_a_journey_as_a_table() -> None:
    html = PAID._repr_html_()
    assert html.startswith("<p>Journey &#x27;Journey&#x27;: 1 steps, paid at &#x27;Paid&#x27;</p><table>")
    assert '<th scope="row" style="text-align: left">Paid</th>' in html
