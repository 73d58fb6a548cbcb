"""The portfolio file: its paths, and its mistakes in whole sentences."""

from pathlib import Path

import pytest

from funnel.errors import JourneyError
from funnel.portfolios.declaration import parse_declaration, read_declaration

ONE = '[[business]]\nname = "Leeds"\nsheet = "leeds.xlsx"\n'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", 'p.toml: it names no [[business]] (with name = "…" and sheet = "…") and no [[source]].'),
        (ONE + ONE, "p.toml: two businesses are called 'Leeds'; give each its own name."),
        ('nmae = "x"\n' + ONE, "p.toml: the file has the unknown key 'nmae'; did you mean 'name'? Its keys "
         "are name, journey, steps, credentials, business and source."),
        (ONE + 'sheeet = "a"', "p.toml: [[business]] 'Leeds' has the unknown key 'sheeet'; did you mean "
         "'sheet'? Its keys are name, sheet, journey, tab and steps."),
        ('[[business]]\nname = "Leeds"\n', "p.toml: [[business]] 'Leeds': 'sheet' is missing."),
        ('[[business]]\nsheet = "a.xlsx"\n', "p.toml: [[business]] 'a.xlsx': 'name' is missing."),
        ('[[business]]\nname = ""\nsheet = "a"', "p.toml: [[business]] number 1: 'name' is empty."),
        ('[[source]]\nsheet = "lake"\n', "p.toml: [[source]] 'lake': 'by' is missing."),
        (ONE + "tab = 1", "p.toml: [[business]] 'Leeds': 'tab' must be a text between quotes."),
        (ONE + 'steps = "Met"', "p.toml: [[business]] 'Leeds': 'steps' must name own steps and shared ones, "
         'such as { "Met" = "Client meeting had" }.'),
        ("steps = [3]\n" + ONE, "p.toml: 'steps.0' must be a text between quotes."),
        ("name = 3\n" + ONE, "p.toml: 'name' must be a text between quotes."),
        ('[business]\nname = "Leeds"', "p.toml: 'business' must be a table in double brackets, such as "
         "[[business]], with name and sheet."),
        ('steps = ["Met"]\n' + ONE + 'steps = { Seen = "Mte" }', "p.toml: [[business]] 'Leeds' maps a step "
         "to 'Mte', which is not among the shared `steps`; did you mean 'Met'?"),
        ('journey = "gmy"\n' + ONE, "p.toml: there is no journey file or preset 'gmy'; did you mean 'gym'?"),
        (ONE + 'journey = "own.tml"', "p.toml: [[business]] 'Leeds': there is no journey file or preset "
         "'own.tml'; the presets are gym, lifecycle, marketing, sales and studio."),
        (ONE + '[[business]]\nname = "York"\nsheet = "./leeds.xlsx"', "p.toml: 'Leeds' and 'York' name the "
         "same sheet, leeds.xlsx. Delete one, or give each its own `tab`."),
        ('[[business]]\nname = "Leeds"\nsheet = "D:\\gyms"', "p.toml is not valid TOML: Unescaped '\\' in a "
         "string (at line 3, column 14). Write a path with / or between single quotes."),
    ],
)  # fmt: skip
def test_a_mistake_is_a_sentence(text: str, message: str) -> None:
    with pytest.raises(JourneyError) as error:
        parse_declaration(text, Path("p.toml"))
    assert str(error.value) == message


def test_the_same_google_sheet_twice() -> None:
    sheet = "https://docs.google.com/spreadsheets/d/1AbC-9/edit"
    text = ONE.replace("leeds.xlsx", sheet) + ONE.replace("Leeds", "York").replace(
        "leeds.xlsx", "docs.google.com/spreadsheets/d/1AbC-9/edit?usp=sharing#gid=7"
    )
    with pytest.raises(JourneyError, match="'Leeds' and 'York' name the same sheet"):
        parse_declaration(text, Path("p.toml"))
    assert parse_declaration(text + 'tab = "2025"', Path("p.toml")).business[0].sheet == sheet


def test_no_toml() -> None:
    with pytest.raises(JourneyError, match=r"^p\.toml is not valid TOML: "):
        parse_declaration("name = ", Path("p.toml"))


def test_a_missing_file(tmp_path: Path) -> None:
    def message() -> str:
        with pytest.raises(JourneyError) as error:
            read_declaration(tmp_path / "gym.toml")
        return str(error.value).replace(str(tmp_path), "HERE")

    assert message() == "There is no portfolio file 'HERE/gym.toml'; docs/head-office.md shows one."
    (tmp_path / "other places.toml").touch()
    assert message() == (
        "There is no portfolio file 'HERE/gym.toml'; docs/head-office.md shows one. The folder has "
        "'other places.toml'."
    )
    (tmp_path / "gyms.toml").touch()
    assert message() == "There is no portfolio file 'HERE/gym.toml'; did you mean 'HERE/gyms.toml'?"


def test_paths_are_beside_the_file_and_addresses_stay(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text("", "utf-8")
    text = ONE + 'journey = "own.toml"\n[[source]]\nsheet = "duckdb:///hq.db"\nby = "gym"\n'
    found = parse_declaration(text, tmp_path / "p.toml")
    assert found.business[0].sheet == str(tmp_path / "leeds.xlsx")
    assert found.business[0].journey == str(tmp_path / "own.toml")
    assert found.source[0].sheet == "duckdb:///hq.db"
