"""The portfolio file: its paths, and its mistakes in whole sentences."""

from pathlib import Path

import pytest

from funnel.errors import JourneyError
from funnel.portfolios.declaration import parse_declaration, read_declaration

ONE = '[[business]]\nname = "Leeds"\nsheet = "leeds.xlsx"\n'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "p.toml: it names no [[business]] and no [[source]]."),
        (ONE + ONE, "p.toml: there are two businesses called 'Leeds'."),
        ('nmae = "x"\n' + ONE, "p.toml: the file has the unknown key 'nmae'; did you mean 'name'? Its keys "
         "are name, journey, steps, business and source."),
        (ONE + 'sheeet = "a"', "p.toml: [[business]] has the unknown key 'sheeet'; did you mean 'sheet'? Its "
         "keys are name, sheet, journey, tab and steps."),
        ('[[business]]\nname = "Leeds"\n', "p.toml: business.0.sheet: Field required."),
    ],
)  # fmt: skip
def test_a_mistake_is_a_sentence(text: str, message: str) -> None:
    with pytest.raises(JourneyError) as error:
        parse_declaration(text, Path("p.toml"))
    assert str(error.value) == message


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
