"""funnel's objects in a Google Sheet have fixed, unique ids."""

from __future__ import annotations

from funnel.sheets.google.read import ids


def test_ids_are_unique() -> None:
    found = [
        *ids.TABS,
        *ids.BACKUP_TABS,
        *(ids.chart_id(tab, name) for tab in ids.TAB_NAMES for name in ("drop-off", "retention")),
        *(ids.row_id(0, "totals", row, turn) for row in range(ids.BLOCK_HEIGHT) for turn in (0, 1)),
        *(ids.row_id(7, "totals", row) for row in range(ids.BLOCK_HEIGHT)),
    ]
    assert len(found) == len(set(found))
    assert all(0 < each < 1 << 31 for each in found)


def test_ids_never_change_because_sheets_contain_them() -> None:
    assert ids.TABS == {
        427392541: "summary", 364475585: "history", 561045726: "log", 949148841: "handoff",
        489994591: "due",
    }  # fmt: skip
    assert ids.row_id(0, "totals", 0) == 45592877
    assert ids.row_id(0, "totals", 0, turn=1) == 139473177


def test_markers_of_charts_and_rules() -> None:
    chart = ids.CHART_OF_OURS.search("Bars of each step. [funnel drop-off 1a2b3c4d]")
    assert chart is not None
    assert chart.groups() == ("drop-off", "1a2b3c4d")
    assert ids.CHART_OF_OURS.search("[funnel drop-off 1a2b]") is None
    rule = ids.RULE_OF_OURS.search('=AND(n( "funnel:Red" )=0,$A1=1)')
    assert rule is not None
    assert rule[1] == "Red"
