"""Every answer to every question of a guess: a valid journey file, by which nothing is asked again."""

import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from funnel.clients.reading import ANOTHER, Question, Reading
from funnel.errors import ReadError
from funnel.metrics import Funnel
from funnel.workflows.answers import interview
from funnel.workflows.journey_files import journey_path
from funnel.workflows.load import open_clients
from funnel.workflows.new_sheet import draft_journey_file

N = 24
NAMES = [f"P{n}" for n in range(N)]
DAYS = [f"2026-01-{n + 1:02d}" for n in range(N)]


def days(month: int, rows: range | list[int]) -> list[str]:
    """A date of one month in some rows."""
    return [f"2026-{month:02d}-{n + 1:02d}" if n in rows else "" for n in range(N)]


def of(*values: str) -> list[str]:
    """Values that come again and again."""
    return [values[n % len(values)] for n in range(N)]


SHEETS: dict[str, dict[str, list[str]]] = {
    "two stage columns": {
        "Status": of("New", "Qualified", "Opportunity", "Customer"),
        "Stage": of("First contact", "Proposal sent", "Won", ""),
    },
    "a value that waits": {"Lead status": of("New", "Contacted", "On hold", "Won", "Lost")},
    "a value that is no stage": {"Lead status": of("New", "Contacted", "Other", "Won", "Won", "Lost")},
    "an order in unknown words": {"Deal stage": of("New", "Zwa", "Demo", "Won", "Zwe", "Lost")},
    "a status beside the stages": {
        "application_progress": of("application", "interview", "offer"),
        "application_status": of("in progress", "rejected", "in progress", "abandoned", ""),
    },
    "numbers for stages": {
        "stage_id": of("1", "2", "3", "4", "5", "6"),
        "status": of("open", "won", "lost"),
    },
    "a leaving date in unknown words": {
        "Zyx": days(9, [1, 5, 7, 8])[:10],
        "Called on": days(3, range(10))[:10],
        "Met on": days(4, range(6))[:10],
        "Paid on": days(5, range(4))[:10],
    },
    "results that are the steps": {
        "Result of call": of("Pass", "Pass", "Fail", "Pass"),
        "Result of interview": of("Pass", "Fail", "NA", "Pass"),
    },
    "initials, and dates beside texts": {
        "Called": [("MK", "AB", "JS")[n % 3] if n < 20 else "" for n in range(N)],
        "Met on": [f"2026-02-{n + 1:02d}" if n % 3 else "2026-02-01 (cancelled)" for n in range(12)]
        + [""] * 12,
        "Paid": ["1" if n < 6 else "" for n in range(N)],
    },
    "a flag in unknown words": {
        "Called": ["1" if n < 20 else "" for n in range(N)],
        "Zyx": ["1" if n % 3 == 0 else "" for n in range(N)],
        "Met": ["1" if n < 12 else "" for n in range(N)],
        "Paid": ["1" if n < 6 else "" for n in range(N)],
    },
    "steps in unknown words": {
        "Zab": ["1" if n < 20 else "" for n in range(N)],
        "Zub": ["1" if n < 12 else "" for n in range(N)],
    },
    "a step that may be the only one": {"Called": ["1" if n < 9 else "" for n in range(N)]},
    "stages beside dates": {
        "Stage": of("To contact", "Touch 1 sent", "Touch 2 sent"),
        "Zab 1": days(3, range(9)),
        "Zab 2": days(4, range(4)),
    },
}
FORTY = ["07_stage_and_close_date.csv", "08_rounds_with_results.xlsx", "27_membership_start_end.csv"]


def write(folder: Path, name: str) -> Path:
    """Write one of the small sheets."""
    rows = min(map(len, SHEETS[name].values()))
    columns = {"Client": NAMES[:rows], "Lead date": DAYS[:rows], **SHEETS[name]}
    path = folder / "sheet.csv"
    lines = [",".join(columns), *(",".join(row) for row in zip(*columns.values(), strict=True))]
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def key(question: Question, at: int) -> str:
    """The answer as a person gives it: an order instead of "another order"."""
    answer = question.answers[at]
    return " → ".join(reversed(question.items)) if answer == ANOTHER else answer


def ways(path: Path) -> list[list[tuple[Question, str]]]:
    """Every way to answer the questions of a sheet in which at most one answer differs from its reading."""
    found, todo = [], [[]]  # type: ignore[var-annotated]
    while todo:
        wanted = todo.pop()
        seen: list[tuple[Question, str]] = []
        ask = asking(wanted, seen)
        with suppress(ReadError):  # by the last answer
            interview(path, ask=ask)
        found.append(seen)
        if wanted:
            continue
        for n, (question, given) in enumerate(seen):
            before = [answer for _, answer in seen[:n]]
            others = [key(question, at) for at in range(len(question.answers))]
            todo += [[*before, answer] for answer in others if answer != given]
    return found


def asking(wanted: list[str], seen: list[tuple[Question, str]]) -> Callable[[Question], str]:
    """Somebody who gives the wanted answers, then the likeliest ones."""

    def ask(question: Question) -> str:
        answer = wanted[len(seen)] if len(seen) < len(wanted) else question.as_read
        seen.append((question, answer))
        return answer

    return ask


def visible(answer: str, question: Question, reading: Reading) -> bool:
    """Whether a reading shows an answer."""
    steps = [step.step for step in reading.steps]
    stages = {stage.stage: stage.lost for stage in reading.stages}
    column = next((h for h in reading.headers.values() if f"'{h}'" in question.question), "")
    if question.orders(answer):
        return [name.strip() for name in answer.split("→")] == [s for s in steps if s in question.items]
    if ": no stage" in answer:
        return answer.partition(": ")[0] not in stages
    if answer.endswith((": left", ": on the way")):
        value, _, place = answer.rpartition(": ")
        return stages[value] == (place == "left")
    if answer.startswith("left: "):
        return all(stages[value] for value in answer.removeprefix("left: ").split(", "))
    if question.about == "paid":
        return [step.step for step in reading.steps if step.paid] == ([answer] if answer in steps else [])
    if answer == "ignore" and column:
        return column not in steps and all(belief.header != column for belief in reading.columns)
    if answer == "left_date":
        return (belief := reading.role("left_date")) is not None and belief.header in question.question
    return True


def drafted(path: Path, answers: list[str]) -> str:
    """The journey file, or why there is none."""
    try:
        return draft_journey_file(path, ask=asking(answers, []))[0]
    except ReadError as error:
        return str(error).partition(" Name the columns: ")[0]


def check(path: Path) -> None:
    """Answer in every way, in the terminal and with --answer."""
    tried = 0
    for seen in ways(path):
        path_of_file = journey_path(str(path))
        path_of_file.unlink(missing_ok=True)
        assert seen, "nothing is asked"
        answers = [answer for _, answer in seen]
        label = [(question.about, answer) for question, answer in seen]
        text = drafted(path, answers)
        if text.endswith("o journey file was written."):
            continue
        assert text.startswith("# A journey file"), label
        given = [(question.about, answer) for question, answer in seen]
        assert draft_journey_file(path, answers=given)[0] == text, label
        path_of_file.write_text(text, "utf-8")
        opened = open_clients(path)
        reading = opened.clients.reading
        assert reading is not None
        assert (opened.clients.is_guess, reading.questions) == (False, ()), label
        assert all(visible(answer, question, reading) for question, answer in seen), label
        tried += 1
    assert tried


@pytest.mark.parametrize("name", SHEETS)
def test_every_answer_of_a_small_sheet(tmp_path: Path, name: str) -> None:
    check(write(tmp_path, name))


@pytest.mark.parametrize("name", FORTY)
def test_every_answer_of_the_readings(tmp_path: Path, shared: Callable[[str], Path], name: str) -> None:
    path = tmp_path / name
    shutil.copy(shared("readings") / name, path)
    check(path)


def test_clients_of_two_lost_stages_had_come_differently_far(tmp_path: Path) -> None:
    path = tmp_path / "leads.csv"
    stages = of("New", "Contacted", "Demo", "Won", "Lost", "Not interested")
    path.write_text(
        "\n".join(["Client,Lead date,Lead status", *map(",".join, zip(NAMES, DAYS, stages, strict=True))]),
        "utf-8",
    )
    given = [("reached", "each"), ("reached Lost", "Demo"), ("reached Not interested", "Contacted")]
    path_of_file = journey_path(str(path))
    path_of_file.write_text(draft_journey_file(path, answers=given)[0], "utf-8")
    lost = {stage.name: stage.reached for stage in open_clients(path).clients.journey.lost}
    assert lost == {"Lost": "Demo", "Not interested": "Contacted"}


def test_retention_follows_from_the_leaving_date_once_the_paid_step_is_answered(tmp_path: Path) -> None:
    """Where the headers' words are unknown, who paid is asked; the months were missing after the answer."""
    done = {"Zwa": range(20), "Zwe": range(14), "Zwi": range(8)}
    columns = {
        "Namn": NAMES,
        "Kontaktdatum": DAYS,
        **{name: ["1" if n in rows else "" for n in range(N)] for name, rows in done.items()},
        "Slutade": days(9, [1, 5, 10, 15, 16]),
    }
    path = tmp_path / "clients.csv"
    path.write_text("\n".join(",".join(row) for row in [list(columns), *zip(*columns.values(), strict=True)]))
    text, _ = draft_journey_file(path, answers=[("paid", "Zwi"), ("sheet", "yes: a client in each row")])
    journey_path(path).write_text(text, "utf-8")
    clients = open_clients(path).clients
    assert [step.name for step in clients.journey.steps] == [
        "Zwa", "Zwe", "Zwi", "1 month", "2 months", "3 months", "6 months", "12 months",
    ]  # fmt: skip
    retention = Funnel(clients, "2026-11-29").retention
    paid = retention[retention["of"] == "paid"]
    assert paid["reached"].tolist()[:4] == [8, 8, 8, 8]  # of the eight, two left in September
    assert paid["eligible"].tolist()[:4] == [8, 8, 8, 8]
