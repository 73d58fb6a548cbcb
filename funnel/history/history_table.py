"""Tables of the move log for people: the moves of clients, and the stage actions."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any, Final

import pandas as pd

from funnel.clients import ActionLog, Clients
from funnel.history.action_states import DONE
from funnel.history.entry import ClientKey, State
from funnel.history.read import FIRST_SEEN, client_keys, sort_entries
from funnel.history.stage_actions import action_name, fill_placeholders, read_actions
from funnel.journey import Journey
from funnel.journey.stages import names
from funnel.text import fold

MOVE_COLUMNS: Final = ("when", "since", "client", "lead_date", "from", "to", "what", "why", "by", "actions")
ACTION_COLUMNS: Final = (
    "kind", "list", "client", "lead_date", "stage", "since", "coach", "text", "state", "state_since", "email",
    "number", "action",
)  # fmt: skip


def moves_table(
    log: pd.DataFrame | None, key: ClientKey | None = None, journey: Journey | None = None
) -> pd.DataFrame:
    """Return the moves of all clients, or of one, oldest first.

    Parameters
    ----------
    log : as `Clients.log`.
    key : only the moves of this client, including those under former names.
    journey : replaces former names of stages by the current ones.

    Returns
    -------
    DataFrame: when, since (text: a day, or a time if known; since is null if `when` is exact or nothing was
    recorded before), client, lead_date (text or null), from, to, what (marks and corrections), why, by,
    actions (str).
    """
    if log is None:
        return pd.DataFrame(columns=list(MOVE_COLUMNS))
    entries = sort_entries(log)
    if key is not None:
        entries = entries[_entries_of_client(entries, key)]
    table = entries[list(MOVE_COLUMNS)].copy()
    for name in ("from", "to"):
        table[name] = _present_names(table[name], journey)
    for name in ("when", "since", "lead_date"):
        texts = [None if time != time else _format_time(time) for time in entries[name]]
        table[name] = pd.Series(texts, index=table.index, dtype=object)
    return table.reset_index(drop=True)


def _present_names(stages: pd.Series[Any], journey: Journey | None) -> pd.Series[Any]:
    """Replace former names of stages by the current ones; keep other texts."""
    known = names(journey.stages, journey.reassign) if journey else {}
    return stages.map(lambda text: known.get(fold(text), text) if text else text) if known else stages


def _entries_of_client(log: pd.DataFrame, key: ClientKey) -> list[bool]:
    """Return a boolean for each entry: True if it is about the client, under its current or a former key."""
    identities = {key.identity, key.name_and_date}
    for current, old in zip(log["key"].iloc[::-1], log["old_key"].iloc[::-1], strict=True):
        if old is not None and current.identity in identities:
            identities.add(old.identity)
    return [current.identity in identities for current in log["key"]]


def _format_time(time: pd.Timestamp) -> str:
    return time.strftime("%Y-%m-%d" if time == time.normalize() else "%Y-%m-%d %H:%M")


def actions_of_clients(clients: Clients, present: Mapping[Hashable, State]) -> pd.DataFrame:
    """Return `actions_table` for the log of these clients, with facts from the sheet.

    Parameters
    ----------
    present : the current stage of each client, by identity.
    """
    table = clients.table
    roles = [name for name in ("coach", "company", "email") if name in table]
    facts = {}
    for key, *values in zip(
        client_keys(table), *(table[name].fillna("").tolist() for name in roles), strict=True
    ):
        facts[key.identity] = dict(zip(roles, values, strict=True))
    return actions_table(clients.log, clients.journey, facts, clients.actions, present)


def actions_table(
    log: pd.DataFrame | None,
    journey: Journey | None = None,
    facts: Mapping[Hashable, Mapping[str, str]] | None = None,
    states: ActionLog | None = None,
    present: Mapping[Hashable, State] | None = None,
) -> pd.DataFrame:
    """Return the stage actions: a row for each tag, hand-off and note.

    Parameters
    ----------
    log : as `Clients.log`.
    journey : replaces former names of stages; with it, actions of clients who were in their stage when the
        log began are "offered".
    facts : coach, company and email of each client, by identity.
    states : the states recorded in the log.
    present : the current stage of each client, by identity; None if unknown.

    Returns
    -------
    DataFrame, oldest first: kind ("tag", "hand_off", "note"), list (name of the tag or hand-off list; null
    for a note), client, lead_date (text or null), stage, since (text), coach (or null), text (of a note;
    else null), state ("offered", "new", "given out", "done", "left the stage" or "not certain"), state_since
    (text or null), email (or null), number (of the log row), action (one line).
    """
    if log is None:
        return pd.DataFrame(columns=list(ACTION_COLUMNS))
    entries = sort_entries(log)
    entries = entries.assign(to=_present_names(entries["to"], journey))
    declared = {stage.name: stage.actions for stage in journey.stages} if journey else {}
    known, lines = states or ActionLog(), []
    rows = entries.to_dict("records")
    last = {(entry["key"].identity, entry["to"]): at for at, entry in enumerate(rows)}
    for at, entry in enumerate(rows):
        key, stage, first = entry["key"], entry["to"], entry["why"] == FIRST_SEEN
        actions = declared.get(stage, ()) if first else read_actions(entry["actions"])
        lead_date = key.lead_date.isoformat() if key.lead_date else None
        about = dict((facts or {}).get(key.identity, {}))
        for action in actions:
            values = {"coach": "", "company": "", "email": "", **about, "client": key.name, "stage": stage}
            note = fill_placeholders(action.text, values) if action.note else None
            name = None if action.note else action.text
            again = last[key.identity, stage] != at  # the client left, and came back
            there = None if present is None else present.get(key.identity) == stage and not again
            state, since = _state(entry, action_name(action), known, there)
            if first and state == "left the stage":
                continue
            lines.append([
                action.kind, name, key.name, lead_date, stage, _format_time(entry["when"]),
                about.get("coach") or None, note, state, since, about.get("email") or None,
                entry["number"], action_name(action),
            ])  # fmt: skip
    return pd.DataFrame(lines, columns=list(ACTION_COLUMNS), dtype=object)


def _state(
    entry: dict[Any, Any], action: str, known: ActionLog, there: bool | None
) -> tuple[str, str | None]:
    """Return the state of an action, and its date if the log has one.

    Parameters
    ----------
    there : whether the client has been in the stage since; None if that is unknown.
    """
    key, number = entry["key"], int(entry["number"])
    state, day = known.states.get((number, fold(key.name), action), (None, None))
    if state == DONE:
        return DONE, str(day)
    if there is False:
        return "left the stage", None
    if state is not None:
        return state, str(day)
    if any(row > number for row in known.missing):  # the row with its state may have been deleted
        return "not certain", None
    return ("offered" if entry["why"] == FIRST_SEEN else "new"), None
