"""JSON and CSV for other programs."""

import datetime as dt

import pandas as pd
import pytest

from funnel.cli import formats
from funnel.grid import Area
from funnel.plan import Plan, PutRules, Rule


def test_json_refuses_what_is_undefined() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        formats.print_json({"rate": float("nan")})


def test_json_keeps_letters_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    formats.print_json({"step": "Première séance"})
    assert capsys.readouterr().out == '{\n  "step": "Première séance"\n}\n'


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@sum", "\tx"])
def test_no_text_becomes_a_formula_in_csv(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    formats.print_csv(pd.DataFrame({"client": [text], "n": [-3]}))
    assert capsys.readouterr().out.splitlines()[1] == f"'{text},-3"


def test_a_control_character_is_replaced_in_csv(capsys: pytest.CaptureFixture[str]) -> None:
    formats.print_csv(pd.DataFrame({"client": ["\0x"], "n": [-3]}))
    assert capsys.readouterr().out.splitlines()[1] == "'\ufffdx,-3"


def test_csv_leaves_undefined_numbers_blank(capsys: pytest.CaptureFixture[str]) -> None:
    formats.print_csv(pd.DataFrame({"step": ["Met"], "rate": [float("nan")]}))
    assert capsys.readouterr().out == "step,rate\nMet,\n"


def test_a_plan_as_json() -> None:
    rule = Rule("green", (Area(2, 1, 9, 3),), '=$C2=1+N("funnel:green")')
    plan = Plan(
        "a.xlsx", (PutRules("Clients", (rule,)),), as_of=dt.date(2026, 11, 21), kept=("B3 is yours.",)
    )
    assert formats.plan_json(plan, written=True) == {
        "version": 1,
        "source": "a.xlsx",
        "as_of": "2026-11-21",
        "written": True,
        "changes": ["Tab 'Clients': green rows by a live rule on A2:C9"],
        "kept": ["B3 is yours."],
        "weekly": "",
        "to_do": [],
    }
