"""The portfolio file: the businesses and their sheets."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError, model_validator

from funnel.errors import JourneyError
from funnel.journey.base import Frozen, Names
from funnel.journey.toml import parse_toml, read_toml_text
from funnel.sheets.adapters import is_url
from funnel.text import home_path, listed, nearest


class Business(Frozen):
    """A business and its sheet.

    Parameters
    ----------
    name : its name.
    sheet : a path (relative to the portfolio file) or an address.
    journey, tab : as for `funnel.load`; by default the portfolio's journey, else a reading of the sheet.
    steps : names of its own steps -> names of the shared steps.
    """

    name: str = Field(min_length=1)
    sheet: str = Field(min_length=1)
    journey: str | None = None
    tab: str | None = None
    steps: dict[str, str] = Field(default_factory=dict)


class Source(Frozen):
    """A table with many businesses.

    Parameters
    ----------
    sheet : a Parquet file or folder, or an address of DuckDB or Spark; a workbook works too.
    by : the column with the name of the business.
    journey : as for `funnel.load`.
    """

    sheet: str = Field(min_length=1)
    by: str = Field(min_length=1)
    journey: str | None = None


class Declaration(Frozen):
    """The content of a portfolio file.

    Parameters
    ----------
    name : the title of the review.
    journey : the journey of each business that names none.
    steps : the shared steps, in order; by default those of the first business.
    business : the businesses. source : tables with many of them.
    """

    name: str = "Portfolio"
    journey: str | None = None
    steps: Names = ()
    business: tuple[Business, ...] = ()
    source: tuple[Source, ...] = ()

    @model_validator(mode="after")
    def _named_once(self) -> Declaration:
        names = [each.name for each in self.business]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"there are two businesses called {listed(map(repr, twice))}")
        if not names and not self.source:
            raise ValueError("it names no [[business]] and no [[source]]")
        return self


_KEYS = {
    name: tuple(model.model_fields)
    for name, model in (("", Declaration), ("business", Business), ("source", Source))
}


def read_declaration(path: str | Path) -> Declaration:
    """Read a portfolio file; paths in it become relative to the working folder.

    Raises
    ------
    JourneyError : the file is missing or wrong; the message names the key.
    """
    path = Path(path)
    other = JourneyError(
        f"{path.name} is not a portfolio file. A portfolio file is UTF-8 text that names each business and "
        "its sheet; see docs/head-office.md."
    )
    if path.suffix.lower() in (".csv", ".tsv"):
        raise other
    try:
        text = read_toml_text(path, "portfolio file")
    except UnicodeDecodeError:
        raise other from None
    except FileNotFoundError:
        names = {each.stem: each.name for each in sorted(path.parent.glob("*.toml"))}
        near = nearest(path.stem, list(names))
        meant = (
            f"did you mean {str(path.parent / names[near])!r}?" if near else "docs/head-office.md shows one."
        )
        there = f" The folder has {listed(map(repr, names.values()))}." if names and not near else ""
        raise JourneyError(f"There is no portfolio file {str(path)!r}; {meant}{there}") from None
    return parse_declaration(text, path)


def parse_declaration(text: str, path: Path) -> Declaration:
    """Parse the text of a portfolio file.

    Raises
    ------
    JourneyError : it is not TOML, or a key is unknown or wrong.

    >>> text = '[[business]]\\nname = "Leeds"\\nsheet = "leeds.xlsx"'
    >>> parse_declaration(text, Path("gyms/portfolio.toml")).business[0].sheet
    'gyms/leeds.xlsx'
    """
    try:
        data = parse_toml(text)
    except (ValueError, RecursionError) as error:
        raise JourneyError(f"{path.name} is not valid TOML: {str(error)[:200]}.") from None
    _check_keys(data, path)
    try:
        found = Declaration.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        message = str(first["msg"]).removeprefix("Value error, ")
        raise JourneyError(f"{path.name}: {f'{place}: ' if place else ''}{message}.") from None
    return found.model_copy(update={
        "business": tuple(each.model_copy(update=_beside(each, path.parent)) for each in found.business),
        "source": tuple(each.model_copy(update=_beside(each, path.parent)) for each in found.source),
    })  # fmt: skip


def _check_keys(data: dict[str, Any], path: Path) -> None:
    """Refuse an unknown key; the error names the nearest one."""
    tables = [("", data)]
    for name in ("business", "source"):
        rows = data.get(name, [])
        tables += [(name, row) for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    for name, table in tables:
        known = _KEYS[name]
        for key in table:
            if key not in known:
                near = nearest(key, known)
                where = f"[[{name}]]" if name else "the file"
                meant = f"; did you mean {near!r}?" if near else "."
                raise JourneyError(
                    f"{path.name}: {where} has the unknown key {key!r}{meant} Its keys are {listed(known)}."
                )


def _beside(each: Business | Source, folder: Path) -> dict[str, str]:
    """Return the sheet and the journey file with their paths, relative to the portfolio file."""
    found = {}
    if not is_url(each.sheet):
        found["sheet"] = str(folder / home_path(each.sheet))
    if each.journey is not None and (folder / each.journey).is_file():
        found["journey"] = str(folder / each.journey)
    return found
