"""`funnel portfolio` where no business can be compared, and `funnel charts` into what looks like a file."""

from collections.abc import Callable
from pathlib import Path

from businesses import write_gym
from click.testing import Result

Run = Callable[..., Result]


def test_no_business_left_is_a_failure(run: Run) -> None:
    Path("gyms.toml").write_text('[[business]]\nname = "Leeds"\nsheet = "leeds.xlsx"\n', "utf-8")
    result = run("portfolio", "gyms.toml", "--as-of", "2026-06-01")
    assert (result.exit_code, result.stderr) == (
        3, "Error: No business could be compared: every one was left out, for the reasons above.\n",
    )  # fmt: skip
    assert result.stdout.endswith("Left out\nLeeds: There is no file 'leeds.xlsx'. Check the path.\n")


def test_one_business_beside_a_benchmark_file(run: Run) -> None:
    """Five gyms reach the meeting in 30 of 40, ours in 10: 100 × 8/40 × (.75/.25 − 1) = 40 more would pay."""
    for i in range(5):
        write_gym(Path(f"g{i}.xlsx"), 40, 30, 8)
    write_gym(Path("own.xlsx"), 40, 10, 8)
    lines = "".join(f'[[business]]\nname = "G{i}"\nsheet = "g{i}.xlsx"\n' for i in range(5))
    Path("gyms.toml").write_text(lines, "utf-8")
    Path("own.toml").write_text('name = "Mine"\n[[business]]\nname = "Hull"\nsheet = "own.xlsx"\n', "utf-8")
    day = ("--as-of", "2026-07-01", "--no-history")
    written = run("portfolio", "gyms.toml", *day, "--anonymous", "gyms.json").stdout
    assert written.startswith("Wrote gyms.json: counts of 5 businesses, no names.\n")
    lines = run("portfolio", "own.toml", *day, "--against", "gyms.json", "-o", "own.html").stdout
    assert " ".join(lines.split()).startswith(
        "Portfolio: Mine, 1 business, 40 clients, beside 5 others, as of 2026-07-01 Hull has its biggest gap "
        "at Client meeting had: 10 of 40 (25 %), the 5 other businesses 75 %. At their rate it would gain "
        "40.0 clients per 100 leads. Hull, Client meeting had: 10 of 40 (25 %), below what chance explains; "
    )
    page = Path("own.html").read_text("utf-8")
    assert "Beside 5 businesses of a benchmark file" in page
    assert "Hull" in page


def test_the_largest_changes_since_a_month_ago(run: Run) -> None:
    named = "".join(f'[[business]]\nname = "{name}"\nsheet = "{name}.xlsx"\n' for name in ("hull", "bath"))
    Path("gyms.toml").write_text(named, "utf-8")
    write_gym(Path("hull.xlsx"), 40, 30, 8)
    write_gym(Path("bath.xlsx"), 40, 20, 8)
    run("portfolio", "gyms.toml", "--as-of", "2026-06-01")
    write_gym(Path("bath.xlsx"), 50, 40, 8)
    lines = run("portfolio", "gyms.toml", "--as-of", "2026-07-01").stdout.splitlines()
    at = lines.index("The largest changes since 2026-06-01")
    assert [" ".join(line.split()) for line in lines[at + 3 : at + 5]] == [
        "bath First paid session 40 % of 20 20 % of 40 -20 points",
        "bath Client meeting had 50 % of 40 80 % of 50 +30 points",
    ]


def test_charts_go_into_a_folder(run: Run, clean: Path) -> None:
    result = run("charts", clean, "-o", "gym.toml")
    assert (result.exit_code, result.stderr) == (
        2, "Error: -o takes a folder; 'gym.toml' looks like a file. Write -o gym; the kind of file is chosen "
        "by --picture png, svg or pdf.\n",
    )  # fmt: skip
    assert not Path("gym.toml").exists()
