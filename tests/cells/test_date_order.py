from funnel.cells.date_order import decide_orders


def test_a_columns_own_texts_decide():
    decided = decide_orders({2: ["13/01/2026", "03/04/2026"]}, first=2)
    assert decided.of == {2: "dmy"}
    assert decided.assumed == ("dates read as day/month/year",)
    assert decided.problems == ()


def test_other_columns_decide_where_a_column_allows_both():
    decided = decide_orders({2: ["03/04/2026"], 3: ["12/25/2026", None, 1]}, first=2)
    assert decided.of == {2: "mdy", 3: "mdy"}
    assert decided.assumed == ("dates read as month/day/year",)
    assert decided.problems == ()


def test_columns_that_disagree_keep_their_own_order_each():
    decided = decide_orders({2: ["25/12/2026"], 3: ["12/25/2026"], 5: ["03/04/2026"]}, first=2)
    assert decided.of == {2: "dmy", 3: "mdy", 5: "dmy"}
    assert decided.assumed == (
        "dates in columns B and E read as day/month/year", "dates in column C read as month/day/year",
    )  # fmt: skip
    assert [(p.kind, p.cell) for p in decided.problems] == [("ambiguous dates", "E2")]


def test_nothing_decides():
    decided = decide_orders({2: [None, "03/04/2026", "05/06/2026"]}, first=2)
    assert decided.of == {2: "dmy"}
    assert decided.assumed == ("dates read as day/month/year",)
    (problem,) = decided.problems
    assert (problem.kind, problem.cell, problem.message, problem.way_out) == (
        "ambiguous dates",
        "B3",
        "Nothing in column B says whether '03/04/2026' begins with the day or the month; "
        "its dates are read as day/month/year.",
        'Type them as real dates, or say which it is (dates = "mdy").',
    )


def test_a_column_that_contradicts_itself():
    decided = decide_orders({2: ["12/25/2025", "25/12/2025", "12/26/2025", "03/04/2026"]}, first=5)
    assert decided.of == {2: "mdy"}
    (problem,) = decided.problems
    assert (problem.kind, problem.cell, problem.message) == (
        "conflicting dates",
        "B6",
        "In column B, '25/12/2025' (B6) has the day first and '12/25/2025' (B5) the month; "
        "what allows both is read as month/day/year.",
    )


def test_the_caller_knows():
    decided = decide_orders({2: ["25/12/2026"]}, first=2, given="mdy")
    assert decided.of == {2: "mdy"}
    assert decided.assumed == ("dates read as month/day/year, as asked",)


def test_words_for_marks_and_real_dates_say_nothing():
    decided = decide_orders({2: ["x", 1, True, "2026-01-01", None]}, first=2)
    assert (decided.of, decided.assumed, decided.problems) == ({2: "dmy"}, (), ())
