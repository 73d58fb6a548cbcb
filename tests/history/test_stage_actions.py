"""Actions as the log keeps them: read back as they were, filled in with the client's words, never more."""

from hypothesis import given
from hypothesis import strategies as st

from funnel.history.stage_actions import actions_text, filled, read_actions
from funnel.journey.actions import Action

words = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=12)


@given(
    st.lists(
        st.builds(
            lambda kind, text: Action(**{kind: text}), st.sampled_from(["tag", "hand_off", "note"]), words
        )
    )
)
def test_what_is_written_is_what_is_read(actions):
    assert read_actions(actions_text(actions)) == actions


def test_a_note_of_several_lines_comes_back_so():
    note = Action(note="Hello {client},\n\nyour {coach} asks.")
    text = actions_text([note], {"client": "Ana", "coach": "Zoe"})
    assert text == "note: Hello Ana, ⏎  ⏎ your Zoe asks."
    assert read_actions(text) == [Action(note="Hello Ana,\n\nyour Zoe asks.")]


def test_what_a_person_wrote_there_is_left_out():
    assert read_actions("called her\ntag: VIP\ntag:\nnote:   ") == [Action(tag="VIP")]


def test_nothing_else_in_braces_means_anything():
    facts = {"client": "{coach}", "coach": "{client.__class__}"}
    assert filled("{client} {coach} {0} {client!r} {", facts) == "{coach} {client.__class__} {0} {client!r} {"
    assert filled("Dear {client}", None) == "Dear {client}"
