"""Stages from a stage column: which column it is, and in which order its names stand."""

import pytest

from funnel.reading.infer import ColumnProfile
from funnel.reading.infer_stages import infer_stages, stage_column


@pytest.mark.parametrize(
    ("profile", "found"),
    [
        (ColumnProfile(2, "Lead status", texts=40, distinct=5), True),
        (ColumnProfile(2, "Etapa", texts=4, distinct=4), True),
        (ColumnProfile(2, "Notes", texts=40, distinct=5), False),
        (ColumnProfile(2, "Status", texts=40, distinct=35), False),
        (ColumnProfile(2, "Status", texts=40, distinct=5, dates=3), False),
        (ColumnProfile(2, "Status"), False),
    ],
)
def test_the_column(profile, found):
    assert (stage_column([profile]) is profile) is found


def shown(*names):
    stages, how = infer_stages(names)
    return [(stage.name, stage.default, stage.paid, stage.lost) for stage in stages], how


def test_a_presets_order_where_it_knows_all_names():
    stages, how = infer_stages(["Customer", "hot lead", "🆕 New Lead"])
    assert how == "in the order of the preset 'lifecycle'"
    assert [stage.name for stage in stages if not stage.lost] == [
        "New Lead",
        "Hot Lead",
        "Payment",
        "Customer",
    ]
    assert not any(stage.rules for stage in infer_stages(["Active Trial", "Decision Zone"])[0])


def test_names_that_nothing_may_have():
    assert [name for name, *_ in shown("lead", "client", "🔥")[0]] == ["lead", "Client"]


def test_else_by_words_and_first_appearance():
    assert shown("Call", "Perso", "Attivo", "Meeting", "Nuovo", "call") == (
        [
            ("Nuovo", True, False, False), ("Call", False, False, False), ("Meeting", False, False, False),
            ("Attivo", False, True, False), ("Perso", False, False, True),
        ],
        "their order is a guess",
    )  # fmt: skip
