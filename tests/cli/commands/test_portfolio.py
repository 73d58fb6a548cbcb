"""`funnel portfolio` where no business can be compared, and `funnel charts` into what looks like a file."""

from collections.abc import Callable
from pathlib import Path

from click.testing import Result

Run = Callable[..., Result]


def test_no_business_left_is_a_failure(run: Run) -> None:
    Path("gyms.toml").write_text('[[business]]\nname = "Leeds"\nsheet = "leeds.xlsx"\n', "utf-8")
    result = run("portfolio", "gyms.toml", "--as-of", "2026-06-01")
    assert (result.exit_code, result.stderr) == (
        3, "Error: No business could be compared: every one was left out, for the reasons above.\n",
    )  # fmt: skip
    assert result.stdout.endswith("Left out\nLeeds: There is no file 'leeds.xlsx'. Check the path.\n")


def test_charts_go_into_a_folder(run: Run, clean: Path) -> None:
    result = run("charts", clean, "-o", "gym.toml")
    assert (result.exit_code, result.stderr) == (
        2, "Error: -o takes a folder; 'gym.toml' looks like a file. Write -o gym; the kind of file is chosen "
        "by --picture png, svg or pdf.\n",
    )  # fmt: skip
    assert not Path("gym.toml").exists()
