"""A new Google Sheet, in the Drive of the person who is signed in."""

from __future__ import annotations

from funnel.errors import UsageError, WriteError
from funnel.plan import Plan
from funnel.sheets.google.client import auth
from funnel.sheets.google.client.calls import API
from funnel.sheets.google.client.http import Careful, NoAnswer, Refused
from funnel.sheets.google.sheet import GoogleSheet


def create(title: str, plan: Plan) -> str:
    """Make a Google Sheet from a plan, and return its address.

    Making one is sent once, never again: what got no answer may have been made.

    Parameters
    ----------
    title : its name in the person's Drive.
    plan : makes its tabs.

    Raises
    ------
    UsageError : where a service account is signed in: nobody would see what it makes.
    ReadError : where nobody is signed in.
    WriteError : where it could not be made.
    """
    credentials = auth.credentials()
    if robot := auth.email(credentials):
        raise UsageError(
            f"{robot} is a service account: a sheet that it makes is its own, and nobody else sees it. Make "
            f"an empty Google Sheet in the browser, share it with {robot} as an editor, and give its "
            "address: funnel new https://docs.google.com/spreadsheets/d/… Or sign in yourself; "
            f"{auth.SETUP}."
        )
    http = Careful(credentials)
    try:
        made = http.once(
            "post",
            API,
            {"fields": "spreadsheetId,sheets.properties.sheetId"},
            {"properties": {"title": title}},
        )
    except (Refused, NoAnswer) as error:
        raise WriteError(
            f"A Google Sheet {title!r} could not be made: {error}. Look in your Drive whether it is there "
            "all the same, and try again."
        ) from None
    url = f"https://docs.google.com/spreadsheets/d/{made['spreadsheetId']}/edit"
    GoogleSheet(url, credentials).apply(plan)
    empty = made["sheets"][0]["properties"].get("sheetId", 0)
    delete = {"requests": [{"deleteSheet": {"sheetId": empty}}]}
    try:
        http.once("post", f"{API}/{made['spreadsheetId']}:batchUpdate", {}, delete)
    except (Refused, NoAnswer):
        return url  # the empty tab that Google put there does no harm
    return url


def add_tabs(url: str, plan: Plan) -> None:
    """Make the plan's tabs in a Google Sheet that has none of their names.

    Raises
    ------
    ReadError : where it cannot be read.
    WriteError : where it has such a tab, or it cannot be written; it is as it was.
    """
    sheet = GoogleSheet(url)
    taken = {name.casefold(): name for name in sheet.tabs()}
    for change in plan.changes:
        if (there := taken.get(change.tab.casefold())) is not None:
            raise WriteError(
                f"{url} has a tab {there!r} already, and is left as it is. Rename that tab, or name "
                "another Google Sheet."
            )
    sheet.apply(plan)
