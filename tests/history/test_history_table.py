"""The tables of moves and actions."""

import datetime as dt

from funnel.grid import Grid
from funnel.history.entry import ClientKey
from funnel.history.history_table import ACTION_COLUMNS, MOVE_COLUMNS, actions_table, moves_table
from funnel.history.read import read_log
from funnel.journey import Journey, Stage

LOG = read_log(Grid("Log", [
    ["When", "2026-11-02", "2026-11-09", "2026-11-16 09:30"], ["Since", None, "2026-11-02", None],
    ["To", "Lead", "Lead", "Hot"], ["Why", "first seen", "renamed", "moved"],
    ["Actions", None, None, "tag: Hot\nnote: Dear {client} in {stage}"],
    ["Record", "1 new>stage Lead;Ana|2026-01-05;Ben",
     "2 stage Lead>stage Lead;Anna|2026-01-05||Ana|2026-01-05", "3 stage Lead>stage Hot;Anna|2026-01-05"],
]))  # fmt: skip


def test_oldest_first_with_times_only_if_known():
    found = moves_table(LOG)
    assert list(found) == list(MOVE_COLUMNS)
    assert found[["when", "since", "client", "lead_date"]].values.tolist() == [
        ["2026-11-02", None, "Ana", "2026-01-05"], ["2026-11-02", None, "Ben", None],
        ["2026-11-09", "2026-11-02", "Anna", "2026-01-05"], ["2026-11-16 09:30", None, "Anna", "2026-01-05"],
    ]  # fmt: skip


def test_moves_of_one_client_include_its_former_name():
    anna = ClientKey("anna", dt.date(2026, 1, 5))
    assert moves_table(LOG, anna)["client"].tolist() == ["Ana", "Anna", "Anna"]
    assert moves_table(LOG, ClientKey("Anna", None)).empty


def test_actions():
    found = actions_table(LOG, None, {("anna", dt.date(2026, 1, 5)): {"coach": "Zoe"}})
    assert found.values.tolist() == [
        [
            "tag",
            "Hot",
            "Anna",
            "2026-01-05",
            "Hot",
            "2026-11-16 09:30",
            "Zoe",
            None,
            "new",
            None,
            None,
            3,
            "tag: Hot",
        ],
        [
            "note",
            None,
            "Anna",
            "2026-01-05",
            "Hot",
            "2026-11-16 09:30",
            "Zoe",
            "Dear Anna in Hot",
            "new",
            None,
            None,
            3,
            "note: Dear {client} in {stage}",
        ],
    ]


def test_no_log():
    assert list(moves_table(None)) == list(MOVE_COLUMNS)
    assert list(actions_table(None)) == list(ACTION_COLUMNS)


def test_a_renamed_stage_has_its_present_name_in_moves_and_actions():
    grid = Grid("Log", [
        ["When", "2026-11-02"], ["From", "Lead"], ["To", "Hot"], ["Why", "typed"], ["Actions", "tag: VIP"],
        ["Record", "1 stage Lead>stage Hot;Ana"],
    ])  # fmt: skip
    journey = Journey(stages=(Stage(name="Lead", default=True), Stage(name="Warm", was="Hot")))
    log = read_log(grid)
    assert moves_table(log, journey=journey)[["from", "to"]].values.tolist() == [["Lead", "Warm"]]
    assert actions_table(log, journey=journey)["stage"].tolist() == ["Warm"]
    assert moves_table(log)["to"].tolist() == ["Hot"]
