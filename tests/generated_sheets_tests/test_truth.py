"""A reading that repeats the truth is right for every sheet; one that takes noise for a step is not."""

from functools import cache
from typing import Any

from generated_sheets.others import KINDS, make_other
from generated_sheets.score import judge
from generated_sheets.sheets import Sheet, make


@cache
def sheets() -> list[Sheet]:
    """Made once, by the process that runs a test of this file."""
    return [make(seed, nonsense) for seed in range(300, 400) for nonsense in (False, True)]


def repeated(sheet: Sheet) -> dict[str, Any]:
    """The reading that says what the truth says."""
    truth = sheet.truth
    roles = [(role, getattr(truth, role)[0]) for role in ("client", "lead_date", "left_date", "left_reason")]
    ask = truth.answer == "ask"
    return {
        "tab": truth.tab,
        "shape": truth.shape,
        "confidence": "guess" if ask else "certain",
        "columns": [{"role": role, "header": header} for role, header in roles if header],
        "steps": [
            {"step": s[0], "headers": list(s), "paid": set(s) & set(truth.paid) != set()} for s in truth.steps
        ],
        "stages": [{"stage": stage, "lost": True} for stage in truth.lost],
        "questions": [{"question": "Which of the steps means that a client paid?"}] if ask else [],
    }


def test_the_truth_is_right() -> None:
    assert [judge(repeated(sheet), sheet.truth) for sheet in sheets()] == [("right", "")] * len(sheets())


def test_a_column_of_noise_is_no_step() -> None:
    wrong = 0
    for sheet in sheets():
        reading = repeated(sheet)
        for header in sheet.truth.never_steps:
            steps = [*reading["steps"], {"step": header, "headers": [header]}]
            told = {**reading, "confidence": "likely", "steps": steps}
            assert judge(told, sheet.truth) == ("wrong", f"takes as a step what is none: {header.casefold()}")
            wrong += 1
    assert wrong > 500


def test_a_missing_step_is_seen() -> None:
    for sheet in sheets():
        reading = repeated(sheet)
        told = {**reading, "confidence": "likely", "steps": reading["steps"][:-1]}
        verdict, why = judge(told, sheet.truth)
        assert (verdict, why.startswith("misses the step")) == ("wrong", True)


def test_sheets_without_a_funnel() -> None:
    sheets = [make_other(seed) for seed in range(120)]
    assert {sheet.truth.shape for sheet in sheets} == set(KINDS)
    assert all(sheet.truth.answer == "refuse" for sheet in sheets)
    assert [next(iter(s.grids.values())) for s in sheets] == [
        next(iter(make_other(seed).grids.values())) for seed in range(120)
    ]


def test_a_sheet_without_clients_has_headers_only() -> None:
    sheet = next(
        s for s in map(make_other, range(200)) if s.truth.shape == "headers only" and len(s.columns) == 8
    )
    grid = next(iter(sheet.grids.values()))
    assert [cell for cell in grid.row(grid.height) if cell] == [column.header for column in sheet.columns]
