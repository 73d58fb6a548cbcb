"""The words of verdicts, whole."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from tables import clients_of

from funnel.clients import Clients
from funnel.journey import Journey, Stage, Step, preset
from funnel.metrics import Funnel
from funnel.metrics.core.flags import FLAGS, Chain
from funnel.metrics.tables.leaks import measure_leaks
from funnel.metrics.tables.steps import steps_table
from funnel.metrics.tables.verdicts import (
    advice,
    called_worst,
    column_totals,
    headline,
    in_sheet,
    verdict_lines,
    verdicts,
)

STEPS = (
    Step(name="Meeting booked"),
    Step(name="Meeting had"),
    Step(name="Paid", paid=True),
    Step(name="Started"),
    Step(name="1 month", months=1),
    Step(name="3 months", months=3),
)


def judged(settled: list[tuple[int, int]], marked: list[int], leads: int = 200) -> pd.DataFrame:
    """The leaks of a journey with so many (lost, settled) clients at its first steps."""
    chain = Chain(STEPS[: len(settled)], frozenset(range(len(settled))))
    tally = pd.DataFrame(0, index=range(len(settled)), columns=list(FLAGS))
    tally["marked"] = marked
    tally["settled_n"] = [n for _, n in settled]
    tally["settled_left"] = [lost for lost, _ in settled]
    tally["settled_reached"] = [n - lost for lost, n in settled]
    steps = steps_table(tally, leads, chain)
    return verdicts(measure_leaks(steps, chain), steps, chain)


def test_one_step_loses_most() -> None:
    leaks = judged([(18, 150), (41, 120), (15, 80)], [150, 117, 90])
    assert leaks["step"].tolist() == ["Meeting had", "Paid", "Meeting booked"]
    assert leaks["verdict"].tolist() == [
        "Meeting booked → Meeting had loses most: 41 of 120 who were due (34 %, 26–43 %; by the column "
        "totals 22 %). Probability that it is the worst: > 99 %.",
        "Meeting had → Paid loses 15 of 80 who were due (19 %, 12–29 %; by the column totals 23 %).",
        "Lead → Meeting booked loses 18 of 150 who were due (12 %, 8–18 %; by the column totals 25 %).",
    ]
    assert headline(leaks) == leaks["verdict"][0]


def test_one_step_probably_loses_most() -> None:
    leaks = judged([(18, 150), (31, 120), (15, 80)], [150, 117, 90])  # 88 %, where three steps need 95 %
    assert leaks["verdict"][0] == (
        "Meeting booked → Meeting had probably loses most: 31 of 120 who were due (26 %, 19–34 %; by the "
        "column totals 22 %). Probability that it is the worst: 88 %; next: Meeting had → Paid (12 %)."
    )


@pytest.mark.parametrize(
    ("others", "said"),
    [([], "probably loses most"), ([(1, 100)] * 2, "loses most"), ([(1, 100)], "loses most")],
)
def test_the_more_steps_the_less_is_enough(others: list[tuple[int, int]], said: str) -> None:
    """The same two steps: 97 % is not enough of two, enough of three and of four."""
    settled = [(17, 100), (29, 100), *others]
    leaks = judged(settled, [200] * len(settled))
    assert 0.96 < leaks["probability_worst"][0] < 0.98
    assert f"Meeting booked → Meeting had {said}: " in leaks["verdict"][0]


def test_too_close_to_call_names_all_that_may_be_the_worst() -> None:
    leaks = judged([(2, 100), (30, 100), (29, 100), (28, 100)], [100, 80, 60, 50])
    assert leaks["verdict"][0] == (
        "Too close to call between 3 steps: Meeting had (30 of 100 lost, 30 %), Paid (29 of 100, 29 %) and "
        "Started (28 of 100, 28 %)."
    )
    assert called_worst(leaks, Chain(STEPS, frozenset(range(6)))) is None


def test_fewer_than_three_lost_blame_nobody() -> None:
    leaks = judged([(0, 20), (2, 20)], [150, 117])
    assert leaks["verdict"][0] == (
        "Too few lost to call. Meeting booked → Meeting had is the worst so far: it loses 2 of 20 who were "
        "due (10 %, 3–30 %; by the column totals 22 %)."
    )


def test_a_small_step_that_looks_worse_is_named_beside() -> None:
    leaks = judged([(2, 40), (20, 40), (5, 7), (2, 4)], [150, 117, 90, 80])
    assert leaks["verdict"][0] == (
        "Of the steps with enough clients, Meeting booked → Meeting had loses most: 20 of 40 who were "
        "due (50 %, 35–65 %; by the column totals 22 %). Probability that it is the worst: > 99 %. "
        "Meeting had → Paid has lost 5 of 7 so far: too few to call."
    )


def test_too_few_to_call() -> None:
    leaks = judged([(4, 20), (3, 9), (0, 0), (0, 1)], [15, 10, 8, 8])
    assert leaks["verdict"].tolist() == [
        "Only one step has enough clients, so none can be called the worst: Lead → Meeting booked loses 4 of "
        "20 who were due (20 %, 8–42 %; by the column totals 93 %). Meeting booked → Meeting had has lost 3 "
        "of 9 so far: too few to call.",
        "Meeting booked → Meeting had: too few to call (3 of 9 lost).",
        "Meeting had → Paid: too few to call (no client is due).",
        "Paid → Started: too few to call (0 of 1 lost).",
    ]
    assert leaks["probability_worst"].isna().all()


def test_nobody_is_lost() -> None:
    leaks = judged([(0, 20), (0, 20)], [200, 200])
    assert leaks["verdict"][0] == (
        "No client who was due was lost at Lead → Meeting booked (0 of 20) and Meeting booked → "
        "Meeting had (0 of 20): there is nothing to fix there."
    )


def test_the_worked_example_is_too_small(clients: Clients) -> None:
    funnel = Funnel(clients, "2026-07-01")
    assert funnel.leaks["verdict"].str.contains("too few to call").all()
    assert funnel.verdict == (
        "Too few to call: no step has 10 clients who were due and had reached the step before it. Look again "
        "on 2026-08-23: Lead → contacted then has 10."  # 90 days after the lead of Jon, the tenth of eleven
    )


def of_leads(make_clients: Callable[..., Clients], n: int, day: str, mark: str) -> str:
    rows = pd.DataFrame({"client": [f"c{i}" for i in range(n)], "lead_date": [day] * n, "met": [mark] * n})
    return Funnel(make_clients(rows, Journey(steps=(Step(name="met"),))), "2026-07-01").verdict


def test_without_clients_marks_or_leads_so_far(make_clients: Callable[..., Clients]) -> None:
    assert of_leads(make_clients, 0, "", "") == "No verdict: the sheet has no clients yet."
    assert (
        of_leads(make_clients, 3, "2026-08-01", "") == "No verdict: all 3 leads are dated after 2026-07-01."
    )
    assert of_leads(make_clients, 30, "2026-01-01", "") == (
        "No verdict: the 30 clients have no mark at any step yet."
    )


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (
            {"not_due": 30},  # half of the 60 that are missing
            "By the column totals alone, Meeting had → Paid would look worst (60 %); but 30 clients still "
            "have time there, and are not lost.",
        ),
        (
            {"not_due": 29, "skipped": 31},
            "By the column totals alone, Meeting had → Paid would look worst (60 %); but 31 clients have no "
            "mark there but one at a later step.",
        ),
        ({"not_due": 29, "skipped": 29}, ""),
        (
            {"settled_n": 8, "settled_reached": 7, "settled_left": 1},
            "By the column totals alone, Meeting had → Paid would look worst (60 %); but only 8 clients had "
            "to reach it so far.",
        ),
        ({}, ""),
    ],
)
def test_the_column_totals_are_explained_by_their_cause_or_not_at_all(
    more: dict[str, int], said: str
) -> None:
    tally = pd.DataFrame(0, index=range(3), columns=list(FLAGS))
    tally["marked"], tally["settled_n"] = [100, 100, 40], [100, 100, 50]
    tally["settled_left"], tally["settled_reached"] = [5, 40, 5], [95, 60, 45]
    for name, n in more.items():
        tally.loc[2, name] = n
    chain = Chain(STEPS[:3], frozenset(range(3)))
    steps = steps_table(tally, 100, chain)
    assert column_totals(verdicts(measure_leaks(steps, chain), steps, chain), steps, chain) == said


def is_sure(verdict: str) -> bool:
    return " loses most" in verdict and "probably" not in verdict


@pytest.mark.parametrize("steps", [2, 3, 5])
@pytest.mark.parametrize("runs", [40, pytest.param(150, marks=pytest.mark.slow)])
def test_words_are_as_strong_as_the_numbers(steps: int, runs: int) -> None:
    """With equal true rates "loses most" is said in at most 6 % of runs; where rates differ, it is right."""
    dice = np.random.default_rng(steps)
    said = right = 0
    for _ in range(runs):
        lost = dice.binomial(80, 0.3, steps)
        said += is_sure(judged([(int(k), 80) for k in lost], [80] * steps)["verdict"][0])
    assert said <= runs * 0.06 + 2 * (runs * 0.06 * 0.94) ** 0.5  # two standard deviations of so few runs
    said = 0
    for _ in range(runs):
        lost = dice.binomial(80, np.where(np.arange(steps) == 1, 0.45, 0.3))
        verdict = judged([(int(k), 80) for k in lost], [80] * steps)["verdict"][0]
        said += is_sure(verdict)
        right += verdict.startswith("Meeting booked → Meeting had loses most")
    assert said >= runs / 8
    assert right >= 0.9 * said


def test_a_step_that_nothing_can_tell_of() -> None:
    chain = Chain(STEPS, frozenset({0, 1, 2, 3}), shows_leavers=False)
    tally = pd.DataFrame(0, index=range(6), columns=list(FLAGS))
    steps = steps_table(tally, 10, chain)
    assert verdicts(measure_leaks(steps, chain), steps, chain)["verdict"][4] == (
        "Started → 1 month: unknown, because no column shows who left."
    )


def test_advice_is_the_journeys_own_or_where_to_look() -> None:
    gym = preset("gym")
    chain = Chain(gym.steps, frozenset())
    assert advice("First paid session", chain).startswith(
        "Meetings and free sessions do not lead to a paid session:"
    )
    assert (
        advice("Paid", Chain(STEPS, frozenset())) == "Look at what happens between 'Meeting had' and 'Paid'."
    )


def test_the_journeys_own_advice_comes_first(clients: Clients) -> None:
    journey = Journey(steps=(Step(name="contacted", advice="Call by noon."),))
    assert Funnel(Clients(clients.table, journey), "2026-07-01").advice("contacted") == "Call by noon."


def test_without_lead_dates_it_is_the_dates_that_lack_and_not_the_clients(
    make_clients: Callable[..., Clients],
) -> None:
    rows = pd.DataFrame({"client": [f"c{i}" for i in range(40)], "met": ["1"] * 40})
    assert Funnel(make_clients(rows, Journey(steps=(Step(name="met"),))), "2026-07-01").verdict == (
        "No verdict: no column has the date of the lead, so no due date is known. Add a column "
        "'Date of lead', or name yours in the journey file (`columns.lead_date`)."
    )


@pytest.mark.parametrize(
    ("step", "headers", "said"),
    [
        ("Meeting had", ["Fissato", "Fatto"], "In your sheet: 'Fissato' → 'Fatto' (columns F and G)."),
        ("Meeting booked", ["Fissato", "Fatto"], "In your sheet: 'Fissato' (column F)."),
        ("Meeting had", ["meeting  BOOKED", "Meeting had"], ""),
        ("Meeting had", [None, None], ""),
        ("Meeting had", [None, "Fatto"], "In your sheet: 'Fatto' (column G)."),
    ],
)
def test_what_the_sheet_calls_a_step(step: str, headers: list[str | None], said: str) -> None:
    steps = pd.DataFrame({"column": ["F", "G"], "header": pd.Series(headers, dtype=object)})
    chain = Chain((Step(name="Meeting booked"), Step(name="Meeting had")), frozenset({0, 1}))
    assert in_sheet(step, steps, chain) == said


def in_stages(met: int, won: int, cold: int, reached: str | None) -> Funnel:
    """Twenty leads who are due: so many in each stage, the others still at the first."""
    stages = (
        Stage(name="Lead", default=True), Stage(name="Met"), Stage(name="Won", paid=True),
        Stage(name="Cold", lost=True, reached=reached),
    )  # fmt: skip
    kept = ["Met"] * met + ["Won"] * won + ["Cold"] * cold
    table = pd.DataFrame({"row": range(2, 22), "client": "x", "stage": kept + ["Lead"] * (20 - len(kept))})
    table["lead_date"] = pd.to_datetime(["2026-01-01"] * 20)
    return Funnel(
        clients_of(table.astype({"stage": "str", "client": "str"}), Journey(stages=stages)), "2026-07-01"
    )


def test_of_stages_the_first_loses_nobody_and_no_column_is_added_up() -> None:
    funnel = in_stages(met=4, won=6, cold=5, reached="Met")
    assert funnel.leaks["step"].tolist() == ["Won", "Met", "Lead"]
    assert funnel.verdict == (
        "Met → Won loses most: 9 of 15 who were due (60 %, 36–80 %). "
        "Probability that it is the worst: 98 %; next: Lead → Met (2 %); with 15 clients its rate is "
        "uncertain."
    )
    assert funnel.leaks["verdict"].iloc[2] == "Lead: every client starts there."
    assert funnel.advice("Met") == "Look at what happens between 'Lead' and 'Met'."


def test_of_stages_without_a_word_on_the_lost_nothing_is_called() -> None:
    assert in_stages(met=4, won=6, cold=5, reached=None).verdict == (
        "No verdict: it is unknown how far the clients in the lost stages came. `funnel init` asks it; or "
        "add `reached` to each lost stage in the journey file. The history of each refresh records it."
    )
    assert in_stages(met=4, won=6, cold=0, reached=None).verdict.startswith(
        "Lead → Met probably loses most: 10 of 20"
    )


def test_nothing_is_known_to_be_lost_where_every_leaver_is_undated() -> None:
    """20 paid in time; 4 of them left on an unknown day, so the month has 16 settled clients, all here."""
    table = pd.DataFrame({
        "client": [f"c{i}" for i in range(20)], "left_reason": ["Price"] * 4 + [None] * 16, "Paid": True,
        "left_date": pd.to_datetime([None] * 20), "lead_date": pd.to_datetime(["2026-01-10"] * 20),
    })  # fmt: skip
    journey = Journey(steps=(Step(name="Paid", paid=True), Step(name="1m", months=1)))
    assert Funnel(clients_of(table, journey), "2026-07-01").verdict == (
        "No client who was due was lost at Paid → 1m (0 of 16) and Lead → Paid (0 of 20), as far as is "
        "known. Not counted at 1m: 4 clients who left on an unknown day."
    )


def test_too_few_says_when_to_look_again(make_clients: Callable[..., Clients]) -> None:
    """The tenth of 12 leads is of 2026-05-10, and due on 2026-08-08. With nine leads there is no day."""
    days = [f"2026-05-{day:02d}" for day in range(1, 13)]
    journey = Journey(steps=(Step(name="met"), Step(name="paid", paid=True)))
    rows = pd.DataFrame({"client": "x", "lead_date": days, "met": ["1"] * 9 + [""] * 3})
    few = "Too few to call: no step has 10 clients who were due and had reached the step before it. "
    assert Funnel(make_clients(rows, journey), "2026-07-01").verdict == (
        few + "Look again on 2026-08-08: Lead → met then has 10."
    )
    assert Funnel(make_clients(rows.head(9), journey), "2026-07-01").verdict == (
        few + "Look again when there are more clients: a step needs 10."
    )


def test_what_is_only_probable_gets_one_sentence_of_advice(make_clients: Callable[..., Clients]) -> None:
    journey = Journey(steps=(Step(name="met", advice="Ring them. Then ring again."), Step(name="paid")))
    for met, paid, said in (
        (20, 19, "What to work on: Ring them. Then ring again."),
        (30, 18, "Perhaps ring them."),
    ):
        columns = {name: ["1"] * n + [""] * (60 - n) for name, n in (("met", met), ("paid", paid))}
        rows = pd.DataFrame({"client": "x", "lead_date": ["2026-01-05"] * 60} | columns)
        assert [*verdict_lines(Funnel(make_clients(rows, journey), "2026-07-01"))][-1] == said


def test_a_sheet_that_only_shows_when_clients_came_and_left() -> None:
    """Of 12 clients, 3 left in the second month; without a column of a step there is no leak to name."""
    table = pd.DataFrame({
        "client": [f"c{i}" for i in range(12)], "lead_date": pd.to_datetime(["2026-01-10"] * 12),
        "left_date": pd.to_datetime(["2026-02-20"] * 3 + [None] * 9),
    })  # fmt: skip
    journey = Journey(steps=(Step(name="1m", months=1), Step(name="2m", months=2)))
    assert Funnel(clients_of(table, journey), "2026-07-01").verdict == (
        "No verdict: the sheet has no steps, only when clients came and left. After 2 months, 9 of 12 "
        "clients who were due were still there (75 %, 47–91 %)."
    )
    assert Funnel(clients_of(table, journey), "2026-01-20").verdict == (
        "No verdict: the sheet has no steps, only when clients came and left."
    )


def test_a_blank_column_of_lead_dates_is_named_as_the_cause(make_clients: Callable[..., Clients]) -> None:
    rows = pd.DataFrame({"client": ["a", "b"], "lead_date": ["", ""], "paid": ["1", ""]})
    assert Funnel(make_clients(rows, Journey(steps=(Step(name="paid"),))), "2026-07-01").verdict == (
        "No verdict: no due date is known, because the lead date is blank for the 2 clients."
    )


def test_many_steps_without_a_loss_are_counted() -> None:
    leaks = judged([(0, 20), (0, 31), (0, 30), (0, 20)], [150, 117, 90, 80])
    assert leaks["verdict"][0] == (
        "No client who was due was lost at any of the 4 steps with enough clients (20 to 31 each): there is "
        "nothing to fix there."
    )
