"""One application of a plan to a spreadsheet: sent, read back, compared; put back where people were at it.

The order is that of docs/decisions/0011: the batch, with what it writes over kept aside and all that matters
read back; then the totals, by their metadata, where they are still as they were read; then what goes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from typing import Any

from funnel.errors import SheetChanged, WriteError
from funnel.plan import Plan
from funnel.sheets.google.client.calls import Wire
from funnel.sheets.google.client.http import Clock, NoAnswer, Refused
from funnel.sheets.google.read.spreadsheet import MASK, Snapshot, rule_name
from funnel.sheets.google.write.backup_tab import TITLE
from funnel.sheets.google.write.requests import Batch
from funnel.sheets.google.write.verify import columns_moved, differences
from funnel.text import listed

Json = dict[str, Any]

LARGEST_BODY = 2_000_000
"""Bytes of one call, as Google advises."""


class Writing:
    """What applies one plan.

    Parameters
    ----------
    before : the spreadsheet as the plan was made for it.
    """

    def __init__(self, wire: Wire, plan: Plan, before: Snapshot) -> None:
        self._wire = wire
        self._plan = plan
        self._before = before
        self._batch = Batch(before, plan)
        self._clock = Clock()
        self._done = 0
        self._replies: list[tuple[Json, Json]] = []  # each request with its reply

    def run(self) -> tuple[str, ...]:
        """Send all of it; return sentences on what could not be written as planned.

        Raises
        ------
        SheetChanged : where somebody changed the sheet meanwhile: read it and plan again.
        WriteError : where the sheet cannot be written; the message says what was left as it was.
        """
        batch = self._batch
        after = self._send_batch() if batch.requests else self._look()
        self._put_back_rules()
        self._put_back_cells(after)
        self._compare(after)
        if batch.rewrites:
            self._rewrite(after)
        if batch.last:
            self._take_away(after)
        if batch.again:
            raise SheetChanged(f"The totals of {self._wire.source} stand elsewhere now. Refresh again.")
        return tuple(batch.notes)

    # --- the batch -----------------------------------------------------------------------------------------

    def _look(self) -> Snapshot:
        return Snapshot(self._wire.read_again(MASK, self._clock, self._done))

    def _send_batch(self) -> Snapshot:
        """Send the batch, in parts only where it is too large for one; return what it left."""
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
        """Send a part until it is known to be applied; what came back with it."""
        while True:
            try:
                answer = self._wire.send(":batchUpdate", body, f"replies,updatedSpreadsheet({MASK})")
            except Refused as refused:
                if refused.status != 400:
                    self._wire.refuse(refused, self._done)
                found = self._whether_applied(whole, refused)
            except NoAnswer as failed:
                self._wire.pause(failed, self._clock, self._done)
                found = self._whether_applied(whole, failed)
            else:
                self._replies += zip(body["requests"], answer.get("replies", []), strict=False)
                self._done += 1
                updated = answer.get("updatedSpreadsheet")
                return Snapshot(updated) if updated else None
            if found:
                self._done += 1
                return found

    def _whether_applied(self, whole: bool, why: Refused | NoAnswer) -> Snapshot | None:
        """Find out from the sheet whether a part was applied that got no answer or a 400.

        Returns
        -------
        The sheet, where it was; None, where it was not and may be sent again.

        Raises
        ------
        SheetChanged : where the sheet has changed, so that the plan no longer fits it.
        WriteError : where it has not, and Google refused the batch all the same.
        """
        now = self._look()
        if whole and self._applied(now):
            return now
        if whole and version_of(now) == version_of(self._before):
            if isinstance(why, Refused):
                self._wire.refuse(why, self._done)
            return None
        if not whole:
            self._put_back_cells(now, some=True)
        what = "Google refused what no longer fits" if isinstance(why, Refused) else str(why)
        raise SheetChanged(f"{self._wire.source} changed while it was written ({what}). Refresh again.")

    def _applied(self, now: Snapshot) -> bool:
        """Whether the batch shows in the sheet: by the tab that it makes, else by all that it does."""
        if self._batch.aside:
            return now.by_id(self._batch.aside.id) is not None
        return not any(differences(self._plan, self._before, now))

    def _compare(self, after: Snapshot) -> None:
        """Read-back against plan, without what is still to come."""
        later = {rewrite.sheet for rewrite in self._batch.rewrites}
        wrong = list(differences(self._plan, self._before, after, later))
        if wrong:
            raise SheetChanged(
                f"Somebody changed {self._wire.source} while it was written: {listed(wrong)} is not as "
                "planned. The rest was written. Refresh again."
            )

    # --- what people did meanwhile -------------------------------------------------------------------------

    def _put_back_cells(self, after: Snapshot, some: bool = False) -> None:
        """Give back cells of our own tabs that were others than those read when we wrote over them."""
        aside = self._batch.aside
        changed = list(aside.changed(after, some))
        if not changed:
            return
        try:
            body = {"requests": aside.put_back(after, some)}
            self._wire.send_until_answered(":batchUpdate", body, self._clock, self._done)
        except Refused as refused:
            raise WriteError(
                f"Somebody changed {self._wire.source} while it was written, and {listed(changed)} could not "
                f"be put back ({refused.reason}). What stood there is on the hidden tab {TITLE!r}: choose "
                "View > Hidden sheets."
            ) from None
        raise SheetChanged(
            f"Somebody changed {self._wire.source} while it was written: {listed(changed)} was put back as "
            "it was. Refresh again."
        )

    def _put_back_rules(self) -> None:
        """Give back a rule that stood where ours was when a person had moved them: rules go by number."""
        lost = []
        for request, reply in self._replies:
            rule = reply.get("deleteConditionalFormatRule", {}).get("rule")
            if rule is not None and rule_name(rule) is None:
                index = request["deleteConditionalFormatRule"].get("index", 0)
                lost.append({"addConditionalFormatRule": {"rule": rule, "index": index}})
        if not lost:
            return
        while True:
            try:
                self._wire.send(":batchUpdate", {"requests": lost[::-1]})
                break
            except Refused:
                first = [r["addConditionalFormatRule"] | {"index": 0} for r in lost]
                lost = [{"addConditionalFormatRule": rule} for rule in first]
                self._clock.wait(NoAnswer("a rule could not be put back"))
            except NoAnswer as failed:
                self._wire.pause(failed, self._clock, self._done)
        raise SheetChanged(
            f"Somebody changed the rules of {self._wire.source} while it was written. Refresh again."
        )

    # --- the totals, and what goes -------------------------------------------------------------------------

    def _rewrite(self, after: Snapshot) -> None:
        """Write the totals by their metadata. The same cells again do no harm."""
        for rewrite in self._batch.rewrites:
            before, now = self._before.by_id(rewrite.sheet), after.by_id(rewrite.sheet)
            moved = not before or not now or columns_moved(before.grid, now.grid)
            if moved or not rewrite.stands(after):
                raise SheetChanged(
                    f"Somebody changed the totals of {self._wire.source} meanwhile. Refresh again."
                )
        data = [rewrite.request() for rewrite in self._batch.rewrites]
        body = {"valueInputOption": "USER_ENTERED", "data": data}
        try:
            answer = self._wire.send_until_answered(
                "/values:batchUpdateByDataFilter", body, self._clock, self._done
            )
        except Refused as refused:
            if refused.status == 400 and not all(each.stands(self._look()) for each in self._batch.rewrites):
                raise SheetChanged(
                    f"{self._wire.source} changed while it was written. Refresh again."
                ) from None
            self._wire.refuse(refused, self._done)
        self._done += 1
        if len(answer.get("responses", [])) < len(data):
            raise SheetChanged(f"Somebody took rows of the totals out of {self._wire.source}. Refresh again.")

    def _take_away(self, after: Snapshot) -> None:
        """Take away tabs and metadata, once nobody is found to be at the tabs."""
        for request in self._batch.last:
            key = request.get("deleteSheet", {}).get("sheetId")
            before, now = (each.by_id(key) if key else None for each in (self._before, after))
            if before and now and _typed_on(before.grid) != _typed_on(now.grid):
                raise SheetChanged(f"Somebody typed on tab {now.grid.tab!r} meanwhile. Try again.")
        while True:
            try:
                self._wire.send(":batchUpdate", {"requests": self._batch.last})
                return
            except Refused as refused:
                self._wire.refuse(refused, self._done)
            except NoAnswer as failed:
                self._wire.pause(failed, self._clock, self._done)
            found = self._look()
            gone = (each.get("deleteSheet", {}).get("sheetId") for each in self._batch.last)
            if not any(found.by_id(key) for key in gone if key):
                return


def _typed_on(grid: Any) -> Any:
    return [list(column) for column in grid.values], dict(grid.formulas)


def version_of(snapshot: Snapshot) -> str:
    """A hash of all that was read."""
    return hashlib.sha256(json.dumps(snapshot.found, sort_keys=True).encode()).hexdigest()


def parts_of(requests: Sequence[Json]) -> Iterator[list[Json]]:
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
