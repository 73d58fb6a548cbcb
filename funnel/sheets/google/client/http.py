"""Calls to Google that end: with an answer, a refusal, or a sentence, within a set time.

gspread's own back-off retries an endless 503 for ever and asks for no answer in time; this client is handed
to it as ``http_client=``. It retries what only reads. A write is sent once: whether one that got no answer
was applied, the sheet itself has to say (`funnel.sheets.google.sheet`).
"""

from __future__ import annotations

import datetime as dt
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any

import gspread
import requests
from google.auth.exceptions import RefreshError, TransportError

AGAIN = frozenset({408, 429, 500, 502, 503, 504})
"""Answers after which a call may be sent again."""

on_connect: Callable[[requests.Session], None] | None = None
"""Called with every new session, so that tests and the offline notebook can lead it to another server."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to try.

    Parameters
    ----------
    tries : calls in all, the first one too.
    pause : seconds before the second try; doubled for each further one, and shortened at random.
    deadline : seconds within which everything ends, waiting included.
    timeout : seconds to connect, and to wait for an answer.
    """

    tries: int = 5
    pause: float = 1.0
    deadline: float = 240.0
    timeout: tuple[float, float] = (10.0, 90.0)


PATIENCE = Patience()


class Refused(Exception):  # noqa: N818 - an answer, told as one
    """Google said no, and would say it again: the status and its reason."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(f"{status}: {reason}")
        self.status = status
        self.reason = reason


class NoAnswer(Exception):  # noqa: N818
    """No usable answer came; whether the call was applied is not known. Says what came instead.

    Attributes
    ----------
    wait : seconds that Google asks to wait, or None.
    """

    def __init__(self, what: str, wait: float | None = None) -> None:
        super().__init__(what)
        self.wait = wait


class Careful(gspread.HTTPClient):
    """gspread's way to Google, with an end to every call."""

    def __init__(self, auth: Any, session: requests.Session | None = None) -> None:
        super().__init__(auth, session)
        self.set_timeout(PATIENCE.timeout)
        if on_connect is not None:
            on_connect(self.session)

    def read(self, url: str, params: Mapping[str, Any], clock: Clock | None = None) -> dict[str, Any]:
        """GET, retried.

        Raises
        ------
        Refused : an answer that would come again.
        NoAnswer : where every try failed, or the time is over.
        """
        clock = clock or Clock()
        while True:
            try:
                return self.once("get", url, params)
            except NoAnswer as failed:
                clock.wait(failed)

    def once(
        self, method: str, url: str, params: Mapping[str, Any], body: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """One call, sent once.

        Raises
        ------
        Refused, NoAnswer : as they say.
        """
        try:
            answer = self.request(method, url, params=dict(params), json=body)
            found = answer.json()
        except gspread.exceptions.APIError as error:
            raise _refusal(error.response) from None
        except RefreshError as error:
            if error.retryable:
                raise NoAnswer("the sign-in server did not answer") from None
            raise Refused(401, "the sign-in was refused") from None
        except (requests.RequestException, TransportError) as error:
            raise NoAnswer(_named(error)) from None
        except ValueError:
            raise NoAnswer("the answer was cut short") from None
        if not isinstance(found, dict):
            raise NoAnswer("the answer was cut short")
        return found


class Clock:
    """The tries and the time of one errand.

    >>> clock = Clock(Patience(tries=1))
    >>> clock.wait(NoAnswer("nothing came"))
    Traceback (most recent call last):
    ...
    funnel.sheets.google.client.http.NoAnswer: nothing came (after 1 try)
    """

    def __init__(self, patience: Patience | None = None) -> None:
        self.patience = patience or PATIENCE
        self.tried = 0
        self.end = time.monotonic() + self.patience.deadline

    def wait(self, failed: NoAnswer) -> None:
        """Wait before another try; NoAnswer again where there is none left."""
        self.tried += 1
        longest = self.patience.pause * 2 ** (self.tried - 1)
        pause = failed.wait if failed.wait is not None else random.uniform(longest / 2, longest)
        tries = f"{self.tried} {'try' if self.tried == 1 else 'tries'}"
        if self.tried >= self.patience.tries or time.monotonic() + pause > self.end:
            raise NoAnswer(f"{failed} (after {tries})")
        time.sleep(pause)


def _refusal(answer: requests.Response) -> Refused | NoAnswer:
    """What an error status means."""
    if answer.status_code in AGAIN:
        what = f"it answered {answer.status_code}"
        return NoAnswer(what, _retry_after(answer.headers.get("Retry-After")))
    try:
        reason = str(answer.json()["error"]["message"])
    except (ValueError, KeyError, TypeError):
        reason = answer.reason or "no reason was given"
    return Refused(answer.status_code, " ".join(reason.split())[:500])


def _retry_after(text: str | None) -> float | None:
    """Seconds to wait, told as such or as a moment.

    >>> _retry_after("7"), _retry_after(None), _retry_after("soon")
    (7.0, None, None)
    """
    if text is None:
        return None
    if text.strip().isdecimal():
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    zone = moment.tzinfo or dt.UTC
    return max(0.0, (moment.replace(tzinfo=zone) - dt.datetime.now(dt.UTC)).total_seconds())


def _named(error: Exception) -> str:
    """What broke, without the addresses and tokens that such errors like to quote."""
    if isinstance(error, requests.Timeout):
        return "it did not answer in time"
    if isinstance(error, requests.exceptions.ChunkedEncodingError):
        return "the answer was cut short"
    return "the connection broke"
