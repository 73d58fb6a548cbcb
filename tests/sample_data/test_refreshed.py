"""The refreshed sample as LibreOffice calculates it: the same totals, also while somebody types."""

import datetime as dt
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import openpyxl
import pytest

import funnel

Convert = Callable[[Path, str, Path], Path]
TOTALS = [200, 195, 168, 89, 87, 80, 65, 55, 52, 45, 37, 15]  # leads, then the marks of each step
COLUMNS = "BEFGHJKLMNOP"

clock = pytest.mark.skipif(
    dt.date.today() < dt.date(2026, 11, 20),
    reason="this machine's clock stands before the sample's last lead",
)


@pytest.fixture(scope="module")
def refreshed(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("refreshed") / "gym.xlsx"
    path.write_bytes((root / "sample_data" / "gym.xlsx").read_bytes())
    funnel.refresh(path, as_of="2026-11-21")
    return path


def totals(path: Path) -> list[list[float]]:
    """The rows of the totals block: totals, shares of the leads, drop-off."""
    sheet = openpyxl.load_workbook(path, data_only=True)["Clients"]
    row = next(row for row in range(1, sheet.max_row + 1) if sheet.cell(row, 1).value == "Totals")
    return [[sheet[f"{column}{row + i}"].value for column in COLUMNS] for i in range(3)]


def test_the_cached_values_are_the_counted_ones(refreshed: Path) -> None:
    counts, shares, drops = totals(refreshed)
    assert counts == TOTALS
    assert shares[1:] == pytest.approx([n / 200 for n in TOTALS[1:]])
    assert drops[1:] == pytest.approx([1 - b / a for a, b in pairwise(TOTALS)])


@pytest.mark.office
@clock
def test_libreoffice_calculates_the_same(refreshed: Path, office_convert: Convert, tmp_path: Path) -> None:
    recalculated = totals(office_convert(refreshed, "xlsx", tmp_path))
    for mine, theirs in zip(totals(refreshed), recalculated, strict=True):
        assert theirs[1:] == pytest.approx(mine[1:])
    assert recalculated[0][0] == 200


@pytest.mark.office
@clock
def test_what_is_typed_counts_at_once(refreshed: Path, office_convert: Convert, tmp_path: Path) -> None:
    """A yes, a date and a word that is no mark; and a new lead below the last one."""
    book = openpyxl.load_workbook(refreshed)
    sheet = book["Clients"]
    sheet["G8"], sheet["G12"], sheet["G30"] = "Yes", dt.date(2025, 7, 1), "perhaps"
    sheet["A204"], sheet["B204"], sheet["E204"] = "Zeno Newcomer", dt.date(2026, 11, 20), 1
    book.save(tmp_path / "typed.xlsx")
    counts, _, _ = totals(office_convert(tmp_path / "typed.xlsx", "xlsx", tmp_path / "out"))
    assert counts == [201, 196, 168, 91, *TOTALS[4:]]
