"""The cache of a portfolio: what is loaded again, what is measured again, and that no name is in it."""

import csv
import datetime as dt
from pathlib import Path
from random import Random

import openpyxl
import pytest
from businesses import write_gym, write_portfolio
from test_any_sheet import a_sheet

import funnel
from funnel.portfolios.cache import Entry
from funnel.portfolios.declaration import Business
from funnel.portfolios.worker import measure

TODAY = dt.date.today()
SOON = TODAY + dt.timedelta(days=40)
BEFORE = dt.date(2026, 3, 1)


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache"
    monkeypatch.setenv("FUNNEL_CACHE", str(folder))
    return folder


@pytest.fixture
def loaded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the sheets that are loaded from here on."""
    from funnel.workflows import load

    names: list[str] = []
    real = load.open_clients

    def open_clients(sheet, *args, **options):  # type: ignore[no-untyped-def]
        names.append(Path(sheet.source).name)
        return real(sheet, *args, **options)

    monkeypatch.setattr(load, "open_clients", open_clients)
    return names


def test_the_second_look_loads_only_what_changed(tmp_path: Path, cache: Path, loaded: list[str]) -> None:
    path = write_portfolio(tmp_path)
    first = funnel.portfolio(path, TODAY)
    assert sorted(loaded) == ["g0.xlsx", "g1.xlsx", "g2.xlsx"]
    assert len(list(cache.iterdir())) == 6
    loaded.clear()
    write_gym(tmp_path / "g1.xlsx", 41, 20, 8)
    again = funnel.portfolio(path, TODAY)
    assert loaded == ["g1.xlsx"]
    assert again.businesses[0] == first.businesses[0]
    assert [step.settled_reached for step in again.businesses[1].steps[:3]] == [41, 20, 8]
    assert len(list(cache.iterdir())) == 6  # a changed sheet replaces its entry


def test_a_look_on_another_day_loads_nothing_and_finds_the_same(tmp_path: Path, loaded: list[str]) -> None:
    path = write_portfolio(tmp_path)
    funnel.portfolio(path, TODAY)
    loaded.clear()
    for day in (SOON, BEFORE):
        found = funnel.portfolio(path, day, history=False)
        assert loaded == []
        assert found == funnel.portfolio(path, day, cache=False, history=False)
        loaded.clear()


@pytest.mark.parametrize("seed", range(12))
def test_any_sheet_has_the_same_numbers_with_and_without_the_cache(seed: int, tmp_path: Path) -> None:
    with (tmp_path / "clients.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(a_sheet(Random(seed)))
    business = Business(name="A", sheet=str(tmp_path / "clients.csv"))
    for day in (TODAY, SOON, BEFORE, TODAY):
        assert measure(business, None, day) == measure(business, None, day, cache=False)


def test_dates_that_are_still_plans_are_read_again_on_another_day(tmp_path: Path, loaded: list[str]) -> None:
    """A column of dates of which most are in the future is a plan, and later a step."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Client name", "Date of lead", "Called", "Paid", "Visit"])
    for i in range(30):
        lead = TODAY - dt.timedelta(days=200 - i)
        sheet.append([f"C{i}", lead, 1, i % 2 or None, TODAY + dt.timedelta(days=5 + i % 9)])
    book.save(tmp_path / "a.xlsx")
    business = Business(name="A", sheet=str(tmp_path / "a.xlsx"))
    measure(business, None, TODAY)
    assert measure(business, None, SOON) == measure(business, None, SOON, cache=False)
    assert loaded == ["a.xlsx"] * 3


def test_a_journey_file_that_changes_or_appears_is_heeded(tmp_path: Path, loaded: list[str]) -> None:
    write_gym(tmp_path / "a.xlsx", 40, 30, 8)
    business = Business(name="A", sheet=str(tmp_path / "a.xlsx"))
    assert len(measure(business, None, TODAY).steps) == 3
    own = tmp_path / "a.journey.toml"
    columns = '[columns]\nclient = "Client name"\nlead_date = "Date of lead"\n'
    own.write_text(f'{columns}[[step]]\nname = "Client contacted"\n', "utf-8")
    assert len(measure(business, None, TODAY).steps) == 1
    text = own.read_text("utf-8") + '[[step]]\nname = "First paid session"\n'
    own.write_text(text, "utf-8")
    assert len(measure(business, None, TODAY).steps) == 2
    assert loaded == ["a.xlsx"] * 3


def test_an_event_log_beside_the_sheet_is_not_cached(root: Path, cache: Path) -> None:
    business = Business(name="A", sheet=str(root / "sample_data" / "marketing.csv"))
    measure(business, "marketing", TODAY)
    assert not cache.exists()


def test_no_client_is_in_the_cache(tmp_path: Path, cache: Path) -> None:
    rows = ["Client name,Date of lead,Called,Paid,Reason for leaving,Notes"]
    rows += [f"Zara Quill {i},2026-01-05,1,{i % 2},moved to Hull,secret" for i in range(40)]
    (tmp_path / "clients.csv").write_text("\n".join(rows), "utf-8")
    business = Business(name="A", sheet=str(tmp_path / "clients.csv"))
    first = measure(business, None, TODAY)
    assert measure(business, None, SOON).leads == first.leads == 40
    import numpy as np

    kept = next(cache.glob("*.npz"))
    with np.load(kept) as arrays:
        text = "".join(str(arrays[name].tolist()) for name in arrays.files)
    text += next(cache.glob("*.json")).read_text("utf-8")
    assert "left" in text
    assert not [word for word in ("Zara", "Quill", "Hull", "secret") if word in text]
    assert kept.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("suffix", [".json", ".npz"])
def test_a_damaged_entry_is_as_none(suffix: str, tmp_path: Path, cache: Path) -> None:
    write_gym(tmp_path / "a.xlsx", 40, 30, 8)
    business = Business(name="A", sheet=str(tmp_path / "a.xlsx"))
    measure(business, None, TODAY)
    right = measure(business, None, SOON, cache=False)
    for damaged in (b"", b"{", b"PK\x03\x04", next(cache.glob("*.npz")).read_bytes()[:-30]):
        next(cache.glob(f"*{suffix}")).write_bytes(damaged)
        assert measure(business, None, SOON) == right


def test_what_is_no_file_has_no_content(tmp_path: Path) -> None:
    for sheet in (str(tmp_path), str(tmp_path / "missing.csv"), "duckdb:///hq.db?table=clients", "a\0b"):
        assert Entry(sheet, "", "").content() is None


def test_a_folder_that_cannot_be_written_is_no_error(tmp_path: Path, cache: Path) -> None:
    cache.write_text("a file", "utf-8")
    write_gym(tmp_path / "a.xlsx", 40, 30, 8)
    assert measure(Business(name="A", sheet=str(tmp_path / "a.xlsx")), None, TODAY).leads == 40
