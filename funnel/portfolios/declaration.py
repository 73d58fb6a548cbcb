"""The portfolio file: the businesses and their sheets."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError, model_validator

from funnel.errors import FunnelError, JourneyError
from funnel.journey import presets
from funnel.journey.base import Frozen, Names
from funnel.journey.toml import parse_toml, read_toml_text
from funnel.sheets.adapters import adapter_of, is_url
from funnel.text import fold, home_path, listed, nearest


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
    steps : the shared steps, in order; by default all that at least two businesses have.
    credentials : the key file for Google Sheets; by default GOOGLE_APPLICATION_CREDENTIALS or the sign-in.
    business : the businesses. source : tables with many of them.
    """

    name: str = "Portfolio"
    journey: str | None = None
    steps: Names = ()
    credentials: str | None = None
    business: tuple[Business, ...] = ()
    source: tuple[Source, ...] = ()

    @model_validator(mode="after")
    def _named_once(self) -> Declaration:
        names = [each.name for each in self.business]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"two businesses are called {listed(map(repr, twice))}; give each its own name")
        if not names and not self.source:
            raise ValueError('it names no [[business]] (with name = "…" and sheet = "…") and no [[source]]')
        for each in self.business:
            for name in each.steps.values():
                if self.steps and fold(name) not in map(fold, self.steps):
                    near = nearest(name, self.steps)
                    meant = f"did you mean {near!r}?" if near else f"they are {listed(map(repr, self.steps))}"
                    raise ValueError(
                        f"[[business]] {each.name!r} maps a step to {name!r}, which is not among the shared "
                        f"`steps`; {meant}"
                    )
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
        hint = " Write a path with / or between single quotes." if "Unescaped" in str(error) else ""
        raise JourneyError(f"{path.name} is not valid TOML: {str(error)[:200]}.{hint}") from None
    _check_keys(data, path)
    try:
        found = Declaration.model_validate(data)
    except ValidationError as error:
        raise JourneyError(f"{path.name}: {_explain(error.errors()[0], data)}") from None
    found = found.model_copy(update={
        "journey": _journey(found.journey, path.parent, path.name),
        "credentials": _credentials(found.credentials, path),
        "business": tuple(each.model_copy(update=_beside(each, path)) for each in found.business),
        "source": tuple(each.model_copy(update=_beside(each, path)) for each in found.source),
    })  # fmt: skip
    _check_sheets(found, path)
    return found


_WANTED = {
    "missing": "is missing",
    "string_type": "must be a text between quotes",
    "string_too_short": "is empty",
    "dict_type": 'must name own steps and shared ones, such as { "Met" = "Client meeting had" }',
    "tuple_type": "must be a list",
    "model_type": "must be a table in double brackets, such as [[business]], with name and sheet",
}
"""Kind of error of pydantic -> what is wrong with the key."""


def _explain(error: Any, data: Mapping[str, Any]) -> str:
    """Return a sentence on the first error of a portfolio file."""
    place, message = list(error["loc"]), str(error["msg"]).removeprefix("Value error, ").rstrip(".?")
    if not place:
        return message + ("?" if error["msg"].endswith("?") else ".")
    where = ""
    if place[0] in ("business", "source") and len(place) > 1:
        table = data[str(place[0])][place[1]]
        named = _named(table) or f"number {place[1] + 1}"
        where, place = f"[[{place[0]}]] {named}: ", place[2:] or [str(place[0])]
    key = ".".join(map(str, place))
    kind = "model_type" if key in ("business", "source") else error["type"]
    return f"{where}{key!r} {_WANTED.get(kind, f'is wrong: {message}')}."


def _named(table: Any) -> str:
    """Return the name of a business or source in quotes, or else its sheet; "" if it has neither."""
    name = table.get("name", table.get("sheet")) if isinstance(table, dict) else None
    return repr(name) if isinstance(name, str) and name else ""


def _check_sheets(found: Declaration, path: Path) -> None:
    """Refuse a sheet that is listed twice: it would count twice among the others."""
    seen: dict[tuple[str, str], str] = {}
    for each in found.business:
        try:
            sheet = adapter_of(each.sheet).identity(each.sheet).key
        except (FunnelError, OSError, ValueError, RuntimeError):  # the reason for leaving it out, later
            continue
        first = seen.setdefault((sheet, each.tab or ""), each.name)
        if first != each.name:
            raise JourneyError(
                f"{path.name}: {first!r} and {each.name!r} name the same sheet, {each.sheet}. Delete one, or "
                "give each its own `tab`."
            )


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
                where = f"[[{name}]] {_named(table)}".rstrip() if name else "the file"
                meant = f"; did you mean {near!r}?" if near else "."
                raise JourneyError(
                    f"{path.name}: {where} has the unknown key {key!r}{meant} Its keys are {listed(known)}."
                )


def _credentials(named: str | None, path: Path) -> str | None:
    """Return the path of the key file; a key itself is never in a message.

    Raises
    ------
    JourneyError : it is not a file.
    """
    if named is None:
        return None
    if "{" in named or "-----" in named:
        raise JourneyError(
            f"{path.name}: 'credentials' must be the path of the key file, not the key. Delete the key from "
            f"{path.name}."
        )
    file = path.parent / home_path(named)
    if not file.is_file():
        raise JourneyError(
            f"{path.name}: 'credentials' names {named!r}, but there is no such file. Check the path."
        )
    return str(file)


def _beside(each: Business | Source, path: Path) -> dict[str, str | None]:
    """Return the sheet and the journey file with their paths, relative to the portfolio file."""
    name = each.name if isinstance(each, Business) else each.sheet
    where = f"{path.name}: [[{type(each).__name__.lower()}]] {name!r}"
    sheet = each.sheet if is_url(each.sheet) else str(path.parent / home_path(each.sheet))
    return {"sheet": sheet, "journey": _journey(each.journey, path.parent, where)}


def _journey(journey: str | None, folder: Path, where: str) -> str | None:
    """Return a journey file with its path, or the name of a preset.

    Raises
    ------
    JourneyError : there is no such file or preset.
    """
    if journey is None or (beside := folder / home_path(journey)).is_file():
        return None if journey is None else str(beside)
    if journey in presets():
        return journey
    files = sorted(file.name for file in folder.glob("*.toml"))
    near = nearest(journey, [*presets(), *files])
    meant = f"did you mean {near!r}?" if near else f"the presets are {listed(presets())}."
    raise JourneyError(f"{where}: there is no journey file or preset {journey!r}; {meant}")
