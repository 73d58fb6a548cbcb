"""Journey files: TOML, with errors that name the file, the key and the nearest match.

The keys: docs/definitions.md#journey-file.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from funnel.errors import JourneyError
from funnel.journey.business import Business, Note
from funnel.journey.company import Company
from funnel.journey.events import EVENT_ROLES, Advance, Events
from funnel.journey.model import ROLES, FollowUp, Journey, Step
from funnel.journey.stages import Stage
from funnel.text import fold, listed, nearest

_LONGEST_LINE = 200  # letters of a line that a message quotes
LONGEST_FILE = 1 << 20
_LONG_KEY = re.compile(r"""(?<![\w-])(?:(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+){100}""")
_STEP_KEYS = tuple(Step.model_fields)
_FOLLOW_UP_KEYS = tuple(FollowUp.model_fields)
_COLUMN_KEYS = ("headers", "join")
_STAGE_KEYS = tuple(Stage.model_fields)
_COMPANY_KEYS = tuple(Company.model_fields)
_BUSINESS_KEYS = tuple(Business.model_fields)
_NOTE_KEYS = tuple(Note.model_fields)
_EVENTS_KEYS = tuple(Events.model_fields)
_ADVANCE_KEYS = tuple(Advance.model_fields)
_TABLES = {
    "steps": "step",
    "follow_ups": "follow_up",
    "stages": "stage",
    "notes": "note",
}  # fields that are [[tables]] in a file
_RENAMED = {**_TABLES, "segments": "segment"}
_KEYS = (*(_RENAMED.get(field, field) for field in Journey.model_fields if field != "within"), "advice")


def read_journey(path: str | Path) -> Journey:
    """Read a journey file.

    Raises
    ------
    JourneyError : the file is missing, unreadable or wrong.
    """
    path = Path(path)
    try:
        text = read_toml_text(path, "journey file")
    except FileNotFoundError:
        raise JourneyError(_no_such_file(path)) from None
    except UnicodeDecodeError:
        raise JourneyError(f"{path.name} is not a text file in UTF-8. Save it again as UTF-8.") from None
    journey = parse_journey(text, path.name)
    if journey.business.logo is None:
        return journey
    beside = str(path.parent / journey.business.logo)
    return journey.model_copy(update={"business": journey.business.model_copy(update={"logo": beside})})


def read_toml_text(path: Path, what: str) -> str:
    """Read the text of a TOML file; a pipe, a device, a folder or a file of megabytes is not opened.

    Parameters
    ----------
    what : what the file should be, for the message: "journey file".

    Raises
    ------
    JourneyError : it is no such file, or cannot be read.
    FileNotFoundError, UnicodeDecodeError : for the caller to explain.
    """
    try:
        if path.exists() and not path.is_file():
            raise JourneyError(f"{path} is not a file. Name a {what} (.toml).")
        if path.is_file() and path.stat().st_size > LONGEST_FILE:
            raise JourneyError(f"{path} is larger than {LONGEST_FILE >> 10:,} KB, so it is not a {what}.")
        if path.is_file() and not path.stat().st_size:  # or a file of the system, which may never end
            return ""
        return path.read_text(encoding="utf-8-sig")
    except (FileNotFoundError, UnicodeDecodeError):
        raise
    except ValueError as error:  # a NUL in the name
        raise JourneyError(f"{str(path)!r} is not a valid path ({error}).") from None
    except OSError as error:
        raise JourneyError(f"{path} could not be read: {error.strerror}. Check the path.") from None


def parse_toml(text: str) -> dict[str, Any]:
    """Parse TOML; a key of a hundred parts, which the parser takes minutes for, is an error of syntax.

    >>> parse_toml("a.b = 1")
    {'a': {'b': 1}}
    >>> parse_toml("a." * 200 + "b = 1")
    Traceback (most recent call last):
    ...
    ValueError: a key has more than 100 parts
    """
    if _LONG_KEY.search(text):
        raise ValueError("a key has more than 100 parts")
    return tomllib.loads(text)


def parse_journey(text: str, name: str = "journey.toml") -> Journey:
    """Parse the text of a journey file; `name` is the name of the file in error messages.

    Raises
    ------
    JourneyError : names the file, the key and the nearest match.

    >>> parse_journey('''
    ... [columns]
    ... client = "Client name"
    ... [[step]]
    ... name = "First paid session"
    ... paid = true
    ... ''')
    Journey 'Journey': 1 steps, paid at 'First paid session'
    """
    try:
        data = parse_toml(text.removeprefix("\ufeff"))
    except tomllib.TOMLDecodeError as error:
        raise JourneyError(_syntax(text, name, error)) from None
    except (ValueError, RecursionError):
        raise JourneyError(
            f"{name} contains a number of thousands of digits, or hundreds of nested lists. Correct that."
        ) from None
    _check_keys(data, name)
    _check_once(data, name)
    try:
        return Journey.model_validate(_as_model(data, name))
    except ValidationError as error:
        raise JourneyError(_error_message(error, data, name)) from None


def presets() -> tuple[str, ...]:
    """List the names of the presets, the journeys installed with funnel.

    >>> "gym" in presets()
    True
    """
    folder = resources.files("funnel.journey") / "presets"
    return tuple(sorted(entry.name.removesuffix(".toml") for entry in folder.iterdir()
                        if entry.name.endswith(".toml")))  # fmt: skip


def preset_text(name: str) -> str:
    """Return the journey file of a preset, with its comments.

    Raises
    ------
    JourneyError : there is no preset with this name.

    >>> preset_text("gym").splitlines()[0]
    "# A gym's client sheet: one row for each lead, a 1 in the cell when the client gets there."
    """
    if name not in presets():
        raise JourneyError(f"There is no preset {name!r}{_meant(name, presets())}")
    return (resources.files("funnel.journey") / "presets" / f"{name}.toml").read_text(encoding="utf-8")


@cache
def preset(name: str) -> Journey:
    """Return the journey of a preset.

    Raises
    ------
    JourneyError : there is no preset with this name.

    >>> preset("gym").paid.name
    'First paid session'
    """
    return parse_journey(preset_text(name), f"preset {name}")


# --- the keys of a file ----------------------------------------------------------------------------------


def _check_keys(data: Mapping[str, Any], name: str) -> None:
    """Reject unknown keys, and suggest the nearest one."""
    _known(data, _KEYS, "", name)
    _table(data.get("columns", {}), "[columns]", name)
    _known(data.get("columns", {}), ROLES, "in [columns]", name)
    for role, value in data.get("columns", {}).items():
        if isinstance(value, dict):
            _known(value, _COLUMN_KEYS, f"in `columns.{role}`", name)
    if not _tables(data, "step", name) and not _tables(data, "stage", name):
        raise JourneyError(f'{name} has no steps. Add each as a line [[step]] with `name = "…"` below it.')
    tables = {"step": _STEP_KEYS, "follow_up": _FOLLOW_UP_KEYS, "stage": _STAGE_KEYS, "note": _NOTE_KEYS}
    for key, keys in tables.items():
        for number, table in enumerate(_tables(data, key, name), start=1):
            _known(table, keys, f"in {_which(key.replace('_', '-'), number, table)}", name)
    for key in ("segment", "reassign", "events", "company", "business"):
        _table(data.get(key, {}), f"[{key}]", name)
    _known(data.get("company", {}), _COMPANY_KEYS, "in [company]", name)
    _known(data.get("business", {}), _BUSINESS_KEYS, "in [business]", name)
    _check_events(data.get("events", {}), name)


def _check_events(events: Mapping[str, Any], name: str) -> None:
    """Reject unknown keys of [events]."""
    _known(events, _EVENTS_KEYS, "in [events]", name)
    for key in ("columns", "advance"):
        _table(events.get(key, {}), f"[events.{key}]", name)
    _known(events.get("columns", {}), EVENT_ROLES, "in [events.columns]", name)
    for event, target in events.get("advance", {}).items():
        if isinstance(target, dict):
            _known(target, _ADVANCE_KEYS, f"of {event!r} in [events.advance]", name)


def _tables(data: Mapping[str, Any], key: str, name: str) -> list[dict[str, Any]]:
    """Return the tables [[key]] of a file."""
    tables = data.get(key, [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        what = key.replace("_", "-")
        raise JourneyError(f"{name}: every {what} begins with its own line [[{key}]], in double brackets.")
    return tables


def _table(value: object, where: str, name: str) -> None:
    if not isinstance(value, dict):
        raise JourneyError(f"{name}: {where} should be a table: the line {where}, and keys below it.")


def _known(table: Iterable[str], keys: Iterable[str], where: str, name: str) -> None:
    keys = tuple(keys)
    for key in table:
        if key not in keys:
            place = f" {where}" if where else ""
            raise JourneyError(
                f"{name}: the key `{key}`{place} is not known{_meant(key, keys)} "
                f"Known here: {listed(keys, most=20)}."
            )


def _check_once(data: Mapping[str, Any], name: str) -> None:
    """Reject a header that is given to two roles or steps."""
    claims: dict[str, str] = {}
    columns = {f"`columns.{role}`": value for role, value in data.get("columns", {}).items()}
    steps = {
        _which("step", number, step): step.get("column", step.get("name"))
        for number, step in enumerate(data.get("step", []), start=1)
    }
    for owner, value in {**columns, **steps}.items():
        header = value[0] if isinstance(value, list) and value else value
        if isinstance(header, str) and claims.setdefault(fold(header) or header, owner) != owner:
            other = claims[fold(header) or header]
            raise JourneyError(f"{name}: {other} and {owner} both have the column {header!r}; keep one.")


def _as_model(data: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Rename a file's tables ([[step]], [[follow_up]], [[stage]], …) to the fields of the model."""
    advice = data.get("advice", {})
    _table(advice, "[advice]", name)
    steps = [dict(step) for step in data.get("step", [])]
    names = [str(step.get("name")) for step in steps]
    for step_name, text in advice.items():
        if step_name not in names:
            raise JourneyError(
                f"{name}: [advice] names {step_name!r}, which is not a step{_meant(step_name, names)}"
            )
        steps[names.index(step_name)].setdefault("advice", text)
    model = {field: data[key] for field, key in _RENAMED.items() if key in data}
    rest = {key: value for key, value in data.items() if key not in (*_RENAMED.values(), "advice")}
    return {**rest, **model, **({"steps": steps} if steps else {})}


# --- error messages ----------------------------------------------------------------------------

_SHOULD = {
    "date": "a date such as 2026-06-01",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "string": 'text in quotes ("…")',
    "tuple": 'text in quotes, or a list of such (["…", "…"])',
    "model": 'text in quotes, or a list of such (["…", "…"])',
}


_FIELDS = frozenset((*_STEP_KEYS, *_FOLLOW_UP_KEYS, *_STAGE_KEYS, *_KEYS))


def _error_message(error: ValidationError, data: Mapping[str, Any], name: str) -> str:
    """Return the first error that pydantic found, as a sentence about the file."""
    first = error.errors()[0]
    kind, context = first["type"], first.get("ctx", {})
    path = [part for part in first["loc"] if part != "headers"]
    if kind == "value_error" and (not path or (path[-1] not in _FIELDS and path[0] != "segments")):
        return f"{name}: {_ended(context['error'])}"
    where = _where(path, data)
    if kind == "value_error":
        return f"{name}: {where}: {_ended(context['error'])}"
    if kind == "missing":
        return f"{name}: {where} is missing."
    if kind == "literal_error":
        choices = str(context["expected"]).replace(" or ", ", ").replace("'", "").split(", ")
        given = str(first["input"])
        return (
            f"{name}: {where} should be {listed(map(repr, choices), 'or')}, "
            f"not {given!r}{_meant(given, choices)}"
        )
    return f"{name}: {where} should be {_expected(kind, context)}, not {first['input']!r}."


def _ended(error: ValueError) -> str:
    """Return the text of an error as a whole sentence."""
    text = str(error)
    return text if text.endswith("?") else f"{text}."


def _expected(kind: str, context: Mapping[str, Any]) -> str:
    bounds = {
        "greater_than": "above {gt}",
        "greater_than_equal": "{ge} or more",
        "less_than_equal": "{le} or less",
    }
    if kind == "string_pattern_mismatch":
        return 'a colour such as "#2B6CA3"'
    if kind in bounds:
        return bounds[kind].format(**{key: f"{value:g}" for key, value in context.items()})
    if kind == "string_too_short":
        return "a name"
    return _SHOULD.get(kind.split("_", maxsplit=1)[0], "something else")


def _where(path: list[int | str], data: Mapping[str, Any]) -> str:
    """Return the key as written in the file."""
    key = _TABLES.get(str(path[0]))
    if key and len(path) > 2 and isinstance(path[1], int):
        return f"`{path[2]}` of {_which(key.replace('_', '-'), path[1] + 1, data[key][path[1]])}"
    names = [_RENAMED.get(str(part), str(part)) for part in path if not isinstance(part, int)]
    return f"`{'.'.join(names)}`"


def _which(what: str, number: int, table: Mapping[str, Any]) -> str:
    name = f" ({table['name']!r})" if isinstance(table.get("name"), str) else ""
    return f"{what} {number}{name}"


def _syntax(text: str, name: str, error: tomllib.TOMLDecodeError) -> str:
    """Return a sentence with the number and the text of the line that is not valid TOML."""
    message = str(error)
    what, _, place = message.rpartition(" (at ")
    if what.startswith("Cannot"):
        what = "The same key or table occurs twice"
    if not place.startswith("line "):
        return f"{name} ends too early: {what or message}. Close the open quote or bracket."
    number = int(place.split()[1].rstrip(",)"))
    shown = text.splitlines()[number - 1].strip() if number <= len(text.splitlines()) else ""
    if number == 1 and shown.startswith("{"):  # perhaps a key, which no message may contain
        return f"{name} is JSON, not a journey file. A journey file is TOML, and begins with [columns]."
    if len(shown) > _LONGEST_LINE:
        return f"{name}, line {number}: {what[0].lower()}{what[1:]}. The line is too long to be shown."
    return f"{name}, line {number}: {what[0].lower()}{what[1:]}. The line reads: {shown}{_way_out(shown)}"


def _way_out(line: str) -> str:
    """Return a hint about a line for people who have never written TOML, or ""."""
    if line.startswith("["):
        return " (Every step begins with a line [[step]], in double brackets; [columns] occurs only once.)"
    key, _, value = (part.strip() for part in line.partition("="))
    if value.lower() in ("yes", "no", "on", "off", "y", "n", "si", "sì", "true", "false"):
        return f" (Write {key} = true, or remove the line.)"
    if value[:1] in "“”„«‘’'" or "”" in value:
        return ' (Quotes have to be straight: "…". Word processors change them; use a plain text editor.)'
    if value.count('"') % 2:
        return " (A quote is not closed.)"
    if value and not value[0].isdigit() and value[0] not in '"[{':
        return f' (Text needs straight quotes: {key} = "{value}".)'
    return ""


def _no_such_file(path: Path) -> str:
    folder = path.parent
    others = {entry.stem: entry.name for entry in sorted(folder.glob("*.toml"))} if folder.is_dir() else {}
    near = nearest(path.stem, [*others, *presets()])
    return (
        f"There is no journey file {path}{f'. Did you mean {others.get(near, near)!r}?' if near else '.'} "
        "`funnel init SHEET` writes one from the sheet's headers."
    )


def _meant(name: str, options: Iterable[str]) -> str:
    """Return the end of a sentence, with the nearest match if there is one."""
    match = nearest(name, tuple(options))
    return f". Did you mean {match!r}?" if match else "."
