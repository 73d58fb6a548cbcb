"""The calls to one spreadsheet, and the messages if they fail."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NoReturn

from funnel.errors import ReadError, WriteError
from funnel.sheets.google.client import auth
from funnel.sheets.google.client.http import LimitedClient, NoResponse, RequestRefused, RetryTimer

Json = dict[str, Any]

API = "https://sheets.googleapis.com/v4/spreadsheets"


class SpreadsheetClient:
    """Reads and writes one spreadsheet.

    Parameters
    ----------
    source : its address, as the user named it.
    key : its id.
    credentials : the sign-in.
    """

    def __init__(self, source: str, key: str, credentials: Any) -> None:
        self.source = source
        self.email = auth.email(credentials)
        self._url = f"{API}/{key}"
        self._http = LimitedClient(credentials)

    def read(self, fields: str, clock: RetryTimer | None = None, ranges: Sequence[str] = ()) -> Json:
        """Read the fields of a mask; retried if there is no response.

        Parameters
        ----------
        ranges : the cells to read, such as "Clients!1:60"; all cells of all tabs if empty.

        Raises
        ------
        ReadError : the spreadsheet cannot be read.
        """
        try:
            params = {"fields": fields, **({"ranges": list(ranges)} if ranges else {})}
            return self._http.read(self._url, params, clock)
        except RequestRefused as refused:
            raise ReadError(self.refusal(refused, "read")) from None
        except NoResponse as failed:
            raise ReadError(
                f"{self.source} could not be read: {failed}. It is unchanged. Check the connection, and try "
                "again in a few minutes."
            ) from None

    def read_again(self, fields: str, clock: RetryTimer, done: int) -> Json:
        """Read as `read` does, during a write.

        Raises
        ------
        WriteError : the spreadsheet cannot be read.
        """
        try:
            return self._http.read(self._url, {"fields": fields}, clock)
        except RequestRefused as refused:
            raise WriteError(f"{self.refusal(refused, 'read')} {describe_unknown(done)}") from None
        except NoResponse as failed:
            raise self._no_retry_describe_progress(failed, done) from None

    def send(self, method: str, body: Json, fields: str = "") -> Json:
        """Send one write, once.

        Parameters
        ----------
        method : as in ":batchUpdate".

        Raises
        ------
        RequestRefused : Google refused it.
        NoResponse : there was no usable response.
        """
        return self._http.once("post", f"{self._url}{method}", {"fields": fields} if fields else {}, body)

    def send_until_answered(self, method: str, body: Json, clock: RetryTimer, done: int = 0) -> Json:
        """Send an idempotent write until there is a response.

        Raises
        ------
        RequestRefused : Google refused it.
        WriteError : there was no response.
        """
        while True:
            try:
                return self.send(method, body)
            except NoResponse as failed:
                self.pause(failed, clock, done)

    def pause(self, failed: NoResponse, clock: RetryTimer, done: int) -> None:
        """Wait before the next try of a write; WriteError if there is none left.

        Parameters
        ----------
        done : the number of steps written before.
        """
        try:
            clock.wait(failed)
        except NoResponse as over:
            raise self._no_retry_describe_progress(over, done) from None

    def _no_retry_describe_progress(self, failed: NoResponse, done: int) -> WriteError:
        after = f"{self.source} could not be written: {failed}. {describe_unknown(done)}"
        return WriteError(f"{after} Refresh again in a few minutes.")

    def refuse(self, refused: RequestRefused, done: int) -> NoReturn:
        """Raise the WriteError of a refused write, with the number of steps written."""
        raise WriteError(f"{self.refusal(refused, 'written')} {describe_progress(done)}") from None

    def refusal(self, refused: RequestRefused, what: str) -> str:
        """Return the message for a refused call, with what to do."""
        share = (
            f"In Google Sheets choose Share, and share this sheet with {self.email} as an editor."
            if self.email
            else "Ask its owner to share it with you as an editor, or use an account that has access."
        )
        if refused.status == 403:
            return f"{self.source} cannot be {what} with this sign-in ({refused.reason}). {share}"
        if refused.status == 404:
            return (
                f"There is no Google Sheet at {self.source}. Copy its address from the browser again; if "
                f"it is the same: {share}"
            )
        if refused.status == 401:
            return (
                f"{self.source} could not be {what}: the sign-in was refused. Make a new key, or sign in "
                f"again; {auth.SETUP}."
            )
        full = "Delete empty rows, columns and tabs of the sheet, and try again."
        more = f" {full}" if "number of cells" in refused.reason else ""
        return f"{self.source} could not be {what}: Google refused it ({refused.reason.rstrip('.')}).{more}"


def describe_progress(done: int) -> str:
    """Describe how much of a refused write was done.

    >>> describe_progress(0), describe_progress(2)
    ('The sheet is unchanged.', 'The first 2 steps were written, the rest was not.')
    """
    if not done:
        return "The sheet is unchanged."
    steps = "The first step was" if done == 1 else f"The first {done} steps were"
    return f"{steps} written, the rest was not."


def describe_unknown(done: int) -> str:
    """Describe how much of a write was done if the last step got no response.

    >>> describe_unknown(0)
    'It may have been written; your own data is safe.'
    >>> describe_unknown(1)
    'The first step was written, the next one may have been; your own data is safe.'
    """
    if not done:
        return "It may have been written; your own data is safe."
    steps = "The first step was" if done == 1 else f"The first {done} steps were"
    return f"{steps} written, the next one may have been; your own data is safe."
