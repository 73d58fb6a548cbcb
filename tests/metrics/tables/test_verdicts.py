"""The words of verdicts, whole."""

from collections.abc import Callable

import pandas as pd
import pytest
from tables import clients_of

from funnel.clients import Clients
from funnel.journey import Journey, Stage, Step
from funnel.metrics import Funnel
from funnel.metrics.core.flags import FLAGS, Chain
from funnel.metrics.tables.leaks import measure_leaks
from funnel.metrics.tables.steps import steps_table
from funnel.metrics.tables.verdicts import advice, headline, in_sheet, verdicts

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
    leaks = judged([(18, 150), (31, 120), (15, 80)], [150, 117, 90])
    assert leaks["step"].tolist() == ["Meeting had", "Paid", "Meeting booked"]
    assert leaks["verdict"].tolist() == [
        "Meeting booked → Meeting had loses most: 31 of 120 whose time was up (26 %, 19–34 %; the column "
        "totals say 22 %). 88 % sure that it is the worst; the next is Meeting had → Paid (12 %).",
        "Meeting had → Paid loses 15 of 80 whose time was up (19 %, 12–29 %; the column totals say 23 %).",
        "Lead → Meeting booked loses 18 of 150 whose time was up (12 %, 8–18 %; the column totals say 25 %).",
    ]
    assert headline(leaks) == leaks["verdict"][0]


def test_two_steps_tie() -> None:
    leaks = judged([(2, 100), (30, 100), (29, 100)], [100, 80, 60])
    assert leaks["verdict"][:2].tolist() == [
        "Meeting booked → Meeting had and Meeting had → Paid are tied: 30 of 100 whose time was up (30 %, "
        "22–40 %; the column totals say 20 %), and 29 of 100 whose time was up (29 %, 21–39 %; the column "
        "totals say 25 %). 56 % sure that it is the first, 44 % that it is the second.",
        "Meeting had → Paid is tied with Meeting booked → Meeting had: 29 of 100 whose time was up (29 %, "
        "21–39 %; the column totals say 25 %).",
    ]


def test_too_few_to_call() -> None:
    leaks = judged([(2, 20), (3, 9), (0, 0), (0, 1)], [15, 10, 8, 8])
    assert leaks["verdict"].tolist() == [
        "Lead → Meeting booked loses 2 of 20 whose time was up (10 %, 3–30 %; the column totals say 93 %). "
        "It is the only step with enough clients to call.",
        "Meeting booked → Meeting had: too few to call (3 of 9 clients whose time was up).",
        "Meeting had → Paid: too few to call (nobody's time is up).",
        "Paid → Started: too few to call (0 of 1 client whose time was up).",
    ]
    assert leaks["probability_worst"].isna().all()


def test_certainty_is_never_shown_as_certain() -> None:
    leaks = judged([(1, 1000), (900, 1000)], [999, 100], 1000)
    assert leaks["verdict"][0] == (
        "Meeting booked → Meeting had loses most: 900 of 1,000 whose time was up (90 %, 88–92 %; the column "
        "totals say 90 %). More than 99 % sure that it is the worst; the next is Lead → Meeting booked "
        "(less than 1 %)."
    )


def test_nobody_is_lost() -> None:
    leaks = judged([(0, 20), (0, 20)], [200, 200])
    assert leaks["verdict"][0] == (
        "Lead → Meeting booked loses nobody: 0 of 20 whose time was up (0 %, 0–16 %; the column totals say "
        "0 %); no other step that can be called does."
    )


def test_the_worked_example_is_too_small(clients: Clients) -> None:
    funnel = Funnel(clients, "2026-07-01")
    assert funnel.leaks["verdict"].str.contains("too few to call").all()
    assert funnel.verdict == (
        "Too few to call: at no step is the time of 10 clients up who had reached the one before."
    )


def test_a_step_that_nothing_can_tell_of() -> None:
    chain = Chain(STEPS, frozenset({0, 1, 2, 3}), says_who_left=False)
    tally = pd.DataFrame(0, index=range(6), columns=list(FLAGS))
    steps = steps_table(tally, 10, chain)
    assert verdicts(measure_leaks(steps, chain), steps, chain)["verdict"][4] == (
        "Started → 1 month: nobody can say, because no column tells who left."
    )


@pytest.mark.parametrize(
    ("step", "begins"),
    [
        ("Meeting booked", "the contact system:"),
        ("Meeting had", "booking and showing up:"),
        ("Paid", "the meeting itself:"),
        ("Started", "the start:"),
        ("1 month", "the first weeks:"),
        ("3 months", "keeping them:"),
    ],
)
def test_advice_fits_the_steps_place(step: str, begins: str) -> None:
    assert advice(step, Chain(STEPS, frozenset())).startswith(begins)


def test_the_journeys_own_advice_comes_first(clients: Clients) -> None:
    journey = Journey(steps=(Step(name="contacted", advice="Call by noon."),))
    assert Funnel(Clients(clients.table, journey), "2026-07-01").advice("contacted") == "Call by noon."


def test_without_lead_dates_it_is_the_dates_that_lack_and_not_the_clients(
    make_clients: Callable[..., Clients],
) -> None:
    rows = pd.DataFrame({"client": [f"c{i}" for i in range(40)], "met": ["1"] * 40})
    assert Funnel(make_clients(rows, Journey(steps=(Step(name="met"),))), "2026-07-01").verdict == (
        "Cannot be called: no column says when a client became a lead, so nobody's time is known to be up. "
        "Add a column 'Date of lead', or name yours in the journey file (`columns.lead_date`)."
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
    """Twenty leads whose time is up: so many in each stage, the others still at the first."""
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
        "Met → Won loses most: 9 of 15 whose time was up (60 %, 36–80 %; counting everybody 60 %). "
        "98 % sure that it is the worst; the next is Lead → Met (2 %)."
    )
    assert funnel.leaks["verdict"].iloc[2] == "Lead: every client begins there."
    assert funnel.advice("Met").startswith("the way to this stage: ask those who have waited longest")


def test_of_stages_without_a_word_on_the_lost_nothing_is_called() -> None:
    assert in_stages(met=4, won=6, cold=5, reached=None).verdict == (
        "Cannot be called: nobody knows how far those had come who are in a lost stage. Say it of each lost "
        "stage (`reached` in the journey file); the history that each refresh writes will tell it of all who "
        "move from now on."
    )
    assert in_stages(met=4, won=6, cold=0, reached=None).verdict.startswith("Lead → Met loses most: 10 of 20")
