"""The calls on one spreadsheet, and what to say where they fail."""

from __future__ import annotations

from typing import Any, NoReturn

from funnel.errors import ReadError, WriteError
from funnel.sheets.google.client import auth
from funnel.sheets.google.client.http import Careful, Clock, NoAnswer, Refused

Json = dict[str, Any]

API = "https://sheets.googleapis.com/v4/spreadsheets"


class Wire:
    """The way to one spreadsheet.

    Parameters
    ----------
    source : its address, as the person named it.
    key : its id.
    credentials : who signs in.
    """

    def __init__(self, source: str, key: str, credentials: Any) -> None:
        self.source = source
        self.email = auth.email(credentials)
        self._url = f"{API}/{key}"
        self._http = Careful(credentials)

    def read(self, fields: str, clock: Clock | None = None) -> Json:
        """The spreadsheet, as far as a mask of fields says; tried again where no answer comes.

        Raises
        ------
        ReadError : where it cannot be read.
        """
        try:
            return self._http.read(self._url, {"fields": fields}, clock)
        except Refused as refused:
            raise ReadError(self.refusal(refused, "read")) from None
        except NoAnswer as failed:
            raise ReadError(
                f"{self.source} could not be read: {failed}. It is as it was. Check the connection, and try "
                "again in a few minutes."
            ) from None

    def read_again(self, fields: str, clock: Clock, done: int) -> Json:
        """The same, in the middle of a write.

        Raises
        ------
        WriteError : where it cannot be read.
        """
        try:
            return self._http.read(self._url, {"fields": fields}, clock)
        except Refused as refused:
            raise WriteError(f"{self.refusal(refused, 'read')} {unknown(done)}") from None
        except NoAnswer as failed:
            raise self._given_up(failed, done) from None

    def send(self, method: str, body: Json, fields: str = "") -> Json:
        """One write, sent once.

        Parameters
        ----------
        method : as in ":batchUpdate".

        Raises
        ------
        Refused, NoAnswer : as they say.
        """
        return self._http.once("post", f"{self._url}{method}", {"fields": fields} if fields else {}, body)

    def send_until_answered(self, method: str, body: Json, clock: Clock, done: int = 0) -> Json:
        """A write that does no harm twice, sent until it is answered.

        Raises
        ------
        Refused : as it says.
        WriteError : where no answer came.
        """
        while True:
            try:
                return self.send(method, body)
            except NoAnswer as failed:
                self.pause(failed, clock, done)

    def pause(self, failed: NoAnswer, clock: Clock, done: int) -> None:
        """Wait before another try of a write; WriteError where there is none left.

        Parameters
        ----------
        done : how many steps were written before.
        """
        try:
            clock.wait(failed)
        except NoAnswer as over:
            raise self._given_up(over, done) from None

    def _given_up(self, failed: NoAnswer, done: int) -> WriteError:
        after = f"{self.source} could not be written: {failed}. {unknown(done)}"
        return WriteError(f"{after} Refresh again in a few minutes.")

    def refuse(self, refused: Refused, done: int) -> NoReturn:
        """Say that a write was refused, and what is left as it was."""
        raise WriteError(f"{self.refusal(refused, 'written')} {left(done)}") from None

    def refusal(self, refused: Refused, what: str) -> str:
        """What Google refused, and the way out."""
        share = (
            f"In Google Sheets choose Share, and share this sheet with {self.email} as an editor."
            if self.email
            else "Ask its owner to share it with you as an editor, or sign in as somebody who may."
        )
        if refused.status == 403:
            return f"{self.source} may not be {what} with this sign-in ({refused.reason}). {share}"
        if refused.status == 404:
            return (
                f"There is no Google Sheet at {self.source}. Copy its address from the browser once more; if "
                f"that is it: {share}"
            )
        if refused.status == 401:
            return (
                f"{self.source} could not be {what}: the sign-in was refused. Make a new key, or sign in "
                f"again; {auth.SETUP}."
            )
        return f"{self.source} could not be {what}: Google refused it ({refused.reason})."


def left(done: int) -> str:
    """Say how far a write came.

    >>> left(0), left(2)
    ('The sheet is as it was.', 'The first 2 steps were written, the rest was not.')
    """
    if not done:
        return "The sheet is as it was."
    steps = "The first step was" if done == 1 else f"The first {done} steps were"
    return f"{steps} written, the rest was not."


def unknown(done: int) -> str:
    """Say how far a write came of which the last step got no answer.

    >>> unknown(0)
    'Whether it was written all the same is not known; nothing of yours is in danger.'
    >>> unknown(1)
    'The first step was written; whether the next one was is not known. Nothing of yours is in danger.'
    """
    if not done:
        return "Whether it was written all the same is not known; nothing of yours is in danger."
    steps = "The first step was" if done == 1 else f"The first {done} steps were"
    return f"{steps} written; whether the next one was is not known. Nothing of yours is in danger."
