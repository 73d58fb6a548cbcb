"""What a higher conversion would bring, in a sentence without a number that is not known."""

from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from funnel.explorer.what_if import what_if_sentence

NAN = float("nan")


def exploration(**known: float) -> Any:
    row = {
        "conversion": 0.5, "raised": 0.6, "paying_per_100": NAN, "paying_gained": NAN,
        "paying_gained_half": NAN, "long_term_per_100": NAN, "long_term_gained": NAN, **known,
    }  # fmt: skip
    return SimpleNamespace(funnel=SimpleNamespace(what_if=lambda step, to: pd.DataFrame([row])))


REST = "All other steps unchanged."
LONG = {"long_term_per_100": 10.0, "long_term_gained": 2.0}
PAYING = {"paying_per_100": 30.0, "paying_gained": 6.0, "paying_gained_half": 3.0}


@pytest.mark.parametrize(
    ("known", "brought"),
    [
        (PAYING, f"36.0 paying clients per 100 leads instead of 30.0 (a careful guess: 33.0). {REST}"),
        (LONG, f"12.0 long-term ones instead of 10.0. {REST}"),
        ({}, "too little is known of the later steps to say what it would bring."),
    ],
)  # fmt: skip
def test_what_is_not_known_is_not_said(known: dict[str, float], brought: str) -> None:
    assert what_if_sentence(exploration(**known), "Met", 0.6) == f"If Met rose from 50 % to 60 %: {brought}"
