"""Rules as data: what a journey file may say, and what it may not."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funnel.errors import JourneyError
from funnel.journey import Duration, parse_journey
from funnel.journey.rules import (
    Comparison,
    EventCount,
    Group,
    change_rule,
    comparisons,
    event_counts,
    read_rule,
    rule_as_data,
    segments_in,
)  # fmt: skip

STAGE = '[[stage]]\nname = "Lead"\ndefault = true\nrules = '


def test_each_operator_reads_what_it_compares():
    rules = {
        "is": ("Yes ", "Yes"), "is_not": (3, "3"), "one_of": (["A", 2.5], ("A", "2.5")),
        "contains": ("x", "x"),
        "empty": (True, True), "at_least": (3, 3), "at_most": (0.5, 0.5),
        "before": (dt.date(2026, 1, 2), dt.date(2026, 1, 2)), "after": ("2026-01-02", dt.date(2026, 1, 2)),
        "older_than": ("24 months", Duration(months=24)), "within_the_last": ("6 weeks", Duration(days=42)),
    }  # fmt: skip
    for operator, (given_, operand) in rules.items():
        assert read_rule({"column": "C", operator: given_}) == Comparison("C", operator, operand)


leaves = st.one_of(
    st.builds(
        Comparison, st.just("Town"), st.sampled_from(["is", "contains"]), st.sampled_from(["Bath", "3"])
    ),
    st.builds(Comparison, st.just("Visits"), st.sampled_from(["at_least", "at_most"]), st.integers(0, 9)),
    st.builds(
        Comparison, st.just("Seen"), st.just("older_than"), st.builds(Duration, days=st.integers(1, 99))
    ),
    st.builds(Comparison, st.just("Seen"), st.just("empty"), st.booleans()),
    st.builds(Comparison, st.just("Town"), st.just("one_of"), st.just(("a", "b"))),
    st.builds(
        Comparison, st.just("Deals"), st.just("at_least"), st.integers(0, 9), st.just("company")
    ),
    st.builds(
        EventCount, st.sampled_from([("*",), ("Opened",), ("Opened", "Clicked")]),
        st.sampled_from(["at_least", "at_most"]), st.integers(0, 9),
        st.none() | st.builds(Duration, days=st.integers(1, 99)),
    ),
    st.just("Segment"),
)  # fmt: skip
rules = st.recursive(
    leaves,
    lambda parts: st.builds(
        Group, st.sampled_from(["all", "any"]), st.lists(parts, min_size=1, max_size=3).map(tuple)
    ),
    max_leaves=8,
)


@given(rules)
def test_what_is_written_reads_back(rule):
    assert read_rule(rule_as_data(rule)) == rule


@pytest.mark.parametrize(
    ("rule", "read"),
    [
        ({"event": "Bought"}, EventCount(("Bought",), "at_least", 1)),
        ({"event": ["A", "B"], "at_most": 2}, EventCount(("A", "B"), "at_most", 2)),
        ({"event": "*", "within_the_last": "30 days"}, EventCount(("*",), "at_least", 1, Duration(days=30))),
    ],
)
def test_counts_of_events(rule, read):
    assert read_rule(rule) == read
    assert list(event_counts(read_rule({"any": ["Trial", {"all": [rule]}]}))) == [read]


def test_walking_through_a_rule():
    rule = read_rule(
        {"all": ["Trial", {"any": [{"column": "A", "is": "x"}, {"column": "B", "at_least": 1}]}]}
    )
    assert [c.column for c in comparisons(rule)] == ["A", "B"]
    assert list(segments_in(rule)) == ["Trial"]
    renamed = change_rule(
        rule, lambda c: Comparison(c.column * 2, c.operator, c.operand) if isinstance(c, Comparison) else c
    )
    assert [c.column for c in comparisons(renamed)] == ["AA", "BB"]


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        (
            '[{ column = "Visits", at_lest = 3 }]',
            "`at_lest` is not an operator of a rule; did you mean `at_least`?",
        ),
        (
            "[{ at_least = 3 }]",
            'a rule has no `column`; write it like { column = "Visits", at_least = 3 }',
        ),
        (
            '[{ column = "Visits" }]',
            "a rule on the column 'Visits' has no operator; it needs exactly one (put several rules into "
            "`all = […]`)",
        ),
        (
            '[{ column = "Visits", at_least = 3, at_most = 5 }]',
            "a rule on the column 'Visits' has `at_least` and `at_most`; it needs exactly one (put several "
            "rules into `all = […]`)",
        ),
        (
            '[{ column = "Visits", at_least = "many" }]',
            "`at_least` on the column 'Visits' compares with a number (3), not with 'many'",
        ),
        (
            '[{ column = "Seen", older_than = "long" }]',
            "`older_than` on the column 'Seen' compares with a length of time (\"24 months\"), not "
            "with 'long'",
        ),
        (
            '[{ column = "Seen", before = "tomorrow" }]',
            "`before` on the column 'Seen' compares with a date (2026-11-21), not with 'tomorrow'",
        ),
        (
            '[{ column = "Town", one_of = [] }]',
            '`one_of` on the column \'Town\' compares with a list of texts (["…", "…"]), not with []',
        ),
        (
            '[{ column = "Town", empty = "yes" }]',
            "`empty` on the column 'Town' compares with true or false, not with 'yes'",
        ),
        ("[{ all = [] }]", '`all` needs a list of rules: all = [{ column = "Visits", at_least = 3 }, …]'),
        (
            '[{ all = ["A"], any = ["B"] }]',
            "a rule has `all` and `any` side by side; nest one inside the other",
        ),
        (
            '[{ column = "A", company = "B", is = "x" }]',
            "a rule names a `column` and a column of the `company`; put several into `all = […]`",
        ),
        (
            "[{ event = 3 }]",
            '`event` names one event, or a list of events, not 3; write { event = "Opened a mail", '
            'at_least = 3, within_the_last = "30 days" }',
        ),
        (
            '[{ event = "Opened", at_lest = 3 }]',
            '`at_lest` is not a key of a rule on the event "Opened"; did you mean `at_least`?',
        ),
        (
            '[{ event = "Opened", at_least = 3, at_most = 5 }]',
            'a rule on the event "Opened" has `at_least` and `at_most`; it needs exactly one (put several '
            "rules into `all = […]`)",
        ),
        (
            '[{ event = "Opened", at_least = "often" }]',
            "`at_least` on the event \"Opened\" compares with a number (3), not with 'often'",
        ),
        (
            '[{ event = ["Opened", "Read"], within_the_last = "a while" }]',
            '`within_the_last` on the event ["Opened", "Read"] compares with a length of time ("30 days"), '
            "not with 'a while'",
        ),
        (
            "[3]",
            '3 is not a rule; write the name of a segment, or { column = "Visits", at_least = 3 }',
        ),
    ],
)
def test_errors_name_the_stage_and_the_rule(rule, message):
    with pytest.raises(JourneyError) as raised:
        parse_journey(STAGE + rule, "j.toml")
    assert (
        str(raised.value)
        == f"j.toml: `rules` of stage 1 ('Lead'): {message}{'' if message[-1] == '?' else '.'}"
    )


def test_segments_that_are_none_or_go_in_a_circle():
    with pytest.raises(JourneyError) as raised:
        parse_journey(STAGE + '["Trail"]\n[segment]\nTrial = { column = "A", is = "x" }', "j.toml")
    assert str(raised.value) == "j.toml: a rule names 'Trail', which is not a segment; did you mean 'Trial'?"
    with pytest.raises(JourneyError) as raised:
        parse_journey(STAGE + '["A"]\n[segment]\nA = "B"\nB = { any = ["A"] }', "j.toml")
    assert str(raised.value) == "j.toml: the segments 'A' → 'B' → 'A' depend on each other in a circle."
    with pytest.raises(JourneyError) as raised:
        parse_journey(STAGE + '["A"]\n[segment]\nA = { column = "A", at_least = true }', "j.toml")
    assert str(raised.value) == (
        "j.toml: `segment.A`: `at_least` on the column 'A' compares with a number (3), not with True."
    )
