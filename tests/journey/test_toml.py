import pytest

from funnel.errors import JourneyError
from funnel.journey import Column, FollowUp, Step, parse_journey, preset, presets, read_journey

WHOLE = """
name = "Gym"
period = "60 days"
highlight = "fill"
totals = "top"
red = "ignore"
ignore = ["Newsletter"]
win_probability = 0.1
[columns]
client = { join = ["First name", "Last name"] }
lead_date = "Date of lead"
coach = ["Coach", "Trainer"]
[[step]]
name = "Contacted"
target = 1.0
due = "7 days"
[[step]]
name = "Paid"
column = "First paid session"
aliases = ["Purchase"]
marks = ["done"]
paid = true
win_probability = 0.4
[[step]]
name = "6 weeks"
after = "6 weeks"
optional = true
[[follow_up]]
name = "First contact"
after = "1 day"
step = "Contacted"
ask = "Has anybody called?"
[[follow_up]]
name = "Touch-base"
after = "2 weeks"
since = "Paid"
[advice]
Paid = "Ask for it."
"""


def test_a_whole_file():
    journey = parse_journey(WHOLE)
    assert (journey.name, journey.period, journey.highlight, journey.totals) == (
        "Gym",
        "60 days",
        "fill",
        "top",
    )
    assert (journey.red, journey.green, journey.ignore) == ("ignore", "paid", ("Newsletter",))
    assert journey.columns["client"] == Column(join=("First name", "Last name"))
    assert journey.columns["coach"].headers == ("Coach", "Trainer")
    assert journey.step("Paid") == Step(
        name="Paid", column="First paid session", aliases="Purchase", marks="done", paid=True,
        win_probability=0.4,
        advice="Ask for it.",
    )  # fmt: skip
    assert journey.step("Contacted").target == 1.0
    assert [step.name for step in journey.retention] == ["6 weeks"]
    assert journey.win_probability == 0.1
    assert journey.follow_ups == (
        FollowUp(name="First contact", after="1 day", step="Contacted", ask="Has anybody called?"),
        FollowUp(name="Touch-base", after="2 weeks", since="Paid"),
    )


STEP = '[[step]]\nname = "A"\n'
ITEM = '[[follow_up]]\nname = "Call"\nafter = "1 day"\n'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", 'j.toml has no steps. Add each as a line [[step]] with `name = "…"` below it.'),
        ('[step]\nname = "A"', "j.toml: every step begins with its own line [[step]], in double brackets."),
        (
            STEP + "paied = true",
            "j.toml: the key `paied` in step 1 ('A') is not known. Did you mean 'paid'? Known here: name, "
            "column, "
            "aliases, paid, months, after, due, target, optional, marks, win_probability and advice.",
        ),
        (
            'peroid = "3 months"\n' + STEP,
            "j.toml: the key `peroid` is not known. Did you mean 'period'? Known here: name, period, "
            "currency, timezone, columns, step, "
            "ignore, totals, highlight, red, green, win_probability, follow_up, stage, segment, "
            "stage_cells, reassign, events, company, unanswered and 4 more.",
        ),
        (
            '[columns]\nclint = "Name"\n' + STEP,
            "j.toml: the key `clint` in [columns] is not known. Did you mean 'client'? Known here: client, "
            "lead_date, source, heard, coach, left_reason, left_date, close_date, value, id, email, company, "
            "stage, lifetime_value, value_30_days, order_value and last_sale.",
        ),
        (
            '[columns]\nclient = { jion = ["a"] }\n' + STEP,
            "j.toml: the key `jion` in `columns.client` is not known. Did you mean 'join'? "
            "Known here: headers and join.",
        ),
        (
            STEP + 'months = "three"',
            "j.toml: `months` of step 1 ('A') should be a whole number, not 'three'.",
        ),
        (STEP + "months = 0", "j.toml: `months` of step 1 ('A') should be above 0, not 0."),
        (STEP + 'paid = "perhaps"', "j.toml: `paid` of step 1 ('A') should be true or false, not 'perhaps'."),
        (STEP + "target = 3", "j.toml: `target` of step 1 ('A') should be 1 or less, not 3."),
        (STEP + "advice = 3", "j.toml: `advice` of step 1 ('A') should be text in quotes (\"…\"), not 3."),
        (
            STEP + 'due = "soon"',
            "j.toml: `due` of step 1 ('A'): 'soon' is not a length of time; "
            'write it like "90 days", "6 weeks" or "3 months".',
        ),
        (STEP + 'months = 1\nafter = "6 weeks"', "j.toml: step 'A' has both `months` and `after`; keep one."),
        (
            STEP + "months = 1\npaid = true",
            "j.toml: step 'A' is the paid step and a retention step; it can be one of them.",
        ),
        ("[[step]]\npaid = true", "j.toml: `name` of step 1 is missing."),
        ('[[step]]\nname = ""', "j.toml: `name` of step 1 ('') should be a name, not ''."),
        (
            STEP + 'paid = true\n[[step]]\nname = "B"\npaid = true',
            "j.toml: 'A' and 'B' are both `paid = true`; only one step can be.",
        ),
        (STEP + STEP, "j.toml: step 1 ('A') and step 2 ('A') both have the column 'A'; keep one."),
        (
            '[columns]\nclient = "Name"\ncoach = ["NAME", "Coach"]\n' + STEP,
            "j.toml: `columns.client` and `columns.coach` both have the column 'NAME'; keep one.",
        ),
        (
            'highlight = "rul"\n' + STEP,
            "j.toml: `highlight` should be 'rule', 'fill' or 'none', not 'rul'. Did you mean 'rule'?",
        ),
        (
            "[columns]\nclient = 3\n" + STEP,
            'j.toml: `columns.client` should be text in quotes, or a list of such (["…", "…"]), not 3.',
        ),
        (
            "columns = 3\n" + STEP,
            "j.toml: [columns] should be a table: the line [columns], and keys below it.",
        ),
        (
            STEP + '[follow_up]\nname = "Call"',
            "j.toml: every follow-up begins with its own line [[follow_up]], in double brackets.",
        ),
        (
            STEP + ITEM + 'aks = "x"',
            "j.toml: the key `aks` in follow-up 1 ('Call') is not known. Did you mean 'ask'? Known here: "
            "name, after, since, step and ask.",
        ),
        (STEP + '[[follow_up]]\nname = "Call"', "j.toml: `after` of follow-up 1 ('Call') is missing."),
        (
            STEP + ITEM.replace("1 day", "soon"),
            "j.toml: `after` of follow-up 1 ('Call'): 'soon' is not a length of time; "
            'write it like "90 days", "6 weeks" or "3 months".',
        ),
        (
            STEP.replace("A", "Contacted") + ITEM + 'step = "Contactd"',
            "j.toml: `step` of the follow-up 'Call' names 'Contactd', which is not a step; did you mean "
            "'Contacted'?",
        ),
        (
            STEP + ITEM + 'since = "Zebra"',
            "j.toml: `since` of the follow-up 'Call' names 'Zebra', which is not a step.",
        ),
        (
            STEP + ITEM + 'since = "A"\nstep = "A"',
            "j.toml: the follow-up 'Call' starts at 'A' and is closed by the same step; change one of them.",
        ),
        (
            STEP + ITEM + ITEM,
            "j.toml: two follow-ups are called 'Call'; every follow-up needs its own name.",
        ),
        ("win_probability = 2\n" + STEP, "j.toml: `win_probability` should be 1 or less, not 2."),
        (STEP + '[advice]\nB = "x"', "j.toml: [advice] names 'B', which is not a step."),
        (
            STEP + "months = ",
            "j.toml ends too early: Invalid value. Close the open quote or bracket.",
        ),
        (
            'name = "Gym\n' + STEP,
            "j.toml, line 1: illegal character '\\n'. The line reads: name = \"Gym (A quote is not closed.)",
        ),
        (
            STEP + "paid = yes",
            "j.toml, line 3: invalid value. The line reads: paid = yes (Write paid = true, or remove "
            "the line.)",
        ),
        (
            "name = My gym\n" + STEP,
            "j.toml, line 1: invalid value. The line reads: name = My gym (Text needs straight quotes: "
            'name = "My gym".)',
        ),
        (
            "name = “My gym”\n" + STEP,
            "j.toml, line 1: invalid value. The line reads: name = “My gym” (Quotes have to be straight: "
            '"…". Word processors change them; use a plain text editor.)',
        ),
        (
            '[step]\nname = "A"\n[step]\nname = "B"',
            "j.toml, line 3: the same key or table occurs twice. The line reads: [step] (Every step "
            "begins with a line [[step]], in double brackets; [columns] occurs only once.)",
        ),
        (
            'name = "A"\nname = "B"\n' + STEP,
            'j.toml, line 2: the same key or table occurs twice. The line reads: name = "B"',
        ),
    ],
)
def test_errors_name_file_key_and_what_was_meant(text, message):
    with pytest.raises(JourneyError) as raised:
        parse_journey(text, "j.toml")
    assert str(raised.value) == message


def test_a_missing_file_names_the_nearest_and_the_command_that_writes_one(tmp_path):
    (tmp_path / "journey.toml").write_text(STEP)
    path = tmp_path / "jurney.toml"
    with pytest.raises(JourneyError) as raised:
        read_journey(path)
    assert str(raised.value) == (
        f"There is no journey file {path}. Did you mean 'journey.toml'? "
        "`funnel init SHEET` writes one from the sheet's headers."
    )


def test_a_file_is_read_with_or_without_its_mark_of_utf_8(tmp_path):
    path = tmp_path / "j.toml"
    path.write_bytes(b"\xef\xbb\xbf" + '[[step]]\nname = "Payé"'.encode())
    assert read_journey(path).steps[0].name == "Payé"
    path.write_bytes('[[step]]\nname = "Payé"'.encode("latin-1"))
    with pytest.raises(JourneyError) as raised:
        read_journey(str(path))
    assert str(raised.value) == "j.toml is not a text file in UTF-8. Save it again as UTF-8."
    with pytest.raises(JourneyError) as raised:
        read_journey(tmp_path)
    assert str(raised.value) == f"{tmp_path} is not a file. Name a journey file (.toml)."
    path.write_bytes(b" " * ((1 << 20) + 1))
    with pytest.raises(JourneyError) as raised:
        read_journey(path)
    assert str(raised.value) == f"{path} is larger than 1,024 KB, so it is not a journey file."


@pytest.mark.parametrize("text", [f"a = {'9' * 5000}", f"a = {'[' * 5000}"])
def test_numbers_and_lists_without_end(text):
    with pytest.raises(JourneyError) as raised:
        parse_journey(text, "j.toml")
    assert str(raised.value) == (
        "j.toml contains a number of thousands of digits, or hundreds of nested lists. Correct that."
    )


def test_the_preset_is_the_gyms_sheet():
    gym = preset("gym")
    assert presets() == ("gym", "lifecycle", "marketing", "sales", "studio")
    assert [step.name for step in gym.steps] == [
        "Client contacted", "Client meeting booked", "Client meeting had", "Referred to coach",
        "Coach complimentary session done", "First paid session", "One month post-lead",
        "Two months post-lead",
        "Three months post-lead", "Six months post-lead", "12 months post-lead",
    ]  # fmt: skip
    assert [step.months for step in gym.retention] == [1, 2, 3, 6, 12]
    assert gym.paid == gym.step("First paid session")
    assert gym.step("Client contacted").target == 1.0
    assert all(step.advice for step in gym.steps)
    assert all(len(step.headers) >= 6 for step in gym.steps)


def test_a_preset_that_is_none():
    with pytest.raises(JourneyError) as raised:
        preset("gim")
    assert str(raised.value) == "There is no preset 'gim'. Did you mean 'gym'?"


def test_the_gyms_workflow_has_ten_items_over_twelve_months_and_reaches_every_step():
    gym = preset("gym")
    assert [(item.name, item.after) for item in gym.follow_ups] == [
        ("First contact", "1 day"), ("Meeting and referral", "7 days"),
        ("Complimentary and first paid session", "3 weeks"), ("One month", "1 month"),
        ("Two months", "2 months"), ("Three months", "3 months"),
        ("Touch-base in the fifth month", "20 weeks"), ("Six months", "6 months"),
        ("Touch-base in the tenth month", "9 months"), ("Twelve months", "12 months"),
    ]  # fmt: skip
    assert [name for item in gym.follow_ups for name in item.step] == [step.name for step in gym.steps]
    assert [item.name for item in gym.follow_ups if not item.step] == [
        "Touch-base in the fifth month", "Touch-base in the tenth month",
    ]  # fmt: skip
    assert all(item.ask for item in gym.follow_ups)
