"""Apply a plan to a spreadsheet: send it, read it back, compare, and restore what people typed meanwhile.

The order (docs/decisions/0011): the batch, which copies the overwritten cells to the backup tab and returns
the result; then the totals, by their metadata, if they are unchanged since they were read; then deletions.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from typing import Any

from funnel.errors import SheetChanged, WriteError
from funnel.plan import Plan
from funnel.sheets.google.client.calls import SpreadsheetClient
from funnel.sheets.google.client.http import NoResponse, RequestRefused, RetryTimer
from funnel.sheets.google.read.spreadsheet import READ_FIELDS, Snapshot, rule_name
from funnel.sheets.google.write.backup_tab import TITLE
from funnel.sheets.google.write.requests import Batch
from funnel.sheets.google.write.rules import lost_rules
from funnel.sheets.google.write.verify import columns_moved, differences
from funnel.text import listed

Json = dict[str, Any]

LARGEST_BODY = 2_000_000
"""Bytes of one call, as Google advises."""


class PlanWriter:
    """Applies one plan.

    Parameters
    ----------
    before : the spreadsheet that the plan was made for.
    """

    def __init__(self, client: SpreadsheetClient, plan: Plan, before: Snapshot) -> None:
        self._client = client
        self._plan = plan
        self._before = before
        self._batch = Batch(before, plan)
        self._clock = RetryTimer()
        self._done = 0
        self._replies: list[tuple[Json, Json]] = []  # each request with its reply

    def run(self) -> tuple[str, ...]:
        """Send the plan; return sentences on what could not be written as planned.

        Raises
        ------
        SheetChanged : the sheet was changed in between: read and plan again.
        WriteError : the sheet cannot be written; the message says what is unchanged.
        """
        batch = self._batch
        after = self._send_batch() if batch.requests else self._look()
        self._put_back_rules(self._deleted_rules())
        self._put_back_cells(after)
        self._compare(after)
        if batch.rewrites:
            self._rewrite(after)
        if batch.last:
            after = self._look() if batch.rewrites else after
            self._delete_last(after)
        if batch.again:
            raise SheetChanged(f"The totals of {self._client.source} have moved. Refresh again.")
        return tuple(batch.notes)

    # --- the batch -----------------------------------------------------------------------------------------

    def _look(self) -> Snapshot:
        return Snapshot(self._client.read_again(READ_FIELDS, self._clock, self._done))

    def _send_batch(self) -> Snapshot:
        """Send the batch, in parts if it is too large for one call; return the result."""
        parts = list(parts_of(self._batch.requests))
        if len(parts) > 1:
            self._batch.notes.append(f"The sheet is large, and was written in {len(parts)} steps.")
        for part in parts[:-1]:
            self._send_part({"requests": part}, whole=False)
        ranges = {"responseRanges": sorted(set(self._batch.watched))}
        back = {"includeSpreadsheetInResponse": True, "responseIncludeGridData": True, **ranges}
        after = self._send_part({"requests": parts[-1], **back}, whole=len(parts) == 1)
        return after or self._look()

    def _send_part(self, body: Json, whole: bool) -> Snapshot | None:
        """Send a part until it is known to be applied; return the spreadsheet of the response, if any."""
        while True:
            try:
                answer = self._client.send(":batchUpdate", body, f"replies,updatedSpreadsheet({READ_FIELDS})")
            except RequestRefused as refused:
                if refused.status != 400:
                    self._client.refuse(refused, self._done)
                found = self._find_if_applied(whole, refused)
            except NoResponse as failed:
                self._client.pause(failed, self._clock, self._done)
                found = self._find_if_applied(whole, failed)
            else:
                self._replies += zip(body["requests"], answer.get("replies", []), strict=False)
                self._done += 1
                updated = answer.get("updatedSpreadsheet")
                return Snapshot(updated) if updated else None
            if found:
                self._done += 1
                self._put_back_rules(lost_rules(self._before, found, self._batch.requests))
                return found

    def _find_if_applied(self, whole: bool, why: RequestRefused | NoResponse) -> Snapshot | None:
        """Find out from the sheet if a part without a response, or with a 400, was applied.

        Returns
        -------
        The sheet if it was applied; None if it was not, and may be sent again.

        Raises
        ------
        SheetChanged : the sheet has changed, so that the plan no longer fits it.
        WriteError : the sheet has not changed, and Google refused the batch.
        """
        now = self._look()
        if whole and self._applied(now):
            return now
        if whole and version_of(now) == version_of(self._before):
            if isinstance(why, RequestRefused):
                self._client.refuse(why, self._done)
            return None
        if not whole:
            self._put_back_cells(now, some=True)
        if not isinstance(why, RequestRefused):
            self._put_back_rules(lost_rules(self._before, now, self._batch.requests))
        what = "Google refused a batch that no longer fits" if isinstance(why, RequestRefused) else str(why)
        raise SheetChanged(f"{self._client.source} changed while it was written ({what}). Refresh again.")

    def _applied(self, now: Snapshot) -> bool:
        """Return True if the sheet shows the batch: its backup tab, or else all its changes."""
        if self._batch.backup:
            return now.by_id(self._batch.backup.id) is not None
        return not any(differences(self._plan, self._before, now))

    def _compare(self, after: Snapshot) -> None:
        """Compare the result with the plan, without later steps."""
        later = {rewrite.sheet for rewrite in self._batch.rewrites}
        wrong = list(differences(self._plan, self._before, after, later))
        if wrong:
            raise SheetChanged(
                f"Somebody changed {self._client.source} while it was written: {listed(wrong)} is not as "
                "planned. The rest was written. Refresh again."
            )

    # --- what people did meanwhile -------------------------------------------------------------------------

    def _put_back_cells(self, after: Snapshot, some: bool = False) -> None:
        """Restore cells of our own tabs that had changed between reading and overwriting."""
        backup = self._batch.backup
        changed = list(backup.changed(after, some))
        if not changed:
            return
        try:
            body = {"requests": backup.put_back(after, some)}
            self._client.send_until_answered(":batchUpdate", body, self._clock, self._done)
        except RequestRefused as refused:
            raise WriteError(
                f"Somebody changed {self._client.source} while it was written, and {listed(changed)} could "
                f"not be put back ({refused.reason}). The old content is on the hidden tab {TITLE!r}: choose "
                "View > Hidden sheets."
            ) from None
        raise SheetChanged(
            f"Somebody changed {self._client.source} while it was written: {listed(changed)} was put back as "
            "it was. Refresh again."
        )

    def _deleted_rules(self) -> list[Json]:
        """Return requests that add the rules of a person which the replies show as deleted."""
        lost = []
        for request, reply in self._replies:
            rule = reply.get("deleteConditionalFormatRule", {}).get("rule")
            if rule is not None and rule_name(rule) is None:
                index = request["deleteConditionalFormatRule"].get("index", 0)
                lost.append({"addConditionalFormatRule": {"rule": rule, "index": index}})
        return lost

    def _put_back_rules(self, lost: list[Json] | None) -> None:
        """Restore rules of a person that were deleted in place of ours: rules are addressed by number.

        Parameters
        ----------
        lost : requests that add them; None if one was deleted that nothing contains.
        """
        if lost is None:
            raise WriteError(
                f"Somebody put a colour rule into {self._client.source} while funnel deleted its own, and "
                "Google's answer was lost, so that rule may be gone. Look at Format > Conditional "
                "formatting; File > Version history has the sheet as it was. Then run the command again."
            )
        if not lost:
            return
        while True:
            try:
                self._client.send(":batchUpdate", {"requests": lost[::-1]})
                break
            except RequestRefused as refused:
                first = [r["addConditionalFormatRule"] | {"index": 0} for r in lost]
                lost = [{"addConditionalFormatRule": rule} for rule in first]
                refusal = NoResponse(f"a rule could not be put back ({refused.reason})")
                self._client.pause(refusal, self._clock, self._done)
            except NoResponse as failed:
                self._client.pause(failed, self._clock, self._done)
        raise SheetChanged(
            f"Somebody changed the rules of {self._client.source} while it was written. Refresh again."
        )

    # --- the totals, and what goes -------------------------------------------------------------------------

    def _rewrite(self, after: Snapshot) -> None:
        """Write the totals by their metadata; repeating it does no harm."""
        for rewrite in self._batch.rewrites:
            before, now = self._before.by_id(rewrite.sheet), after.by_id(rewrite.sheet)
            moved = not before or not now or columns_moved(before.grid, now.grid)
            if moved or not rewrite.is_current(after):
                raise SheetChanged(
                    f"Somebody changed the totals of {self._client.source} meanwhile. Refresh again."
                )
        data = [rewrite.request() for rewrite in self._batch.rewrites]
        body = {"valueInputOption": "USER_ENTERED", "data": data}
        try:
            answer = self._client.send_until_answered(
                "/values:batchUpdateByDataFilter", body, self._clock, self._done
            )
        except RequestRefused as refused:
            rewrites = self._batch.rewrites
            if refused.status == 400 and not all(each.is_current(self._look()) for each in rewrites):
                raise SheetChanged(
                    f"{self._client.source} changed while it was written. Refresh again."
                ) from None
            self._client.refuse(refused, self._done)
        self._done += 1
        if len(answer.get("responses", [])) < len(data):
            raise SheetChanged(
                f"Somebody deleted rows of the totals in {self._client.source}. Refresh again."
            )

    def _delete_last(self, after: Snapshot) -> None:
        """Delete tabs and metadata, unless a person has typed on the tabs."""
        while True:
            self._check_typed(after)
            try:
                self._client.send(":batchUpdate", {"requests": self._batch.last})
                return
            except RequestRefused as refused:
                self._client.refuse(refused, self._done)
            except NoResponse as failed:
                self._client.pause(failed, self._clock, self._done)
            after = self._look()
            gone = (each.get("deleteSheet", {}).get("sheetId") for each in self._batch.last)
            if not any(after.by_id(key) for key in gone if key):
                return

    def _check_typed(self, now: Snapshot) -> None:
        """Raise SheetChanged if a person has typed on a tab that is to be deleted."""
        for request in self._batch.last:
            key = request.get("deleteSheet", {}).get("sheetId")
            old, new = (each.by_id(key) if key else None for each in (self._before, now))
            if old and new and _typed_on(old.grid) != _typed_on(new.grid):
                raise SheetChanged(f"Somebody typed on tab {new.grid.tab!r} meanwhile. Try again.")


def _typed_on(grid: Any) -> Any:
    return [list(column) for column in grid.values], dict(grid.formulas)


def version_of(snapshot: Snapshot) -> str:
    """Return the hash of everything that was read."""
    return hashlib.sha256(json.dumps(snapshot.found, sort_keys=True).encode()).hexdigest()


def parts_of(requests: Sequence[Json]) -> Iterator[list[Json]]:
    """Split requests into as few bodies as their size allows."""
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
