"""Reasons for leaving, by the last step reached."""

from __future__ import annotations

from funnel.metrics.core.result import WHO_LEFT, Column, Need, Result, View, low_high
from funnel.metrics.tables.leavers import REASON, reasons_by_step_table

VIEW = View(
    "Why clients left, by step",
    ("step", "reason", "clients", "n", "share", "low"),
    "Share: of all clients who left after that step, with its 95 % interval.",
)
RESULT = Result(
    "reasons_by_step",
    "Why clients left, by step",
    "Clients who left, by the last step they reached, then by reason.",
    (
        Column("step", "Left after", "text", "The last step they reached.", staged="Left after stage"),
        REASON,
        Column("clients", "Clients", "count", "Clients who left after that step for that reason."),
        Column("n", "of how many", "count", "All clients who left after that step."),
        Column("share", "Share", "rate", "clients / n.", ("low", "high"), n="n"),
        *low_high("the share"),
    ),
    lambda funnel: reasons_by_step_table(funnel.clients, funnel.flagged),
    needs=(
        WHO_LEFT,
        Need("reasons", lambda funnel: "left_reason" in funnel.flagged.columns, "No column has reasons."),
    ),
    review=True,
    tab=VIEW,
    alone=VIEW,
    index=("step", "reason"),
)
