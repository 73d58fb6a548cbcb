"""The numbers by which cells are judged, each with its reason.

They were set on sheets made by hand and at random and checked on real ones; none was fitted to one sheet.
"""

SAMPLE = 1200
"""Rows that are looked at: evenly spread, so that every share is known to about three points."""

WIDEST = 300
"""Columns that are looked at; no list of clients has more."""

HEADER_ROWS = 60
"""Rows in which headers are looked for, below titles and notes."""

# --- what a column holds ---

OF_ONE_KIND = 0.8
"""Of the filled cells, how many make a column one of dates, marks or numbers: one in five may be a slip."""

FEW = 30
"""Different texts that a column of stages may have; a journey past 20 is warned about."""

OFTEN = 0.5
"""Different texts for each filled cell, from which on a column holds names rather than choices."""

NEARLY_ALL = 0.9
"""Rows of a column that is filled everywhere: one in ten may be forgotten."""

NAMED = 0.7
"""Rows in which a client's name has to be, where headers do not say so."""

DIFFERENT = 0.8
"""Different values for each filled cell in a column of clients: relatives and returners share a name."""

OF_SOMEBODY = 1.5
"""Weight of a header that names a person or a deal; below it, a header may number the rows."""

SPARSE = 0.6
"""Rows of a leaving date or reason: a business of which more have left than this is over."""

MOST_LEFT = 0.8
"""Rows of a leaving date or reason by the way it lies: in a list of leads, most may be lost in the end."""

# --- how columns lie to one another ---

NESTED = 0.85
"""Of the clients with a step, how many have the step before: some cells are forgotten, some clients skip."""

LIFT = 0.1
"""By how much that share has to exceed the share among all rows: what is filled everywhere says nothing."""

IN_ORDER = 0.85
"""Rows in which two dates come in the order of their steps."""

TWIN = 0.95
"""Rows filled in both of two columns, of those filled in either, that make them one step."""

TWIN_BY_NAME = 0.9
"""The same where both headers share a word: one cell in ten may be typed wrongly."""

BESIDE = 0.8
"""Rows filled in both a reason and a leaving date (or a lost stage), of those filled in either."""

FUTURE = 0.25
"""Dates after the as-of day that make a column one of plans; a slip in the year is rarer."""

AFTER_ALL = 0.95
"""Rows in which a date is the last one of the row, for a timestamp that every change moves on."""

BEFORE_LEAD = 1500
"""Days before the lead date (median) that make a date a fact about the person: four years."""

DECADES = 5500
"""Days between the first and the last tenth of a column of birthdays: fifteen years."""

FEW_ROWS = 3
"""Clients below which cells prove nothing; headers alone can."""

ENOUGH = 8
"""Clients from which on the way columns lie to one another is more than chance."""

# --- readings ---

MARGIN = 0.15
"""By how much of its score the best reading has to be ahead of the next for its belief to be likely."""

REPEATS = 1.3
"""Rows for each client from which on a tab may be a log of events."""

KNOWN_STAGES = 0.7
"""Of the different values of a stage column, how many must be known words for their order to be likely."""
