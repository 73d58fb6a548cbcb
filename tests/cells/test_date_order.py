from funnel.cells.date_order import decide_date_orders


def test_texts_of_the_column_decide():
    decided = decide_date_orders({2: ["13/01/2026", "03/04/2026"]}, first=2)
    assert decided.of == {2: "dmy"}
    assert decided.assumed == ("dates read as day/month/year",)
    assert decided.problems == ()


def test_other_columns_decide_if_a_column_allows_both():
    decided = decide_date_orders({2: ["03/04/2026"], 3: ["12/25/2026", None, 1]}, first=2)
    assert decided.of == {2: "mdy", 3: "mdy"}
    assert decided.assumed == ("dates read as month/day/year",)
    assert decided.problems == ()


def test_each_column_keeps_its_own_order():
    decided = decide_date_orders({2: ["25/12/2026"], 3: ["12/25/2026"], 5: ["03/04/2026"]}, first=2)
    assert decided.of == {2: "dmy", 3: "mdy", 5: "dmy"}
    assert decided.assumed == (
        "dates in columns B and E read as day/month/year", "dates in column C read as month/day/year",
    )  # fmt: skip
    assert [(p.kind, p.cell) for p in decided.problems] == [("ambiguous dates", "E2")]


def test_ambiguous_dates_are_read_day_first():
    decided = decide_date_orders({2: [None, "03/04/2026", "05/06/2026"]}, first=2)
    assert decided.of == {2: "dmy"}
    assert decided.assumed == ("dates read as day/month/year",)
    (problem,) = decided.problems
    assert (problem.kind, problem.cell, problem.message, problem.way_out) == (
        "ambiguous dates",
        "B3",
        "In column B, '03/04/2026' can begin with the day or the month; its dates are read as "
        "day/month/year.",
        'Type real dates, or set the order in the journey file (dates = "mdy").',
    )


def test_conflicting_dates():
    decided = decide_date_orders({2: ["12/25/2025", "25/12/2025", "12/26/2025", "03/04/2026"]}, first=5)
    assert decided.of == {2: "mdy"}
    (problem,) = decided.problems
    assert (problem.kind, problem.cell, problem.message) == (
        "conflicting dates",
        "B6",
        "Column B has dates with the day first ('25/12/2025' in B6) and with the month first "
        "('12/25/2025' in B5); ambiguous ones are read as month/day/year.",
    )


def test_order_set_by_the_caller():
    decided = decide_date_orders({2: ["25/12/2026"]}, first=2, given="mdy")
    assert decided.of == {2: "mdy"}
    assert decided.assumed == ("dates read as month/day/year, as set",)


def test_marks_and_real_dates_are_no_evidence():
    decided = decide_date_orders({2: ["x", 1, True, "2026-01-01", None]}, first=2)
    assert (decided.of, decided.assumed, decided.problems) == ({2: "dmy"}, (), ())
