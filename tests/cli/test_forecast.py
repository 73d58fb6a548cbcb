"""The forecast in `funnel show`: there with values and probabilities, else not."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

Run = Callable[..., Result]
DAY = ("--as-of", "2026-07-01")
JOURNEY = """\
win_probability = 0.1
[columns]
client = "Client name"
lead_date = "Date of lead"
value = "Value"
[[step]]
name = "Client contacted"
win_probability = 0.2
[[step]]
name = "First paid session"
paid = true
"""


@pytest.fixture
def sheet(run: Run, tmp_path: Path) -> Path:
    (tmp_path / "declared.toml").write_text(JOURNEY, "utf-8")
    path = tmp_path / "clients.csv"
    path.write_text(
        "Client name,Date of lead,Value,Client contacted,First paid session\nAna,2026-05-20,1000,1,1\n"
        "Ben,2026-05-14,2000,1,\nCat,2026-06-13,,1,\nDan,2026-06-13,500,,\nEva,2026-01-01,400,1,\n",
        "utf-8",
    )
    return path


def test_declared(run: Run, sheet: Path) -> None:
    result = run("show", sheet, "--journey", "declared.toml", *DAY)
    assert max(map(len, result.stdout.splitlines())) <= 80
    assert (
        """
Forecast
Furthest step     Probability  Clients  Value  Expected
───────────────────────────────────────────────────────
none yet                 10 %        1    500        50
Client contacted         20 %        2  2,000       400
"""
        in result.stdout
    )
    assert (
        "Value of paid clients: 1,000. Expected: 450 of 3 clients in the journey, give or "
        "take 814 (one standard deviation). 1 overdue is not included: ask this client first "
        "(funnel due). 1 client without a value adds nothing. Probabilities: as declared in "
        "the journey; the spread assumes that they are right."
    ) in " ".join(result.stdout.split())
    told = json.loads(run("show", sheet, "--journey", "declared.toml", *DAY, "--format", "json").stdout)
    assert (told["forecast"]["expected"], told["forecast"]["overdue_clients"]) == (450.0, 1)


def test_none_without_values_or_probabilities(run: Run, sheet: Path, clean: Path) -> None:
    for ask in ((clean,), (sheet,)):
        assert "Forecast" not in run("show", *ask, *DAY).stdout
        assert json.loads(run("show", *ask, *DAY, "--format", "json").stdout)["forecast"] is None


def test_earned(run: Run, sheet: Path) -> None:
    more = "".join(f"Client {i},2026-01-{i + 1:02d},100,1,{'1' if i % 2 else ''}\n" for i in range(12))
    sheet.write_text(sheet.read_text("utf-8") + more, "utf-8")
    text = " ".join(run("show", sheet, *DAY).stdout.split())
    assert (  # 6 of 13 paid (Eva did not): 6.5 of 14
        "Probabilities: 46 % of 13 clients who were due paid. As many are expected of the clients who "
        "still have time, distributed by their step."
    ) in text
