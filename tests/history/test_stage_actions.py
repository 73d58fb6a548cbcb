"""Actions in a log cell: parsed as written; placeholders filled in once."""

from hypothesis import given
from hypothesis import strategies as st

from funnel.history.stage_actions import actions_text, fill_placeholders, read_actions
from funnel.journey.actions import Action

words = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=12)


@given(
    st.lists(
        st.builds(
            lambda kind, text: Action(**{kind: text}), st.sampled_from(["tag", "hand_off", "note"]), words
        )
    )
)
def test_written_actions_are_parsed(actions):
    assert read_actions(actions_text(actions)) == actions


def test_note_of_several_lines():
    note = Action(note="Hello {client},\n\nyour {coach} asks.")
    text = actions_text([note], {"client": "Ana", "coach": "Zoe"})
    assert text == "note: Hello Ana, ⏎  ⏎ your Zoe asks."
    assert read_actions(text) == [Action(note="Hello Ana,\n\nyour Zoe asks.")]


def test_lines_written_by_a_person_are_skipped():
    assert read_actions("called her\ntag: VIP\ntag:\nnote:   ") == [Action(tag="VIP")]


def test_other_braces_are_kept():
    facts = {"client": "{coach}", "coach": "{client.__class__}"}
    assert (
        fill_placeholders("{client} {coach} {0} {client!r} {", facts)
        == "{coach} {client.__class__} {0} {client!r} {"
    )
    assert fill_placeholders("Dear {client}", None) == "Dear {client}"
