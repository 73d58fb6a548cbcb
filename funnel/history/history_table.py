"""The log as people read it: who moved, from where to where, why, and what was to be done."""

from __future__ import annotations

from typing import Final

import pandas as pd

from funnel.clients import Clients
from funnel.history.entry import Who
from funnel.history.read import history, people_of
from funnel.history.stage_actions import filled, read_actions

COLUMNS: Final = ("when", "since", "client", "lead_date", "from", "to", "what", "why", "by", "actions")
DOINGS: Final = ("kind", "list", "client", "lead_date", "stage", "since", "coach", "text")


def logged(log: pd.DataFrame | None, who: Who | None = None) -> pd.DataFrame:
    """The moves, newest last.

    Parameters
    ----------
    log : as `Clients.log`.
    who : the client whose moves alone are wanted.

    Returns
    -------
    DataFrame: when, since (text: a day, or a time where it is known; since is null where `when` is exact or
    nothing was recorded before), client, lead_date (text or null), from, to, what (which marks, what was
    corrected), why, by, actions (str).
    """
    if log is None:
        return pd.DataFrame(columns=list(COLUMNS))
    found = history(log)
    if who is not None:
        found = found[_theirs(found, who)]
    shown = found[list(COLUMNS)].copy()
    for name in ("when", "since", "lead_date"):
        moments = [None if at != at else _moment(at) for at in found[name]]
        shown[name] = pd.Series(moments, index=shown.index, dtype=object)
    return shown.reset_index(drop=True)


def _theirs(log: pd.DataFrame, who: Who) -> list[bool]:
    """Which entries are of a client, also under the names that it had before."""
    keys = {who.id or who.key, who.key}
    for one, was in zip(log["who"].iloc[::-1], log["was"].iloc[::-1], strict=True):
        if was is not None and (one.id or one.key) in keys:
            keys |= {was.id or was.key}
    return [(one.id or one.key) in keys for one in log["who"]]


def _moment(at: pd.Timestamp) -> str:
    return at.strftime("%Y-%m-%d" if at == at.normalize() else "%Y-%m-%d %H:%M")


def handed_off(clients: Clients) -> pd.DataFrame:
    """The hand-off lists of all stages, oldest first: the rows of `doings_of` that are hand-offs."""
    found = doings_of(clients)
    return found[found["kind"] == "hand_off"].reset_index(drop=True)


def doings_of(clients: Clients) -> pd.DataFrame:
    """What was to be done because clients entered stages, with the coach whom the sheet names today."""
    table = clients.table
    coaches = table["coach"].fillna("").tolist() if "coach" in table else [""] * len(table)
    of = {who: coach for who, coach in zip(people_of(table), coaches, strict=True) if coach}
    return doings(clients.log, of)


def doings(log: pd.DataFrame | None, coaches: dict[Who, str] | None = None) -> pd.DataFrame:
    """What was to be done because clients entered stages: a row for each tag, hand-off and note.

    Parameters
    ----------
    log : as `Clients.log`; its actions are each there once for each entry.
    coaches : the coach of each client, where the sheet has one.

    Returns
    -------
    DataFrame, oldest first: kind ("tag", "hand_off", "note"), list (of the hand-off, the tag; else null),
    client, lead_date (text or null), stage, since (text), coach (or null), text (of a note; else null).
    """
    if log is None:
        return pd.DataFrame(columns=list(DOINGS))
    found = history(log)
    lines = []
    for entry in found[found["actions"] != ""].to_dict("records"):
        who = entry["who"]
        lead = who.lead.isoformat() if who.lead else None
        for action in read_actions(entry["actions"]):
            note = filled(action.text, {"client": who.name, "stage": entry["to"]}) if action.note else None
            name = None if action.note else action.text
            facts = [action.kind, name, who.name, lead, entry["to"], _moment(entry["when"])]
            lines.append([*facts, (coaches or {}).get(who), note])
    return pd.DataFrame(lines, columns=list(DOINGS), dtype=object)
