"""Calls to Google with a time limit: each ends with an answer, a refusal or an error.

The back-off of gspread retries an endless 503 for ever and sets no timeout; this client replaces it as
``http_client=``. It retries reads. A write is sent once: whether a write without a response was applied, is
found by reading the sheet (`funnel.sheets.google.sheet`).
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

from funnel.sheets.google.client.quota import READS

RETRY_STATUSES = frozenset({408, 429, 500, 502, 503, 504})
"""Status codes after which a call may be sent again."""
OVER_QUOTA = 20
"""The pause after a call beyond the quota of a minute, in pauses: four of them are longer than a minute."""

on_connect: Callable[[requests.Session], None] | None = None
"""Called with every new session; tests and the offline notebook use it to redirect to another server."""


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often and how long to try.

    Parameters
    ----------
    tries : calls in total.
    pause : seconds before the second try; doubled for each further one, and shortened at random.
    deadline : seconds for all tries, with the pauses.
    timeout : seconds to connect, and seconds to wait for a response.
    """

    tries: int = 5
    pause: float = 1.0
    deadline: float = 240.0
    timeout: tuple[float, float] = (10.0, 90.0)


RETRY_POLICY = RetryPolicy()


class RequestRefused(Exception):  # noqa: N818
    """Google refused a call and would refuse it again: the status and its reason."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(f"{status}: {reason}")
        self.status = status
        self.reason = reason


class NoResponse(Exception):  # noqa: N818
    """There was no usable response; the call may have been applied or not.

    Attributes
    ----------
    wait : seconds to wait before the next try, or None.
    over_quota : the quota of calls is used up, also for other sheets.
    """

    def __init__(self, what: str, wait: float | None = None, over_quota: bool = False) -> None:
        super().__init__(what)
        self.wait = wait
        self.over_quota = over_quota


class LimitedClient(gspread.HTTPClient):
    """The HTTP client of gspread, with a time limit for every call."""

    def __init__(self, auth: Any, session: requests.Session | None = None) -> None:
        super().__init__(auth, session)
        self.set_timeout(RETRY_POLICY.timeout)
        if on_connect is not None:
            on_connect(self.session)

    def read(self, url: str, params: Mapping[str, Any], clock: RetryTimer | None = None) -> dict[str, Any]:
        """Send a GET request, with retries, within Google's quota.

        Raises
        ------
        RequestRefused : Google refused it, and would again.
        NoResponse : every try failed, or the time is over.
        """
        clock = clock or RetryTimer()
        while True:
            READS.wait_for_turn()
            try:
                return self.once("get", url, params)
            except NoResponse as failed:
                if not failed.over_quota:
                    clock.wait(failed)
                else:  # all reads of this process wait, at their next turn
                    READS.hold(clock.pause(failed))

    def once(
        self, method: str, url: str, params: Mapping[str, Any], body: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """Send one call, once.

        Raises
        ------
        RequestRefused : Google refused it.
        NoResponse : there was no usable response.
        """
        try:
            compact = {**params, "prettyPrint": "false"}  # with spaces an answer is four times as long
            answer = self.session.request(method, url, params=compact, json=body, timeout=self.timeout)
            if not answer.ok:  # gspread's own error expects a code in the body
                raise _refusal(answer)
            found = answer.json()
        except RefreshError as error:
            if error.retryable:
                raise NoResponse("the sign-in server did not answer") from None
            raise RequestRefused(401, "the sign-in was refused") from None
        except (requests.RequestException, TransportError) as error:
            raise NoResponse(_named(error)) from None
        except (ValueError, RecursionError):
            raise NoResponse("the answer was cut short") from None
        if not isinstance(found, dict):
            raise NoResponse("the answer was cut short")
        return found


class RetryTimer:
    """The tries and the time limit of one operation.

    >>> clock = RetryTimer(RetryPolicy(tries=1))
    >>> clock.wait(NoResponse("nothing came"))
    Traceback (most recent call last):
    ...
    funnel.sheets.google.client.http.NoResponse: nothing came (after 1 try)
    """

    def __init__(self, patience: RetryPolicy | None = None) -> None:
        self.patience = patience or RETRY_POLICY
        self.tried = 0
        self.end = time.monotonic() + self.patience.deadline

    def wait(self, failed: NoResponse) -> None:
        """Wait before the next try; raise NoResponse again if there is none left."""
        time.sleep(self.pause(failed))

    def pause(self, failed: NoResponse) -> float:
        """Return the seconds until the next try; raise NoResponse again if there is none left."""
        self.tried += 1
        longest = self.patience.pause * 2 ** (self.tried - 1)
        pause = failed.wait if failed.wait is not None else random.uniform(longest / 2, longest)
        tries = f"{self.tried} {'try' if self.tried == 1 else 'tries'}"
        if self.tried >= self.patience.tries or time.monotonic() + pause > self.end:
            raise NoResponse(f"{failed} (after {tries})")
        return pause


def _refusal(answer: requests.Response) -> RequestRefused | NoResponse:
    """Turn an error status into an exception."""
    wait = _retry_after(answer.headers.get("Retry-After"))
    try:
        error = answer.json()["error"]
        reason, kind = str(error["message"]), str(error.get("status"))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        reason, kind = answer.reason or "no reason was given", ""
    if answer.status_code == 429 or kind == "RESOURCE_EXHAUSTED":
        what = f"it answered {answer.status_code}: too many calls in a minute"
        return NoResponse(what, RETRY_POLICY.pause * OVER_QUOTA if wait is None else wait, over_quota=True)
    if answer.status_code in RETRY_STATUSES:
        return NoResponse(f"it answered {answer.status_code}", wait)
    return RequestRefused(answer.status_code, " ".join(reason.split())[:500])


def _retry_after(text: str | None) -> float | None:
    """Parse a Retry-After header: seconds, or a date.

    >>> _retry_after("7"), _retry_after(None), _retry_after("soon")
    (7.0, None, None)
    """
    if text is None:
        return None
    if text.strip().isdecimal():
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    zone = moment.tzinfo or dt.UTC
    return max(0.0, (moment.replace(tzinfo=zone) - dt.datetime.now(dt.UTC)).total_seconds())


def _named(error: Exception) -> str:
    """Describe a connection error without the addresses and tokens in its message."""
    if isinstance(error, requests.Timeout):
        return "it did not answer in time"
    if isinstance(error, requests.exceptions.ChunkedEncodingError):
        return "the answer was cut short"
    return "the connection broke"
