"""The words of a review and their meanings, in short; in full: docs/definitions.md."""

from __future__ import annotations

from funnel.metrics.tables.steps import OVERDUE
from funnel.text import capitalised

GLOSSARY = (
    ("As of", "All numbers are those of this day. Later leads are not counted."),
    ("Step reached", "The cell of the step is marked, or that of a later step of the same kind."),
    ("Left", "A date or a reason for leaving is in the row, or the stage is a lost one."),
    (
        "Due",
        "The day has come by which a client should have reached a step: the lead date plus the time that the "
        "journey allows; for a retention step, its months after the lead.",
    ),
    ("Overdue", capitalised(OVERDUE.format("not marked"))),
    ("Not due", "The client still has time for the step, and does not count as lost."),
    (
        "Settled",
        "Clients who are due at this step and had reached the step before. Verdicts use only these.",
    ),
    ("Lost", "Of the settled clients, those who left or are overdue."),
    (
        "% of previous step",
        "Clients marked at a step, of those marked at the step before. New clients who still have time make "
        "it too low.",
    ),
    ("Still here", "Of the clients for whom this number of months has passed, those who are still clients."),
    (
        "95 % (from–to)",
        "The true rate may be anywhere between these bounds (Wilson interval). The fewer clients, the wider.",
    ),
    ("Too few to call", "Fewer than 10 settled clients, too few for a verdict."),
    (
        "Worst step",
        "The probability that the true drop-off of this step is the highest of all steps with at least 10 "
        "settled clients.",
    ),
)
"""Word -> meaning, in the order of the review."""
