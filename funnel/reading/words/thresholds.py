"""The thresholds for evidence in cells, each with its reason.

They were set on handmade and random sheets and checked on real ones; none was fitted to a single sheet.
"""

SAMPLE = 1200
"""Rows in the sample: evenly spread, so that every share is known to about three points."""

WIDEST = 300
"""Columns read; no list of clients has more."""

HEADER_ROWS = 60
"""Rows searched for headers, below titles and notes."""

# --- the content of a column ---

OF_ONE_KIND = 0.8
"""Minimum share of the filled cells in a column of dates, marks or numbers: one in five may be a typo."""

FEW = 30
"""Maximum number of different texts in a stage column; more than 20 stages get a warning."""

OFTEN = 0.5
"""Distinct texts per filled cell above which a column contains names rather than choices."""

NEARLY_ALL = 0.9
"""Minimum share of rows in a column filled everywhere: one in ten may be forgotten."""

NAMED = 0.7
"""Minimum share of rows with a client's name if the header does not name it."""

DIFFERENT = 0.8
"""Minimum distinct values per filled cell in a column of clients: relatives and returners share a name."""

OF_SOMEBODY = 1.5
"""Weight of a header that names a person or a deal; below it, a header may number the rows."""

SPARSE = 0.6
"""Maximum share of rows with a leaving date or reason; a business that has lost more has closed."""

MOST_LEFT = 0.8
"""The same if recognised by cells: in a list of leads, most may be lost in the end."""

# --- relations between columns ---

NESTED = 0.85
"""Minimum share of clients with a step who have the step before: cells are forgotten, clients skip steps."""

LIFT = 0.1
"""Margin by which that share must exceed the share among all rows: a full column is no evidence."""

IN_ORDER = 0.85
"""Minimum share of rows with two dates in the order of their steps."""

TWIN = 0.95
"""Minimum overlap of filled rows for two columns to be one step."""

TWIN_BY_NAME = 0.9
"""The same if both headers share a word: one cell in ten may be a typo."""

TWIN_OF_NAME = 0.8
"""The same for a flag and a date with the same words in their headers: two typing errors in 12 are usual."""

BESIDE = 0.8
"""Minimum overlap of a reason with a leaving date (or a lost stage)."""

FUTURE = 0.25
"""Minimum share of dates after the as-of day in a column of plans; typos in the year are rarer."""

AFTER_ALL = 0.95
"""Minimum share of rows in which a date is the last one, for a timestamp of changes."""

BEFORE_LEAD = 1500
"""Days before the lead date (median) that make a date a fact about the person: four years."""

DECADES = 5500
"""Days between the first and the last tenth of a column of birthdays: fifteen years."""

FEW_ROWS = 3
"""Minimum number of clients for evidence from cells; with fewer, only headers count."""

ENOUGH = 8
"""Minimum number of clients for relations between columns to be beyond chance."""

# --- readings ---

REPEATS = 1.3
"""Minimum rows per client for an event log."""

KNOWN_STAGES = 0.7
"""Minimum share of known words among the values of a stage column for a likely order."""
