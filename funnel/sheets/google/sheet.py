"""A Google Sheet: one call reads all of it, one more applies a plan and reads back what became of it."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, NoReturn

from funnel.errors import FunnelError, Moved, ReadError, WriteError
from funnel.grid import Grid
from funnel.plan import Plan
from funnel.sheets.google import auth
from funnel.sheets.google.attached import FIELDS, attached
from funnel.sheets.google.http import Careful, Clock, NoAnswer, Refused
from funnel.sheets.google.ids import fixed
from funnel.sheets.google.read import MASK, Snapshot, rule_name
from funnel.sheets.google.requests import Batch
from funnel.sheets.google.verify import differences
from funnel.sheets.tabs import find_tab_name
from funnel.text import listed

Json = dict[str, Any]

API = "https://sheets.googleapis.com/v4/spreadsheets"
LARGEST_BODY = 2_000_000
"""Bytes of one call, as Google advises."""

_ADDRESS = re.compile(r"/spreadsheets/(?:u/\d+/)?d/([\w-]{10,})")


def open_google(url: str) -> GoogleSheet:
    """Open a Google Sheet by its address; nothing is read yet.

    Raises
    ------
    ReadError : where the address names no sheet, or nobody has signed in.
    """
    return GoogleSheet(url)


class GoogleSheet:
    """A Google Sheet, read as it was when it was first looked at.

    Parameters
    ----------
    url : its address, as the browser shows it.
    credentials : who signs in; as `auth.credentials` finds out where None.

    Attributes
    ----------
    moving : rows may move between reading and writing, so plans for it name none.
    """

    moving = True
    read_only: str | None = None

    def __init__(self, url: str, credentials: Any = None) -> None:
        self.source = url
        self._key = _key_of(url)
        credentials = auth.credentials() if credentials is None else credentials
        self._email = auth.email(credentials)
        self._http = Careful(credentials)
        self._seen: Snapshot | None = None
        self._version = ""

    def __repr__(self) -> str:
        return f"GoogleSheet({self.source!r})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("A GoogleSheet holds a sign-in, and cannot be stored. Open it again by its address.")

    @property
    def version(self) -> str:
        """A hash of all that was read."""
        self._snapshot()
        return self._version

    @property
    def title(self) -> str:
        """The spreadsheet's own name."""
        return self._snapshot().title

    @property
    def signed_in_as(self) -> str:
        """Who signs in, in words."""
        return self._email or "you, in your own name"

    def try_writing(self) -> None:
        """Find out whether this sign-in may write: a mark that nobody sees is made and taken away at once.

        Raises
        ------
        WriteError : where it may not.
        """
        key = fixed("try")
        made = {
            "metadataId": key, "metadataKey": "funnel.try", "location": {"spreadsheet": True},
            "visibility": "DOCUMENT",
        }  # fmt: skip
        gone = {"developerMetadataLookup": {"metadataId": key}}
        requests = [
            {"createDeveloperMetadata": {"developerMetadata": made}},
            {"deleteDeveloperMetadata": {"dataFilter": gone}},
        ]
        self._write_through(f"{API}/{self._key}:batchUpdate", {"requests": requests}, Clock())

    def tabs(self) -> tuple[str, ...]:
        """The names of the tabs that hold cells, in the order a person sees them; hidden ones too."""
        return tuple(self._snapshot().tabs)

    def read(self, tab: str, rows: int | None = None) -> Grid:
        """One tab, or its first rows; all tabs come with the one call that the first look costs.

        Raises
        ------
        ReadError : where the tab is missing (with the nearest name), or the sheet cannot be read.
        """
        grid = self._snapshot().tabs[find_tab_name(tab, self.tabs(), self.source)].grid
        if rows is None or rows >= grid.height:
            return grid
        formulas = {at: text for at, text in grid.formulas.items() if at[0] <= rows}
        return replace(grid, values=[column[:rows] for column in grid.values], formulas=formulas)

    def attached(self, tab: str) -> tuple[str, ...]:
        """What a person would lose with a tab besides its cells, in words; costs a call of its own.

        Raises
        ------
        ReadError : where the sheet cannot be read.
        """
        return attached(self._snapshot(), self._get(FIELDS, None), tab)

    def apply(self, plan: Plan) -> tuple[str, ...]:
        """Make every change of a plan, or none; return sentences on what could not be written as planned.

        Raises
        ------
        Moved : where somebody changed the sheet meanwhile: read it and plan again.
        WriteError : where the sheet cannot be written; the message says what was left as it was.
        """
        if plan.version and plan.version != self.version:
            raise Moved(f"{self.source} has changed since it was read. It is as it was. Refresh again.")
        before = self._snapshot()
        batch = Batch(before, plan)
        clock = Clock()
        if batch.values:
            self._write_values(batch.values, clock)
        answer = self._write(batch, plan, before, clock)
        self._forget()
        self._put_back(answer.get("replies", []), batch.requests, clock)
        if batch.again:
            raise Moved(f"{self.source} is written in two steps: {batch.again}. Refresh again.")
        if "updatedSpreadsheet" in answer:
            _compare(self.source, plan, before, Snapshot(answer["updatedSpreadsheet"]))
        return tuple(batch.notes)

    # --- calls ----------------------------------------------------------------------------------------------

    def _snapshot(self) -> Snapshot:
        if self._seen is None:
            self._seen = self._look(None)
            self._version = _hash(self._seen)
        return self._seen

    def _forget(self) -> None:
        self._seen = None

    def _look(self, clock: Clock | None) -> Snapshot:
        return Snapshot(self._get(MASK, clock))

    def _get(self, fields: str, clock: Clock | None) -> Json:
        """The spreadsheet, as far as a mask of fields says."""
        try:
            return self._http.read(f"{API}/{self._key}", {"fields": fields}, clock)
        except Refused as refused:
            raise ReadError(self._refusal(refused, "read")) from None
        except NoAnswer as failed:
            raise ReadError(
                f"{self.source} could not be read: {failed}. It is as it was. Check the connection, and try "
                "again in a few minutes."
            ) from None

    def _write(self, batch: Batch, plan: Plan, before: Snapshot, clock: Clock) -> Json:
        """Send the batch; where no answer came, find out from the sheet whether it was applied."""
        if not batch.requests:
            return {"updatedSpreadsheet": self._seen_again(clock).found} if batch.watched else {}
        parts = list(_parts(batch.requests))
        if len(parts) > 1:
            batch.notes.append(f"The sheet is large, and was written in {len(parts)} steps.")
        answer: Json = {}
        replies: list[Json] = []
        before_these = 1 if batch.values else 0  # the totals' values went ahead, in a call of their own
        for done, part in enumerate(parts, before_these):
            last = part is parts[-1]
            body: Json = {"requests": part, **(_read_back(batch.watched) if last else {})}
            answer = self._send(body, plan, before, clock, done, first=len(parts) <= 1)
            replies += answer.get("replies", [])
        return {**answer, "replies": replies}

    def _send(self, body: Json, plan: Plan, before: Snapshot, clock: Clock, done: int, first: bool) -> Json:
        while True:
            try:
                fields = {"fields": f"replies,updatedSpreadsheet({MASK})"}
                return self._http.once("post", f"{API}/{self._key}:batchUpdate", fields, body)
            except Refused as refused:
                self._refused(refused, done)
            except NoAnswer as failed:
                self._pause(failed, clock, done)
                now = self._seen_again(clock)
                if not any(differences(plan, before, now)):
                    return {}
                if not first or _hash(now) != self._version:
                    raise Moved(self._unsure(failed)) from None

    def _write_values(self, data: Sequence[Json], clock: Clock) -> None:
        """Rewrite cells by metadata. The same cells again do no harm, so this is retried as it is."""
        body = {"valueInputOption": "USER_ENTERED", "data": list(data)}
        self._write_through(f"{API}/{self._key}/values:batchUpdateByDataFilter", body, clock)

    def _write_through(self, url: str, body: Json, clock: Clock) -> None:
        """Send what does no harm twice, until it is answered."""
        while True:
            try:
                self._http.once("post", url, {}, body)
                return
            except Refused as refused:
                self._refused(refused, 0)
            except NoAnswer as failed:
                self._pause(failed, clock, 0)

    def _put_back(self, replies: Sequence[Json], requests: Sequence[Json], clock: Clock) -> None:
        """Give back a rule that stood where ours was when a person had moved them: rules go by number."""
        lost = []
        for request, reply in zip(requests, replies, strict=False):
            rule = reply.get("deleteConditionalFormatRule", {}).get("rule")
            if rule is not None and rule_name(rule) is None:
                index = request["deleteConditionalFormatRule"].get("index", 0)
                lost.append({"addConditionalFormatRule": {"rule": rule, "index": index}})
        if not lost:
            return
        while True:
            try:
                self._http.once("post", f"{API}/{self._key}:batchUpdate", {}, {"requests": lost[::-1]})
                break
            except Refused:
                lost = [
                    {"addConditionalFormatRule": {**r["addConditionalFormatRule"], "index": 0}} for r in lost
                ]
                clock.wait(NoAnswer("a rule could not be put back"))
            except NoAnswer as failed:
                self._pause(failed, clock, 1)
        raise Moved(f"Somebody changed the rules of {self.source} while it was written. Refresh again.")

    # --- what to say ----------------------------------------------------------------------------------------

    def _pause(self, failed: NoAnswer, clock: Clock, done: int) -> None:
        try:
            clock.wait(failed)
        except NoAnswer as over:
            raise WriteError(
                f"{self.source} could not be written: {over}. {_left(done)} Whether the last step still "
                "arrived is not known; nothing of yours is in danger. Refresh again in a few minutes."
            ) from None

    def _seen_again(self, clock: Clock) -> Snapshot:
        try:
            return self._look(clock)
        except FunnelError as error:
            raise WriteError(f"{error} Whether the last step arrived is not known. Refresh again.") from None

    def _unsure(self, failed: NoAnswer) -> str:
        return f"{self.source} changed while it was written ({failed}). Refresh again."

    def _refused(self, refused: Refused, done: int) -> NoReturn:
        sentence = f"{self._refusal(refused, 'written')} {_left(done)}"
        raise (Moved if refused.status == 400 else WriteError)(sentence) from None

    def _refusal(self, refused: Refused, what: str) -> str:
        """What Google refused, and the way out."""
        share = (
            f"In Google Sheets choose Share, and share this sheet with {self._email} as an editor."
            if self._email
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


def _key_of(url: str) -> str:
    found = _ADDRESS.search(url)
    if found is None:
        raise ReadError(
            f"{url} names no Google Sheet. Open the sheet in the browser and copy its whole address; it "
            "looks like https://docs.google.com/spreadsheets/d/1AbC…/edit."
        )
    return found[1]


def _hash(snapshot: Snapshot) -> str:
    return hashlib.sha256(json.dumps(snapshot.found, sort_keys=True).encode()).hexdigest()


def _left(done: int) -> str:
    if not done:
        return "The sheet is as it was."
    steps = "The first step was" if done == 1 else f"The first {done} steps were"
    return f"{steps} written, the rest was not."


def _read_back(watched: Sequence[str]) -> Json:
    """Ask for what became of it, in the same call."""
    if not watched:
        return {}
    return {
        "includeSpreadsheetInResponse": True, "responseIncludeGridData": True,
        "responseRanges": sorted(set(watched)),
    }  # fmt: skip


def _parts(requests: Sequence[Json]) -> Iterator[list[Json]]:
    """Requests in bodies that are not too large; one, unless it must be more."""
    part: list[Json] = []
    size = 0
    for request in requests:
        length = len(json.dumps(request)) + 2
        if part and size + length > LARGEST_BODY - 10_000:
            yield part
            part, size = [], 0
        part.append(request)
        size += length
    if part:
        yield part


def _compare(source: str, plan: Plan, before: Snapshot, after: Snapshot) -> None:
    wrong = list(differences(plan, before, after))
    if wrong:
        raise Moved(
            f"Somebody changed {source} while it was written: {listed(wrong)} is not as planned. "
            "The rest was written. Refresh again."
        )
