"""The kinds of problems that loading finds: a closed list, with what each means."""

KINDS: dict[str, str] = {
    "missing column": "a step or a role of the journey has no column in the sheet",
    "no lead date column": "no column holds the lead date, and whatever needs it is left out",
    "double header": "two columns have the same header; the first is used",
    "no mark": "a step's cell holds something that is no mark, and counts as not reached",
    "error value": "a cell holds an error such as #REF!, and counts as blank",
    "not calculated": "formulas of a column have no value yet, and count as blank or not reached",
    "mixed marks": "marks of one column are written in several ways; all of them count",
    "unreadable date": "a date's cell holds something that is no date, and counts as blank",
    "wrong year": "a date lies before 1990 or after 2100, and counts as blank",
    "text date": "a date is text among real dates: it is read, but formulas and filters do not see it",
    "ambiguous dates": "nothing in a column says whether day or month comes first",
    "conflicting dates": "some dates of a column can only be day first, others only month first",
    "no name": "a client has no name",
    "no lead date": "a client has no lead date, and is left out of whatever needs it",
    "left before lead": "a client left before becoming a lead",
    "example row": "a row looks like one that shows how to fill in the sheet",
    "reason without date": "a client has a reason for leaving, but no date",
    "double client": "two rows have the same name and lead date",
    "possible double": "two rows may be the same client: the same name, or nearly, spelled twice",
    "two spellings": "a coach or a source is spelled in two ways, and counts as two",
    "totals row": "a row of totals that a person made stands among the clients; it is not counted",
    "repeated header": "the headers stand again among the clients; that row is not counted",
    "colour": "a row's colour says something that its cells do not",
    "not a number": "a value is no number, and counts as blank",
}
"""Kind of problem: what it means. The metrics add those that depend on the as-of date."""
