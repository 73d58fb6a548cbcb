"""A frame of arrays gives what Narwhals gives on pandas, for the expressions that it knows and for others."""

import datetime as dt

import narwhals as nw
import numpy as np
import pandas as pd
import pytest

from funnel.clients.arrays import ArrayFrame
from funnel.clients.frames import lazy

TABLE = pd.DataFrame(
    {
        "row": [2, 3, 4, 5, 6, 7],
        "met": [True, False, True, False, True, True],
        "paid": [False, False, True, True, False, True],
        "lead": pd.to_datetime(
            ["2024-01-31", None, "2023-12-31T14:30", "2024-02-29", "1969-12-31", "2025-03-30"],
            format="ISO8601",
        ),
        "when": pd.to_datetime(["2024-02-01", "2024-02-01", None, "2024-02-28", None, "2025-03-30"]),
        "value": [1.5, np.nan, 0.0, 20.0, -3.0, 4.0],
        "coach": ["Zoe", None, " zoe ", "", "Ann", "Zoe"],
    },
    index=[10, 11, 12, 13, 14, 15],
)  # fmt: skip
MET, PAID, LEAD, WHEN, COACH = (nw.col(name) for name in ("met", "paid", "lead", "when", "coach"))
DAY = dt.datetime(2024, 2, 1)
EXPRESSIONS = {
    "and": MET & PAID, "or": MET | ~PAID, "literal": MET & nw.lit(True), "alias": (MET | PAID).alias("x"),

    "is null": LEAD.is_null(), "text is null": COACH.is_null(), "number is null": nw.col("value").is_null(),
    "before": (LEAD < DAY).fill_null(False), "same day": LEAD.dt.truncate("1d") == WHEN,
    "other": LEAD != WHEN,
    "truncate": LEAD.dt.truncate("1d"), "month": LEAD.dt.truncate("1mo"), "quarter": LEAD.dt.truncate("1q"),
    **{by: LEAD.dt.offset_by(by) for by in ("0d", "90d", "1mo", "3mo", "12mo", "1y", "1q")},
    "when": nw.when(MET).then(LEAD), "otherwise": nw.when(MET).then(LEAD).otherwise(WHEN),
    "coalesce": nw.coalesce(LEAD, WHEN), "latest": nw.max_horizontal(LEAD, WHEN),
    "any": nw.any_horizontal(MET, PAID, ignore_nulls=False),
    "all": nw.all_horizontal(MET, PAID, ignore_nulls=False),
    "words": nw.when(MET).then(nw.lit("met")).otherwise(nw.when(PAID).then(nw.lit("paid")).otherwise(COACH)),
    "is a text": COACH == "Zoe", "is no text": COACH != "Zoe", "is in": COACH.is_in(["Zoe", "Ann"]),
    "stripped": nw.when(COACH.str.strip_chars() != "").then(COACH),
    "folded": COACH.str.strip_chars().str.to_lowercase(),
    "filled": COACH.fill_null("") != "", "contains": COACH.str.contains("oe", literal=True).fill_null(False),
    "no text": nw.lit(None, nw.String).alias("x"), "no time": nw.lit(None, nw.Datetime()).alias("x"),
    "word": nw.lit("a").alias("x"), "number": nw.col("value") > 1, "one": MET.cast(nw.Int64),
    "several": nw.col("met", "paid") & MET, "renamed": nw.col("met", "paid").name.map(str.upper),
    "over": (MET.cast(nw.Int64).max().over("paid") == 1), "times": nw.col("value") * 2,
    "of an aggregate": nw.col("value") - nw.col("value").sum(),
}  # fmt: skip


def frames() -> tuple[ArrayFrame, nw.LazyFrame[pd.DataFrame]]:
    frame = lazy(TABLE)
    assert isinstance(frame, ArrayFrame)
    return frame, nw.from_native(TABLE).lazy()


def same(ours: object, theirs: nw.LazyFrame[pd.DataFrame]) -> None:
    found, expected = (each.collect().to_pandas() for each in (ours, theirs))  # type: ignore[attr-defined]
    pd.testing.assert_frame_equal(found, expected, check_dtype=False)
    for name in found:  # the unit of times may differ
        assert found[name].dtype.kind == expected[name].dtype.kind, name


@pytest.mark.parametrize("name", EXPRESSIONS)
def test_an_expression_gives_what_narwhals_gives(name: str) -> None:
    ours, theirs = frames()
    same(ours.with_columns(EXPRESSIONS[name]), theirs.with_columns(EXPRESSIONS[name]))
    kept = ours.filter(PAID).select(EXPRESSIONS[name], "row")
    same(kept, theirs.filter(PAID).select(EXPRESSIONS[name], "row"))


def test_no_row_is_left() -> None:
    ours, theirs = (frame.filter(nw.col("row") > 9) for frame in frames())
    for expression in EXPRESSIONS.values():
        found = ours.select(expression, "row").collect().to_pandas()
        assert list(found.columns) == theirs.select(expression, "row").collect_schema().names()
        assert not len(found)


@pytest.mark.parametrize(
    "columns", [[nw.len()], [nw.len().alias("n"), MET.sum()], [nw.col("value").max()], [nw.lit(1).alias("x")]]
)
def test_aggregates_give_one_row(columns: list[nw.Expr]) -> None:
    ours, theirs = frames()
    same(ours.select(*columns), theirs.select(*columns))


def test_the_rest_is_left_to_narwhals() -> None:
    ours, theirs = frames()
    same(ours.head(2), theirs.head(2))
    same(ours.filter(PAID).head(1), theirs.filter(PAID).head(1))
    same(ours.drop("row", "lead"), theirs.drop("row", "lead"))
    counted = [f.group_by("met").agg(nw.len().alias("n")).sort("met") for f in (ours, theirs)]
    same(*counted)
    assert ours.collect_schema().names() == theirs.collect_schema().names()
    assert all(ours.collect_schema()[name] == theirs.collect_schema()[name] for name in TABLE)


def test_groups_are_in_order_and_null_is_the_last() -> None:
    found = frames()[0].count(["met", "paid"], ["coach"])
    assert [None if each != each else each for each in found["coach"]] == ["", " zoe ", "Ann", "Zoe", None]
    assert found["n"].tolist() == [1, 1, 1, 2, 1]
    assert found["met"].tolist() == [0, 1, 1, 2, 0]
    together = frames()[0].count([], ["when", "met"])
    assert together["n"].tolist() == [1, 1, 1, 1, 2]
    assert together["when"].isna().tolist() == [False, False, False, False, True]
