"""A time of the week as people write it, and a job's command."""

import pytest

from funnel.errors import UsageError
from funnel.schedule.job import Every, Job

EXAMPLE = 'Write a weekday and a time, like "monday 07:00", or "day 07:00" for every day.'


@pytest.mark.parametrize(
    ("text", "every"),
    [
        ("monday 07:00", Every(0, 7, 0)),
        ("Sunday 23:59", Every(6, 23, 59)),
        ("07:00 tue", Every(1, 7, 0)),
        ("every wednesday, at 7.05", Every(2, 7, 5)),
        ("on thu 18h30", Every(3, 18, 30)),
        ("day 00:00", Every(None, 0, 0)),
        ("daily 6:00", Every(None, 6, 0)),
    ],
)
def test_times_as_people_write_them(text: str, every: Every) -> None:
    assert Every.parse(text) == every
    assert Every.parse(str(every)) == every


@pytest.mark.parametrize(
    "text", ["", "monday", "07:00", "monday 24:00", "monday 7:60", "mon tue 7:00", "mon 7"]
)
def test_what_is_no_time(text: str) -> None:
    with pytest.raises(UsageError) as refused:
        Every.parse(text)
    assert str(refused.value) == f"{text!r} is not a weekly time. {EXAMPLE}"


def test_a_slip_gets_the_nearest_weekday() -> None:
    with pytest.raises(UsageError) as refused:
        Every.parse("Wensday 07:00")
    assert str(refused.value) == (f"'wensday' is not a weekday. Did you mean 'wednesday 07:00'? {EXAMPLE}")
    with pytest.raises(UsageError) as refused:
        Every.parse("xx 07:00")
    assert str(refused.value) == f"'xx' is not a weekday. {EXAMPLE}"


def test_the_command_is_a_quiet_refresh_with_what_was_asked() -> None:
    job = Job(
        "a-1", "/x/a.xlsx", Every(0, 7, 0), ("/bin/python3", "-m", "funnel"), "/y/log.txt",
        journey="/x/journey.toml", tab="Our clients", credentials="/k/key.json", summary="/y/week.txt",
    )  # fmt: skip
    assert job.command == (
        "/bin/python3", "-m", "funnel", "refresh", "/x/a.xlsx", "--quiet", "--journey", "/x/journey.toml",
        "--tab", "Our clients", "--credentials", "/k/key.json",
        "--log", "/y/log.txt", "--summary", "/y/week.txt",
    )  # fmt: skip


@pytest.mark.parametrize("sheet", ["/x/a\nb.xlsx", "/x/a\x00.xlsx", "/x/\udcff.xlsx"])
def test_what_no_schedule_can_hold(sheet: str) -> None:
    with pytest.raises(UsageError) as refused:
        Job("a-1", sheet, Every(0, 7, 0), ("/bin/funnel",), "/y/log.txt")
    assert str(refused.value) == (
        f"{sheet!r} contains a line break or control character, which no scheduler accepts. Rename it."
    )
