"""The live formulas: they count exactly what the loader counts.

Definitions: docs/definitions.md#marks, docs/definitions.md#totals.

Each works without array entry in Excel, LibreOffice and Google Sheets, in any locale once the adapter has put
the separators: no array constants, no text over 255 characters, no function younger than Excel 2007. No
condition is ever an error, whatever stands in a cell: what might fail stands inside ``ISNUMBER`` or
``ISERROR``. Words are compared by ``FIND`` on lowered text, which knows no wildcards.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

LONGEST = 8192
"""Excel's limit for a formula, in characters."""

_LONGEST_TEXT = 255
_FIRST_DATE = 20000  # above it, a number in a mark's cell is a date
_FROM, _UNTIL = "DATE(1990,1,1)", "DATE(2101,1,1)"

Rows = tuple[int, int]
"""First and last row of a run of rows."""


def text(value: str) -> str:
    """Write text in a formula, in pieces that Excel accepts.

    >>> print(text('a "x" b'), len(text("a" * 256)))
    "a ""x"" b" 261
    """
    pieces = [value[i : i + _LONGEST_TEXT] for i in range(0, len(value), _LONGEST_TEXT)] or [""]
    return "&".join('"' + piece.replace('"', '""') + '"' for piece in pieces)


def marked(cells: str, words: Sequence[str], text_dates: bool = False) -> str:
    """Condition, above 0 where a step is reached: a word, 1, TRUE, or a date that is not in the future.

    Parameters
    ----------
    cells : an address, of one cell (``$F2``) or of a range (``F2:F16``).
    words : what means reached, as `funnel.cells.mark_words.reached_words` gives them.
    text_dates : whether dates that were typed as text are marks too (whichever day they name).

    >>> marked("$F2", ["1", "x"])
    'ISNUMBER(FIND("<"&LOWER(TRIM($F2&""))&">","<1><x>"))+ISNUMBER(1/(($F2=1)+($F2=TRUE())+...))'
    """
    known = text("".join(f"<{word}>" for word in words))
    by_number = f"ISNUMBER({cells})*({cells}>{_FIRST_DATE})*({cells}<TODAY()+1)"
    terms = [
        f'ISNUMBER(FIND("<"&LOWER(TRIM({cells}&""))&">",{known}))',
        f"ISNUMBER(1/(({cells}=1)+({cells}=TRUE())+{by_number}))",
    ]
    return "+".join([*terms, typed_date(cells)] if text_dates else terms)


def typed_date(cells: str) -> str:
    """Condition, true where text stands that ends as dates do: 2026-06-01, 1/6/26, 1 June 2026.

    >>> typed_date("F2")
    'ISNUMBER(1/(ISTEXT(F2)*(LEN(TRIM(F2&""))>5)*ISNUMBER(-("1"&RIGHT(TRIM(F2&""),2)))))'
    """
    said = f'TRIM({cells}&"")'
    return f'ISNUMBER(1/(ISTEXT({cells})*(LEN({said})>5)*ISNUMBER(-("1"&RIGHT({said},2)))))'


def filled(cells: str) -> str:
    """Condition, true where a cell holds more than spaces.

    >>> filled("A2")
    'ISNUMBER(1/LEN(TRIM(A2&"")))'
    """
    return f'ISNUMBER(1/LEN(TRIM({cells}&"")))'


def dated(cells: str) -> str:
    """Condition, true where a date stands that the loader takes for one: from 1990 to 2100.

    >>> dated("B2")
    'ISNUMBER(1/(ISNUMBER(B2)*(B2>=DATE(1990,1,1))*(B2<DATE(2101,1,1))))'
    """
    return f"ISNUMBER(1/(ISNUMBER({cells})*({cells}>={_FROM})*({cells}<{_UNTIL})))"


def not_later(dates: str) -> str:
    """Condition, true where no date stands that is in the future: such a lead is not in the funnel yet.

    >>> not_later("B2")
    'ISERROR(1/(ISNUMBER(B2)*(B2>=TODAY()+1)*(B2<DATE(2101,1,1))))'
    """
    return f"ISERROR(1/(ISNUMBER({dates})*({dates}>=TODAY()+1)*({dates}<{_UNTIL})))"


def count_rows(conditions: Iterable[tuple[str, str | None]], guards: Sequence[str] = ()) -> str:
    """Count rows over several runs of rows.

    Parameters
    ----------
    conditions : for each run its condition, and the addresses of its lead dates (None where there are none).
    guards : what else has to hold in every row.

    >>> count_rows([("A2:A4", "B2:B4"), ("A6:A9", None)])
    '=SUMPRODUCT(--((A2:A4)>0),--ISERROR(...))+SUMPRODUCT(--((A6:A9)>0))'
    """
    terms = []
    for condition, dates in conditions:
        known = f",--{not_later(dates)}" if dates else ""
        further = "".join(f",--({guard})" for guard in guards)
        terms.append(f"SUMPRODUCT(--(({condition})>0){known}{further})")
    return "=" + "+".join(terms)


def left(
    date: str | None, reason: str | None, no_reasons: Iterable[str], lost: str | None = None
) -> str | None:
    """Condition on one row: the client is known to have left. None where no column says it.

    Parameters
    ----------
    no_reasons : what says, in the reason's column, that there is none; "" among it.
    lost : condition, above 0 where the row is in a lost stage.

    >>> left("$L2", None, ["", "no"])
    'IF(ISNUMBER(1/(...)),$L2<TODAY()+1,ISNUMBER(1/(...)))'
    >>> left(None, "$K2", ["", "no"])
    'ISERROR(FIND("<"&LOWER(TRIM($K2&""))&">","<><no>"))*NOT(ISERROR($K2))>0'
    """
    terms = [typed_date(date)] if date else []
    if reason:
        known = text("".join(f"<{word}>" for word in no_reasons))
        terms += [f'ISERROR(FIND("<"&LOWER(TRIM({reason}&""))&">",{known}))*NOT(ISERROR({reason}))']
    terms += [lost] if lost else []
    if not terms:
        return None
    alone = len(terms) == 1 and date  # a truth value, which Excel and Google rank above every number
    undated = terms[0] if alone else f"{'+'.join(terms)}>0"
    return f"IF({dated(date)},{date}<TODAY()+1,{undated})" if date else undated


def rule(name: str, *conditions: str) -> str:
    """Formula of a live highlight, with the marker by which it is known as ours.

    >>> rule("red", "A2=1", "B2=1")
    '=AND(N("funnel:red")=0,A2=1,B2=1)'
    """
    return f'=AND(N("funnel:{name}")=0,{",".join(conditions)})'


def share(part: str, whole: str) -> str:
    """Formula of a part in a whole; a dash where it is undefined.

    >>> share("F17", "B17")
    '=IF(B17=0,"–",F17/B17)'
    """
    return f'=IF({whole}=0,"–",{part}/{whole})'


def drop_off(part: str, whole: str) -> str:
    """Formula of what is lost from one step to the next; a dash where it is undefined.

    >>> drop_off("F17", "B17")
    '=IF(B17=0,"–",1-F17/B17)'
    """
    return f'=IF({whole}=0,"–",1-{part}/{whole})'
