"""A preset's steps whose cells are not marks: known words count, others are asked about."""

import datetime as dt

import pytest

import funnel
from funnel.grid import Grid
from funnel.reading import read_grids

DAY = dt.date(2026, 11, 28)
STEPS = ("Client contacted", "Client meeting booked", "Client meeting had", "First paid session")
DEPTHS = (4, 4, 3, 2, 2, 1, 1, 1, 4, 3, 2, 0)  # steps reached by each client
COUNTS = [11, 8, 5, 3]
"""Counted by hand."""


def sheet(tmp_path, yes, no="", at=(0, 1, 2, 3)):
    """Write a gym's sheet with other cells than 1 and blank, in the steps `at`."""
    rows = [",".join(("Client name", "Date of lead", *STEPS))]
    for i, depth in enumerate(DEPTHS):
        cells = [(yes if n in at else "1") if n < depth else (no if n in at else "") for n in range(4)]
        rows.append(",".join([f"Client {i}", "2026-03-01", *cells]))
    path = tmp_path / "gym.csv"
    path.write_text("\n".join(rows), "utf-8")
    return path


def marked(path, **options):
    return funnel.Funnel(funnel.load(path, **options), as_of=DAY).steps["marked"].tolist()


@pytest.mark.parametrize(
    ("yes", "no"),
    [("done", "not yet"), ("OK", ""), ("O", "X"), ("○", "x"), ("✓", "✗"), ("ano", "ne"), ("igen", "nem"),
     ("ja", "nej"), ("так", "ні"), ("ναι", "όχι"), ("כן", "לא")],
)  # fmt: skip
def test_words_for_yes_and_no_are_read_without_a_question(tmp_path, yes, no):
    path = sheet(tmp_path, yes, no)
    clients = funnel.load(path)
    assert (clients.reading.confidence, clients.reading.questions) == ("certain", ())
    assert marked(path) == COUNTS
    assert [p.message for p in clients.problems if p.kind in ("no mark", "skipped step")] == []


@pytest.mark.parametrize("yes", ["£45", "3", "AB", "yes (by phone)", "see the notes"])
def test_other_cells_are_asked_about_and_count_until_answered(tmp_path, yes):
    path = sheet(tmp_path, yes, at=(0,))
    reading = funnel.read(path)
    assert reading.confidence == "guess"
    (question,) = reading.questions
    assert question.question == (
        f"'Client contacted' contains '{yes}' and the like in 11 rows. Has such a client reached this step?"
    )
    assert question.answers == ("any text", "ignore")
    assert marked(path) == COUNTS


def grid(**cells):
    """Return a gym's tab of twenty clients, all of whose steps are reached but those with other cells."""
    columns = [["Client name", *[f"Client {i}" for i in range(20)]], ["Date of lead", *["2026-03-01"] * 20]]
    columns += [[step, *cells.get(step.replace(" ", "_"), [1] * 20)] for step in STEPS]
    return {"Clients": Grid("Clients", columns)}


def test_marks_among_no_shows_are_counted_alone():
    grids = grid(Client_meeting_had=[1] * 9 + ["NS"] * 8 + ["cancelled", None, "Rescheduled"])
    reading = read_grids(grids, DAY)
    (question,) = reading.questions
    assert question.question == (
        "'Client meeting had' contains 'NS' and the like in 9 rows. Has such a client reached this step?"
    )
    assert question.sentences == (
        "No: count only the 9 with a mark or a date.",
        "Yes: any text or number there is a mark.",
        "No: do not count the column.",
    )
    assert reading.journey.step("Client meeting had").marks == ()
    answered = read_grids(grids, DAY, answers=[("E", "any text")])
    assert answered.questions == ()
    assert answered.journey.step("Client meeting had").marks == ("*",)
    ignored = read_grids(grids, DAY, answers=[("E", "ignore")])
    assert [step.step for step in ignored.steps] == [STEPS[0], STEPS[1], STEPS[3]]


def test_booked_is_no_mark_for_a_meeting_had():
    """A few words for another stage among the marks."""
    reading = read_grids(grid(Client_meeting_had=[1] * 17 + ["booked"] * 2 + [None]), DAY)
    assert (reading.questions, reading.journey.step("Client meeting had").marks) == ((), ())


def test_a_reason_for_leaving_of_everybody_is_asked_about():
    reasons = ["Reason for discontinue", *["Price" if n % 4 == 0 else "With us" for n in range(20)]]
    columns = [*grid()["Clients"].values, reasons]
    reading = read_grids({"Clients": Grid("Clients", columns)}, DAY)
    assert [question.question for question in reading.questions] == [
        "'Reason for discontinue' is filled in 20 of 20 rows, most often with 'With us'. Have all of these "
        "clients left?"
    ]
    assert "left_reason" not in reading.journey.columns
    answered = read_grids({"Clients": Grid("Clients", columns)}, DAY, answers=[("G", "left_reason")])
    assert (answered.questions, "left_reason" in answered.journey.columns) == ((), True)
