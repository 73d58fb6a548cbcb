from hypothesis import given
from hypothesis import strategies as st

from funnel.clients.reading import Question, Reading, Unused
from funnel.journey import ROLES, Column, FollowUp, Journey, Step, parse_journey, preset
from funnel.reading.journey_file import write_toml
from funnel.text import fold

names = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12).filter(
    lambda name: name not in ROLES and name != "row"
)
rates = st.none() | st.floats(0, 1)
words = st.lists(names, max_size=3).map(tuple)


@st.composite
def journeys(draw):
    headers = draw(st.lists(names, min_size=1, max_size=6, unique_by=lambda name: fold(name) or name))
    roles = draw(st.lists(st.sampled_from(ROLES), max_size=len(headers) - 1, unique=True))
    columns = {}
    for role, header in zip(roles, headers, strict=False):
        columns[role] = draw(
            st.sampled_from([Column(headers=(header, header + " 2")), Column(join=(header, "x"))])
        )
    steps = [
        Step(
            name=name, aliases=draw(words), marks=draw(words), target=draw(rates),
            win_probability=draw(rates),
            optional=draw(st.booleans()), advice=draw(st.none() | names),
            due=draw(st.sampled_from([None, "7 days"])),
            **draw(st.sampled_from([{}, {"months": n}, {"after": f"{n} weeks"}])),
        )
        for n, name in enumerate(headers[len(roles) :], start=2)
    ]  # fmt: skip
    if draw(st.booleans()) and steps[0].kind == "step":
        steps[0] = steps[0].model_copy(update={"paid": True})
    return Journey(
        name=draw(names), period=draw(st.sampled_from(["90 days", "6 weeks"])),
        columns=columns, steps=tuple(steps),
        ignore=draw(words), totals=draw(st.sampled_from(["top", "bottom"])),
        highlight=draw(st.sampled_from(["rule", "fill", "none"])),
        red=draw(st.sampled_from(["left", "ignore"])), win_probability=draw(rates),
        follow_ups=tuple(
            FollowUp(name=name, after="3 days", step=headers[len(roles) :][:n], ask=draw(st.just("") | names))
            for n, name in enumerate(draw(st.lists(names, max_size=3, unique=True)))
        ),
    )  # fmt: skip


@given(journeys(), names, names)
def test_what_is_written_reads_back_as_the_same_journey(journey, header, why):
    reading = Reading("Leads", 1, "marks", "guess", not_used=(Unused(3, header, why),))
    asked = [Question("C", why, (why, header), header)]
    assert parse_journey(write_toml(journey, reading, asked)) == journey


def test_the_preset_reads_back():
    assert parse_journey(write_toml(preset("gym"))) == preset("gym")


def test_doubtful_columns_and_guesses_are_comments_ready_to_be_used():
    journey = Journey(steps=(Step(name="Paid", paid=True),))
    unused = Unused(4, "Has insurance?", "a yes/no question")
    asked = [Question.of("L", "Is 'Gone' when they left?", {"left_date": "Yes.", "ignore": "No."})]
    text = write_toml(journey, Reading("Leads", 1, "marks", "guess", not_used=(unused,)), asked)
    assert (
        "# Not sure (L): Is 'Gone' when they left?\n"
        "#   L=left_date: Yes. (read so until it is answered)\n"
        "#   L=ignore: No.\n" in text
    )
    assert text.endswith('#\n# Column D: a yes/no question.\n# [[step]]\n# name = "Has insurance?"\n')
    used = text.replace('# [[step]]\n# name = "Has', '[[step]]\nname = "Has')
    assert [step.name for step in parse_journey(used).steps] == ["Paid", "Has insurance?"]
