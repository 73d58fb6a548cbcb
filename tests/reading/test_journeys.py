"""Close dates: who is in a lost stage left on that day; beside steps, a status column shows who is lost."""

import datetime as dt

import funnel
from funnel.metrics.core.frames import collect

DAY = "2026-11-28"


def sheet(tmp_path, *lines, name="deals.csv"):
    path = tmp_path / name
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_clients_in_a_lost_stage_left_on_their_close_date(tmp_path):
    path = sheet(
        tmp_path, "Deal,Opened,Deal stage,Close date",
        "A1,2026-01-05,Won,2026-02-01", "A2,2026-01-06,Lost,2026-03-01", "A3,2026-01-07,Quoted,",
        "A4,2026-01-08,Lost,2025-12-01", "A5,2026-01-09,Lost,2026-12-24", "A6,2026-01-10,Lost,",
        "A7,2026-01-11,Won,2026-02-14", "A8,2026-01-12,Open,", "A9,2026-01-13,Won,2026-02-20",
        "B1,2026-01-14,Lost,2026-04-20", "B2,2026-01-15,Lost,2026-04-21", "B3,2026-01-16,Quoted,",
    )  # fmt: skip
    result = funnel.Funnel(funnel.load(path, as_of=DAY), as_of=DAY)
    frame = collect(result.flagged.frame.select("client", "flag:left", "flag:left_on", "flag:left_undated"))
    left = frame[frame["flag:left"].astype(bool)].set_index("client")
    assert left["flag:left_on"].dropna().dt.date.to_dict() == {
        "A2": dt.date(2026, 3, 1), "B1": dt.date(2026, 4, 20), "B2": dt.date(2026, 4, 21),
    }  # fmt: skip
    assert sorted(left.index[left["flag:left_undated"].astype(bool)]) == ["A4", "A6"]  # A5: not yet
    assert [(problem.kind, problem.cell, problem.message) for problem in result.problems] == [
        ("left before lead", "D5", "A4 was closed on 2025-12-01, before becoming a lead on 2026-01-08."),
        (
            "date in the future", "D6",
            "A5: the left date 2026-12-24 is after 2026-11-28; the client counts as here.",
        ),
    ]  # fmt: skip
    assert "'Close date' is read as the day on which a client in a lost stage left" in result.clients.assumed


def rows(day, status, closed):
    """Twenty clients: all called, ten visited, five paid; six of those who did not pay are lost."""
    for n in range(20):
        paid, lost = n < 5, n >= 14
        yield ",".join((
            f"Client {chr(65 + n)}", day.isoformat(), "1", "1" if n < 10 else "", "1" if paid else "",
            status(paid, lost, n), closed if paid or lost else "",
        ))  # fmt: skip


def test_a_status_beside_the_steps_shows_who_left(tmp_path):
    path = sheet(
        tmp_path, "Name,Enquiry date,Called,Visited,Signed up,Status,Closed on",
        *rows(dt.date(2026, 1, 10), lambda _, lost, n: "Lost" if lost else "Active", "2026-02-20"),
    )  # fmt: skip
    result = funnel.Funnel(funnel.load(path, as_of=DAY), as_of=DAY)
    assert result.clients.reading.confidence != "guess"
    assert result.steps[["reached", "left", "overdue"]].values.tolist() == [[20, 0, 0], [10, 6, 4], [5, 6, 9]]
    on = collect(result.flagged.frame.select("flag:left_on"))["flag:left_on"].dropna()
    assert set(on.dt.date) == {dt.date(2026, 2, 20)}
    assert result.leaks.set_index("step")["settled_lost"].to_dict() == {
        "Called": 0, "Visited": 10, "Signed up": 5,
    }  # fmt: skip


def test_a_new_word_in_the_status_column_is_a_problem_and_stops_nothing(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    head = "Name,Enquiry date,Called,Visited,Signed up,Status,Closed on"
    body = list(rows(dt.date(2026, 1, 10), lambda _, lost, n: "Lost" if lost else "Active", "2026-02-20"))
    path = sheet(tmp_path, head, *body)
    (tmp_path / "deals.journey.toml").write_text(funnel_file(path), encoding="utf-8")
    sheet(tmp_path, head, body[0].replace("Active", "Paused"), *body[1:])
    clients = funnel.load(path, as_of=DAY)
    told = [p for p in clients.problems if p.kind != "possible double"]
    assert [(p.kind, p.cell, p.message, p.way_out) for p in told] == [(
        "unknown stage", "F2",
        "Client A: 'Paused' is not a stage of the journey 'deals'; the cell counts as blank.",
        "Correct the cell, or add the stage to the journey file as a [[stage]].",
    )]  # fmt: skip
    assert len(clients.table) == 20


def funnel_file(path):
    from funnel.workflows.new_sheet import draft_journey_file

    return draft_journey_file(path)[0]
