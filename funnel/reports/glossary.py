"""The words of a review and their meanings, in short; in full: docs/definitions.md."""

from __future__ import annotations

GLOSSARY = (
    ("As of", "All numbers are counted as the sheet stood on this day. Later leads are not counted."),
    ("Step reached", "The cell of the step is marked, or that of a later step of the same kind."),
    ("Left", "A date or a reason for leaving is in the row, or the stage is a lost one."),
    (
        "Due",
        "The day by which a client should have reached a step: the lead date and the time that the journey "
        "allows for it; for a retention step, so many months after the lead.",
    ),
    ("Overdue", "The step is due, nothing is marked, and the client is not known to have left. Ask."),
    ("Not due", "The client still has time for the step. Nobody who still has time counts as lost."),
    (
        "Settled",
        "Clients who had reached the step before and for whom this step is due. Verdicts use only these.",
    ),
    ("Lost", "Of the settled clients, those who left or are overdue."),
    (
        "% of previous step",
        "Clients marked at a step, of those marked at the step before. New clients who still have time make "
        "it too low.",
    ),
    ("Still here", "Of the clients whose date after so many months has come, those who are still clients."),
    (
        "95 % (from–to)",
        "With so few clients the true rate may be anywhere between these bounds (Wilson). The fewer clients, "
        "the wider.",
    ),
    ("Too few to call", "Fewer than 10 settled clients: a rate of so few says little."),
    (
        "Worst step",
        "The probability that the true drop-off of this step is the highest of all steps with at least 10 "
        "settled clients.",
    ),
)
"""Word -> meaning, in the order of the review."""
