"""The twelve clients of the worked example, as the loader would hand them over."""

import io
import re
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from funnel.clients import Clients, Layout
from funnel.journey import Journey, Step
from funnel.schema import step_date, step_mark

PAGE = Path(__file__).resolve().parents[1] / "docs" / "worked-example.md"
SHEET = re.search(r"```csv\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)[1]  # type: ignore[index]
ROLES = ("client", "lead_date", "source", "value")
STEPS = ("contacted", "met", "paid", "1m", "3m", "6m")
MARKS = {"1", "x", "yes", "2026-06-01"}
JOURNEY = Journey(
    name="Worked example",
    steps=(
        *(Step(name=name, paid=name == "paid") for name in STEPS[:3]),
        *(Step(name=name, months=int(name[0])) for name in STEPS[3:]),
    ),
)
HEADERS = (
    "Client name", "Date of lead", "Source of lead", "Value", "Client contacted", "Client meeting had",
    "First paid session", "One month post-lead", "Three months post-lead", "Six months post-lead",
    "Reason for discontinue", "When left journey",
)  # fmt: skip


def clients_from(rows: pd.DataFrame, journey: Journey, layout: Layout | None = None) -> Clients:
    """Clients from rows of text, with dates and marks read as the loader reads them."""
    table = pd.DataFrame({"row": range(2, len(rows) + 2), "client": rows["client"].fillna("").to_numpy()})
    for role in ("lead_date", "left_date"):
        if role in rows:
            table[role] = pd.to_datetime(rows[role], format="%Y-%m-%d").astype("datetime64[s]").to_numpy()
    for role in ("source", "coach", "left_reason", "painted", "heard"):
        if role in rows:
            table[role] = rows[role].astype("str").where(rows[role].notna()).to_numpy()
    if "value" in rows:
        table["value"] = rows["value"].astype(float).to_numpy()
    for step in journey.steps:
        if step.name in rows:
            cells = rows[step.name].fillna("").astype(str)
            dated = pd.to_datetime(cells.where(cells.str.match(r"\d{4}-")), format="%Y-%m-%d")
            table[step_mark(step.name)] = (cells.isin(MARKS) | dated.notna()).to_numpy()
            table[step_date(step.name)] = dated.astype("datetime64[s]").to_numpy()
    return Clients(table, journey, source="example.csv", layout=layout)


def example_rows() -> pd.DataFrame:
    names = [*ROLES, *STEPS, "left_reason", "left_date"]
    text = io.StringIO(SHEET)
    return pd.read_csv(text, names=names, skiprows=1, dtype=str, keep_default_na=False, na_values=[""])


@pytest.fixture(scope="session")
def rows() -> pd.DataFrame:
    return example_rows()


@pytest.fixture(scope="session")
def journey() -> Journey:
    return JOURNEY


@pytest.fixture(scope="session")
def make_clients() -> Callable[..., Clients]:
    return clients_from


@pytest.fixture(scope="session")
def clients(rows: pd.DataFrame) -> Clients:
    names = [*ROLES, *STEPS, "left_reason", "left_date"]
    keys = [step_mark(name) if name in STEPS else name for name in names]
    numbers = {name: number for number, name in enumerate(keys, start=1)}
    layout = Layout(header=1, first=2, last=13, columns=numbers, headers=dict(enumerate(HEADERS, start=1)))
    return clients_from(rows, JOURNEY, layout)
