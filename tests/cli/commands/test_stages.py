"""`funnel stages`: the cards in the terminal, as JSON and as CSV."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

Run = Callable[..., Result]
DAY = ("--as-of", "2026-11-21", "--journey", "studio")


@pytest.fixture
def studio(tmp_path: Path) -> Path:
    path = tmp_path / "contacts.csv"
    path.write_text(
        "Name,Inquiry date,Owner,Stage,Sessions attended,Package,Offer ends,Credits left,Lifetime value\n"
        "Ana,2026-11-01,Kit,,0,,,,\n"
        "Ben,2026-11-02,,,2,,,,\n"
        "Cat,2026-11-03,Kit,,4,Introductory offer,2026-12-01,3,30\n"
        "Dan,2026-11-04,Kit,,4,Introductory offer,2026-11-20,3,30\n"
        "Eva,2026-11-05,Kit,Active Trial,4,Membership,,,1500\n"
        "Fay,2026-08-01,Kit,,,,,,\n",
        "utf-8",
    )
    return path


def test_in_the_terminal(run: Run, studio: Path) -> None:
    result = run("stages", studio.name, *DAY)
    assert (result.exit_code, result.stderr) == (0, "")
    assert max(map(len, result.stdout.splitlines())) <= 80
    lines = [" ".join(line.split()) for line in result.stdout.splitlines()]
    for line in (
        "🌱 New Inquiry 1 17 % 0 0 5 % 0 0", "📅 Booked/Drop-In 1 17 % 0 1 20 % 0 1",
        "✨ Active Trial 2 33 % 1 1 40 % 1,530 0", "⏳ Decision Zone 1 17 % 0 1 40 % 30 0",
        "💪 Active Clients 0 0 % 0 0 – 0 0", "🍂 Lost Clients 1 17 % 0 1 Never converted 0",
        "1 client without a coach or other owner.",
    ):  # fmt: skip
        assert line in lines


def test_as_json_and_csv(run: Run, studio: Path) -> None:
    told = json.loads(run("stages", studio.name, *DAY, "--format", "json").stdout)
    assert list(told) == ["version", "source", "tab", "as_of", "stages", "advance", "stuck", "stuck_total"]
    assert [(card["stage"], card["clients"], card["by_hand"]) for card in told["stages"]][2] == (
        "Active Trial",
        2,
        1,
    )
    assert told["stages"][5]["value_30_days"] is None
    assert (
        run("stages", studio.name, *DAY, "--format", "csv")
        .stdout.splitlines()[1]
        .startswith("New Inquiry,🌱,False")
    )


def test_stages_are_a_column_to_filter_and_compare_by(run: Run, studio: Path) -> None:
    found = run(
        "people",
        studio.name,
        *DAY,
        "--step",
        "Active Trial",
        "--by",
        "stage=Lost Clients",
        "--format",
        "json",
    )
    assert [(p["client"], p["status"]) for p in json.loads(found.stdout)["people"]] == [("Fay", "left")]
    assert run("compare", studio.name, *DAY, "--by", "stage").exit_code == 0


def test_a_journey_without_stages(run: Run, clean: Path) -> None:
    result = run("stages", clean.name)
    assert result.exit_code == 2
    assert " ".join(result.stderr.split()) == (
        "Error: The journey 'clean' has no stages. Name one that has: --journey studio, marketing, sales or "
        "lifecycle; or add a [[stage]] for each to your journey file."
    )


def lines(text: str) -> list[str]:
    return [" ".join(line.split()) for line in text.splitlines()]


def test_whom_a_hand_overrules_and_who_is_where_by_a_rule(run: Run, studio: Path) -> None:
    said = lines(run("stages", studio.name, *DAY).stdout)
    assert "The typed stage of 1 client overrides a rule or an event: see --clients." in said
    result = run("stages", studio.name, *DAY, "--clients")
    assert max(map(len, result.stdout.splitlines())) <= 80
    found = lines(result.stdout)
    for line in ("6 Eva Active Trial by hand Active Clients", "7 Fay Lost Clients a rule"):
        assert line in found
    told = json.loads(run("stages", studio.name, *DAY, "--clients", "--format", "json").stdout)
    assert [row["client"] for row in told["placed"]] == ["Ben", "Cat", "Eva", "Dan", "Fay"]


def test_by_a_column(run: Run, studio: Path) -> None:
    said = lines(run("stages", studio.name, *DAY, "--by", "coach").stdout)
    assert said[4:6] == ["Kit (blank)", "5 1"]
    assert "✨ Active Trial 2 0" in said
    assert "🍂 Lost Clients (lost) 1 0" in said
    table = run("stages", studio.name, *DAY, "--by", "coach", "--format", "csv").stdout
    assert table.splitlines()[0].startswith("by,value_of,of,stage,emoji,lost,reason,clients")
    both = run("stages", studio.name, *DAY, "--by", "coach", "--clients")
    assert (both.exit_code, both.stderr) == (
        2, "Error: --by and --clients cannot be combined; choose one.\n",
    )  # fmt: skip


@pytest.mark.parametrize("command", ["show", "stages", "people", "due", "check", "compare"])
def test_every_command_takes_some_clients(run: Run, studio: Path, command: str) -> None:
    more = ("--by", "coach") if command == "compare" else ()
    result = run(command, studio.name, *DAY, "--where", "stage=(lost)", *more)
    assert result.exit_code == (1 if command == "check" and "problem" in result.stdout else 0)
    assert "As of 2026-11-21: 1 client, only stage '(lost)'" in result.stdout.splitlines()


def test_a_filter_that_cannot_be_read(run: Run, studio: Path) -> None:
    for words, message in (
        ("stage", "--where 'stage' is not COLUMN=VALUE; write it like --where coach=Zoe."),
        ("stage=Active", "There is no stage 'Active'; did you mean 'Active Trial'?"),
    ):
        result = run("show", studio.name, *DAY, "--where", words)
        assert result.exit_code == 2
        assert " ".join(result.stderr.split()).startswith(f"Error: {message}")


def test_people_of_a_stage_need_no_step(run: Run, studio: Path, clean: Path) -> None:
    said = lines(run("people", studio.name, *DAY, "--where", "stage=Active Trial").stdout)
    assert "4 Cat Kit Active Trial not due 2027-02-01 –" in said
    result = run("people", clean.name)
    assert " ".join(result.stderr.split()) == (
        "Error: Name a step of the journey: --step NAME. Its steps are in: funnel show SHEET."
    )


def test_nothing_of_stages_speaks_of_marks_or_columns(run: Run, studio: Path) -> None:
    """Where a stage is typed there is nothing to tick, and no column to add up."""
    for command in ("show", "due", "check", "stages"):
        said = run(command, studio.name, "--journey", "studio", "--as-of", "2027-06-01").stdout.lower()
        for word in ("mark it", "marked", "tick", "column total", "a 1 "):
            assert word not in said, (command, word)


def test_show_by_a_column_has_the_forecast_too(run: Run, root: Path) -> None:
    path = root / "sample_data" / "studio.csv"
    said = lines(run("show", path, *DAY, "--by", "coach").stdout)
    assert "Forecast, by coach" in said
    assert "Robin 3,850 232 243 4 4" in said


def test_how_long_and_how_many_go_on(run: Run, root: Path) -> None:
    """From the events of the marketing sample: times in stage, and what share goes on."""
    path = root / "sample_data" / "marketing.csv"
    result = run("stages", path, "--journey", "marketing", "--as-of", "2026-11-21")
    assert max(map(len, result.stdout.splitlines()[1:])) <= 80
    said = lines(result.stdout)
    at = said.index("Time in stage")
    assert said[at + 1 : at + 3] == ["Days, Days, Days,", "median known of longest"]
    assert any(line.startswith("Initial Contact → Primary Leads 45 28 62 % 48–75 %") for line in said)


def test_a_card_is_a_list_of_clients(run: Run, studio: Path) -> None:
    """Kit's trial clients: 30 + 1,500 lifetime; nobody's days are known, because no log exists."""
    result = run("stages", studio.name, *DAY, "--stage", "active trial")
    assert (result.exit_code, result.stderr) == (0, "")
    assert lines(result.stdout) == [
        "contacts.csv, tab contacts",
        "As of 2026-11-21: 6 clients",
        "",
        "Total sales: 1,560 (the lifetime values of all clients)",
        "",
        "✨ Active Trial: 2 clients, lifetime value 1,530",
        "Row Client Owner Lifetime value Days",
        "────────────────────────────────────────",
        "4 Cat Kit 30 –",
        "6 Eva Kit 1,500 –",
        "Days –: not known, because the stage was set before the log of refreshes began.",
    ]


def test_cards_of_all_stages(run: Run, tmp_path: Path) -> None:
    """Thirteen leads from 1 to 13 November: 20 to 8 days by the 21st, half of them 14 or more."""
    rows = "".join(f"Client {n},2026-11-{n:02},\n" for n in range(1, 14))
    sheet, day = tmp_path / "contacts.csv", ("--as-of", "2026-11-21", "--journey", "lifecycle")
    sheet.write_text(f"Contact,Created,Stage\n{rows}Zoe,2026-11-14,Customer\n", "utf-8")
    found = lines(run("stages", sheet.name, *day, "--cards").stdout)
    at = found.index("🆕 New Lead: 13 clients, median 14 days (of 13)")
    assert found[at + 3] == "2 Client 1 20"
    assert found[at + 13] == '3 more: --stage "New Lead".'
    assert "🤩 Customer: 1 client" in found
    assert "💳 Payment: 0 clients" in found
    newest = run("stages", sheet.name, *day, "--cards", "--newest", "--format", "json").stdout
    told = json.loads(newest)["stage_clients"]
    assert [(row["client"], row["at_least"]) for row in told[:2]] == [("Client 13", 8.0), ("Client 12", 9.0)]
    assert len(told) == 14
    for options, said in (
        (("--cards", "--by", "coach"), "--cards and --by cannot be combined; choose one."),
        (("--newest",), "--newest needs --stage or --cards."),
    ):
        result = run("stages", sheet.name, *day, *options)
        assert (result.exit_code, result.stderr) == (2, f"Error: {said}\n")


def test_rows_of_a_table_of_an_engine_have_no_number(run: Run, tmp_path: Path) -> None:
    pytest.importorskip("duckdb").sql(
        "copy (select 'Ana' as Name, date '2026-11-01' as \"Inquiry date\", 'Active Trial' as Stage) "
        f"to '{tmp_path / 'clients.parquet'}'"
    )
    result = run("stages", "clients.parquet", *DAY, "--stage", "Active Trial")
    lines = [" ".join(line.split()) for line in result.stdout.splitlines()]
    assert (result.exit_code, "Ana –" in lines) == (0, True), result.output
