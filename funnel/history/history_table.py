"""Tables of the move log for people: the moves of clients, and the actions on entering a stage."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd

from funnel.clients import Clients
from funnel.history.entry import ClientKey
from funnel.history.read import client_keys, sort_entries
from funnel.history.stage_actions import fill_placeholders, read_actions
from funnel.journey import Journey
from funnel.journey.stages import names
from funnel.text import fold

MOVE_COLUMNS: Final = ("when", "since", "client", "lead_date", "from", "to", "what", "why", "by", "actions")
ACTION_COLUMNS: Final = ("kind", "list", "client", "lead_date", "stage", "since", "coach", "text")


def moves_table(
    log: pd.DataFrame | None, key: ClientKey | None = None, journey: Journey | None = None
) -> pd.DataFrame:
    """Return the moves of all clients, or of one, oldest first.

    Parameters
    ----------
    log : as `Clients.log`.
    key : return the moves of this client only, including those under its former names.
    journey : its stages are called by their present names.

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
    """Return stages by their present names; other texts stay as they are."""
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


def hand_off_table(clients: Clients) -> pd.DataFrame:
    """Return the hand-offs of all stages, oldest first; columns as in `actions_table`."""
    actions = actions_of_clients(clients)
    return actions[actions["kind"] == "hand_off"].reset_index(drop=True)


def actions_of_clients(clients: Clients) -> pd.DataFrame:
    """Return `actions_table` for the log of these clients, with the coaches that the sheet contains now."""
    table = clients.table
    coaches = table["coach"].fillna("").tolist() if "coach" in table else [""] * len(table)
    by_key = {key: coach for key, coach in zip(client_keys(table), coaches, strict=True) if coach}
    return actions_table(clients.log, by_key, clients.journey)


def actions_table(
    log: pd.DataFrame | None,
    coaches: dict[ClientKey, str] | None = None,
    journey: Journey | None = None,
) -> pd.DataFrame:
    """Return the actions on entering a stage: a row for each tag, hand-off and note.

    Parameters
    ----------
    log : as `Clients.log`.
    coaches : the coach of each client that has one.
    journey : its stages are called by their present names.

    Returns
    -------
    DataFrame, oldest first: kind ("tag", "hand_off", "note"), list (name of the tag or hand-off list; null
    for a note), client, lead_date (text or null), stage, since (text), coach (or null), text (of a note;
    else null).
    """
    if log is None:
        return pd.DataFrame(columns=list(ACTION_COLUMNS))
    entries = sort_entries(log)
    entries = entries.assign(to=_present_names(entries["to"], journey))
    lines = []
    for entry in entries[entries["actions"] != ""].to_dict("records"):
        key, stage = entry["key"], entry["to"]
        lead_date = key.lead_date.isoformat() if key.lead_date else None
        for action in read_actions(entry["actions"]):
            values = {"client": key.name, "stage": stage}
            note = fill_placeholders(action.text, values) if action.note else None
            name = None if action.note else action.text
            facts = [action.kind, name, key.name, lead_date, stage, _format_time(entry["when"])]
            lines.append([*facts, (coaches or {}).get(key), note])
    return pd.DataFrame(lines, columns=list(ACTION_COLUMNS), dtype=object)
