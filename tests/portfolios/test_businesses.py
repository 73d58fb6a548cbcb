"""A portfolio from files: who takes part, who is left out and why, and what is said."""

import datetime as dt
from pathlib import Path

import pytest
from businesses import DAY, STEPS, business, write_gym, write_portfolio

import funnel
from funnel.portfolios import Portfolio


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache"
    monkeypatch.setenv("FUNNEL_CACHE", str(folder))
    return folder


def test_a_broken_sheet_is_left_out_and_the_others_are_compared(tmp_path: Path) -> None:
    found = funnel.portfolio(write_portfolio(tmp_path), "2026-07-01")
    assert repr(found) == "Portfolio: Gyms, 3 businesses, 2 left out, 123 clients, as of 2026-07-01"
    assert [each.name for each in found.left_out] == ["broken", "missing"]
    assert "missing.xlsx" in found.left_out[1].problem
    had = found.table[found.table["step"] == "Client meeting had"]
    assert had[["business", "n", "reached"]].to_numpy().tolist() == [
        ["Gym 0", 40, 30], ["Gym 1", 41, 10], ["Gym 2", 42, 30],
    ]  # fmt: skip


def test_the_verdict_in_sentences() -> None:
    found = Portfolio("Gyms", DAY, tuple(business(f"G{i}", (300, 290), (290, 200)) for i in range(9)))
    assert found.verdict == (
        "9 of 9 businesses lose most at the same step: Client meeting had.",
        "No business differs from the others beyond chance at any step (99.8 % limits).",
    )
    low = Portfolio("Gyms", DAY, (*found.businesses, business("Low", (300, 290), (290, 100))))
    assert low.verdict[1] == (
        "Low, Client meeting had: 100 of 290 (34 %), below what chance explains; overall 66 %."
    )


def test_changes_since_the_last_look(tmp_path: Path) -> None:
    path = write_portfolio(tmp_path, 1)
    funnel.portfolio(path, "2026-06-01")
    write_gym(tmp_path / "g0.xlsx", 40, 20, 8)
    found = funnel.portfolio(path, "2026-07-01")
    row = found.changes.iloc[0]
    assert row[["business", "step", "since"]].tolist() == ["Gym 0", "Client meeting had", "2026-06-01"]
    assert row["change"] == pytest.approx(20 / 40 - 30 / 40)


def test_many_files_are_measured_in_processes(tmp_path: Path) -> None:
    found = funnel.portfolio(write_portfolio(tmp_path, 9), "2026-07-01")
    assert [each.leads for each in found.businesses[:9]] == list(range(40, 49))
    assert len(found.left_out) == 2


def test_own_names_of_steps_are_mapped(tmp_path: Path) -> None:
    path = write_portfolio(tmp_path, 2)
    own = ("Reached by phone", "Came to the intro", "Bought a membership")
    write_gym(tmp_path / "own.xlsx", 40, 25, 8, own)
    steps = ", ".join(f'"{a}" = "{b}"' for a, b in zip(own, STEPS, strict=True))
    text = f'[[business]]\nname = "Own"\nsheet = "own.xlsx"\njourney = "own.toml"\nsteps = {{ {steps} }}\n'
    path.write_text(path.read_text("utf-8") + "\n" + text, "utf-8")
    journey = "".join(f'[[step]]\nname = "{name}"\n' for name in own)
    (tmp_path / "own.toml").write_text(
        f'[columns]\nclient = "Client name"\nlead_date = "Date of lead"\n{journey}'
    )
    found = funnel.portfolio(path, "2026-07-01")
    assert [each.name for each in found.compared] == ["Gym 0", "Gym 1", "Own"]
    had = found.table[found.table["step"] == "Client meeting had"]
    assert had[["business", "n", "reached"]].to_numpy().tolist()[2] == ["Own", 40, 25]


def test_the_plot_and_the_review_name_the_outlier(tmp_path: Path) -> None:
    found = funnel.portfolio(write_portfolio(tmp_path, 8), dt.date(2026, 7, 1))
    axes = found.plot("Client meeting had")
    assert "Outside the 99.8 % limits: Gym 1." in str(axes.get_label())
    review = found.review()
    assert review.cover.facts[1] == "8 businesses, 348 clients"
    written = review.save(tmp_path / "gyms.html")
    page = written[0].read_text("utf-8")
    assert "Gym 1" in page
    assert "Client 1" not in page


def test_one_table_may_hold_more_businesses_than_can_be_compared_side_by_side(tmp_path: Path) -> None:
    rows = ["Client name,Date of lead,Client contacted,First paid session,business"]
    rows += [f"C{i},2026-01-05,1,{i % 2},Gym {i % 250}" for i in range(1000)]
    (tmp_path / "all.csv").write_text("\n".join(rows), "utf-8")
    text = 'journey = "gym"\n[[source]]\nsheet = "all.csv"\nby = "business"'
    (tmp_path / "gyms.toml").write_text(text, "utf-8")
    found = funnel.portfolio(tmp_path / "gyms.toml", "2026-07-01")
    assert (len(found.compared), len(found.left_out)) == (250, 0)
    assert found.businesses[0].name == "Gym 0"
    assert [(step.step, step.settled_n, step.settled_reached) for step in found.businesses[0].steps[:2]] == [
        ("Client contacted", 4, 4), ("First paid session", 4, 0),
    ]  # fmt: skip
