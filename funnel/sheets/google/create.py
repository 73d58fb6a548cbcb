"""Create a Google Sheet in the Drive of the person who is signed in, or add tabs to an existing one."""

from __future__ import annotations

from funnel.errors import UsageError, WriteError
from funnel.plan import Plan
from funnel.sheets.google.client import auth
from funnel.sheets.google.client.calls import API
from funnel.sheets.google.client.http import LimitedClient, NoResponse, RequestRefused
from funnel.sheets.google.sheet import GoogleSheet


def create(title: str, plan: Plan) -> str:
    """Create a Google Sheet from a plan, and return its address.

    The call is never repeated: without a response the sheet may exist.

    Parameters
    ----------
    title : its name in the person's Drive.
    plan : makes its tabs.

    Raises
    ------
    UsageError : a service account is signed in, whose sheets people cannot see.
    ReadError : not signed in.
    WriteError : the sheet could not be created.
    """
    credentials = auth.credentials()
    if account := auth.email(credentials):
        raise UsageError(
            f"{account} is a service account: nobody else sees the sheets that it creates. Make "
            f"an empty Google Sheet in the browser, share it with {account} as an editor, and give its "
            "address: funnel new https://docs.google.com/spreadsheets/d/… Or sign in yourself; "
            f"{auth.SETUP}."
        )
    http = LimitedClient(credentials)
    try:
        made = http.once(
            "post",
            API,
            {"fields": "spreadsheetId,sheets.properties.sheetId"},
            {"properties": {"title": title}},
        )
    except (RequestRefused, NoResponse) as error:
        raise WriteError(
            f"A Google Sheet {title!r} could not be created: {error}. Check if it is in your Drive "
            "anyway, and try again."
        ) from None
    url = f"https://docs.google.com/spreadsheets/d/{made['spreadsheetId']}/edit"
    GoogleSheet(url, credentials).apply(plan)
    empty = made["sheets"][0]["properties"].get("sheetId", 0)
    delete = {"requests": [{"deleteSheet": {"sheetId": empty}}]}
    try:
        http.once("post", f"{API}/{made['spreadsheetId']}:batchUpdate", {}, delete)
    except (RequestRefused, NoResponse):
        return url  # the empty tab that Google creates does no harm
    return url


def add_tabs(url: str, plan: Plan) -> tuple[str, ...]:
    """Add the tabs of a plan to a Google Sheet that has none of their names; return notes.

    Raises
    ------
    ReadError : the sheet cannot be read.
    WriteError : it has such a tab, or cannot be written; it is unchanged.
    """
    sheet = GoogleSheet(url)
    taken = {name.casefold(): name for name in sheet.tabs()}
    for change in plan.changes:
        if (there := taken.get(change.tab.casefold())) is not None:
            raise WriteError(
                f"{url} has a tab {there!r} already, which was not changed. Rename that tab, or name "
                "another Google Sheet."
            )
    return sheet.apply(plan)
