"""Read event logs: columns by header, clients by name; unreadable events are skipped with their row."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funnel.errors import ReadError
from funnel.events.event_log import find_event_log
from funnel.events.read import join_events
from funnel.grid import CellError, Grid
from funnel.journey import Journey, Stage
from funnel.journey.events import Events
from funnel.loader import load
from funnel.metrics import Funnel

PEOPLE = (["Name", "Town"], ["Ana", "Bath"], ["Ben", None], ["Cat", "York"], ["Cat", "Hull"])
STAGES = (Stage(name="Lead", default=True), Stage(name="Won"))


@pytest.fixture
def read(sheet):
    def read_log(*rows, **events):
        journey = Journey(columns={"client": "Name"}, stages=STAGES, events=Events(tab="Log", **events))
        return join_events(load(sheet(*PEOPLE), journey), sheet(*rows, tab="Log"), "tab 'Log'")

    return read_log


def log_problems(clients):
    problems = [problem for problem in clients.problems if problem.kind != "events not used"]
    return [(problem.kind, problem.message) for problem in problems if problem.row is None]


HEAD = ["Contact", "Activity", "Date", "Done by", "Amount"]


def test_events_are_sorted_by_time(read):
    clients = read(
        HEAD,
        ["ben", "Bought", "2026-02-01 10:00", "Zoe", "1.200,50 €"],
        ["Ana", "Opened", dt.datetime(2026, 1, 5, 9, 30), None, None],
        [None, None, None, None, None],
        ["Ben", "opened", "5/1/2026 09:30", "", 20],
    )
    events = clients.events
    assert events["client"].tolist() == [0, 1, 1]
    assert events["event"].tolist() == ["Opened", "Opened", "Bought"]
    assert events["when"].astype(str).tolist() == ["2026-01-05 09:30:00"] * 2 + ["2026-02-01 10:00:00"]
    assert events["by"].fillna("").tolist() == ["", "", "Zoe"]
    assert events["amount"].fillna(-1).tolist() == [-1, 20, 1200.5]
    assert events["row"].tolist() == [3, 5, 2]
    assert "3 events read from tab 'Log'" in clients.assumed
    assert log_problems(clients) == [
        (
            "ambiguous dates",
            "Tab 'Log': In column C, '5/1/2026 09:30' can begin with the day or the month; its dates "
            "are read as day/month/year.",
        )
    ]


@pytest.mark.parametrize(
    ("headers", "at"),
    [
        (["Cliente", "Evento", "Data e ora", "Importo"], {"client": 1, "event": 2, "when": 3, "amount": 4}),
        (["Fecha", "Correo", "Acción"], {"when": 1, "client": 2, "event": 3}),
        (["Wer", "Kunde", "Ereignis", "Zeitpunkt"], {"client": 2, "event": 3, "when": 4}),
        (["Nom", "Étape", "Date et heure", "Montant"], {"client": 1, "event": 2, "when": 3, "amount": 4}),
        (["Contato", "Atividade", "Quando", "Por"], {"client": 1, "event": 2, "when": 3, "by": 4}),
        (["Customer", "Date", "Amount"], {"client": 1, "when": 2, "amount": 3}),  # a list of sales
        (["Client", "Type", "Stage", "When"], {"client": 1, "event": 3, "when": 4}),
    ],
)
def test_columns_by_header(sheet, headers, at):
    log = sheet(headers, ["x"] * len(headers))
    assert find_event_log(log, Events(), "log.csv").columns == at


def test_a_list_of_sales_is_a_log(read):
    clients = read(["Customer", "Date", "Amount"], ["Ana", "2026-01-05", 90])
    assert clients.events[["event", "amount"]].to_numpy().tolist() == [["Sale", 90.0]]


def test_a_time_of_day_in_a_column_of_its_own(read):
    clients = read(
        ["Client", "Date", "Time", "Event"],
        ["Ana", "13/1/2026", "10:30", "Opened"],
        ["Ana", dt.date(2026, 1, 14), dt.time(9, 5), "Opened"],
        ["Ana", dt.date(2026, 1, 15), "5:30 pm", "Opened"],
        ["Ana", "2026-01-16 08:00", "09:00", "Opened"],
        ["Ana", "2026-01-17", None, "Opened"],
    )
    assert clients.events["when"].astype(str).tolist() == [
        "2026-01-13 10:30:00", "2026-01-14 09:05:00", "2026-01-15 17:30:00", "2026-01-16 08:00:00",
        "2026-01-17 00:00:00",
    ]  # fmt: skip
    assert log_problems(clients) == []


def test_skipped_events_are_reported(read):
    clients = read(
        HEAD,
        [None, "Opened", "2026-01-01", None, None],
        ["Anna", "Opened", "2026-01-02", None, None],
        ["Anna", "Opened", "2026-01-03", None, None],
        ["Cat", "Opened", "2026-01-04", None, None],
        ["Ana", None, "2026-01-05", None, None],
        ["Ana", "Opened", "lately", None, None],
        ["Ana", "Opened", None, None, None],
        ["Ana", "Opened", "1066-01-05", None, None],
        ["Ana", "Bought", "2026-01-05", None, "lots"],
        ["Zed", "Opened", "never", None, None],
    )
    assert log_problems(clients) == [
        ("event without client", "Tab 'Log', row 2: the client is blank; the event is skipped."),
        (
            "unknown client",
            "Tab 'Log', rows 3 and 4: the sheet has no client 'Anna', so the 2 events are skipped; did you "
            "mean 'Ana'?",
        ),
        ("unknown client", "Tab 'Log', row 11: the sheet has no client 'Zed', so the event is skipped."),
        (
            "ambiguous client",
            "Tab 'Log', row 5: 'Cat' matches 2 clients (rows 4 and 5), so the event is skipped.",
        ),
        ("event without a name", "Tab 'Log', row 6: the event is blank; the event is skipped."),
        ("unreadable time", "Tab 'Log', row 7: 'lately' is not a time; the event is skipped."),
        ("unreadable time", "Tab 'Log', row 9: '1066-01-05' is not a time; the event is skipped."),
        ("unreadable time", "Tab 'Log', row 8: the time is blank; the event is skipped."),
        ("not a number", "Tab 'Log', row 10: the amount 'lots' is not a number; it counts as blank."),
    ]
    assert clients.events["row"].tolist() == [10]


def test_zones(read):
    some = [["Ana", "Opened", f"2026-01-0{day} 10:00"] for day in (1, 2, 3)]
    mixed = read(HEAD[:3], *some, ["Ana", "Opened", "2026-01-04T10:00:00+02:00"])
    assert log_problems(mixed) == [
        (
            "mixed time zones",
            "Tab 'Log', row 5: the time has a zone, and other times have none. Times with a zone are "
            "converted to UTC and the others are not, so their order may be wrong.",
        )
    ]
    zoned = read(HEAD[:3], *([c, e, f"{when}+01:00"] for c, e, when in some))
    assert log_problems(zoned) == []
    assert zoned.events["when"].astype(str).tolist()[0] == "2026-01-01 09:00:00"
    assert "times of events with a zone are converted to UTC" in zoned.assumed


def test_many_problems_of_a_kind_are_counted(read):
    clients = read(HEAD[:3], *([f"Nobody {n}", "Opened", "2026-01-01"] for n in range(30)))
    assert len(log_problems(clients)) == 21
    assert log_problems(clients)[-1] == ("unknown client", "Tab 'Log': 10 more unknown clients.")


def test_event_of_the_journey_that_is_not_in_the_log(read):
    clients = read(HEAD[:3], ["Ana", "Purchased", "2026-01-01"], advance={"Purchsed": "Won", "Won": "Won"})
    assert log_problems(clients) == [
        (
            "event not in the log",
            "`events.advance` uses the event 'Purchsed', which is not in tab 'Log'; did you mean "
            "'Purchased'?",
        )
    ]


@pytest.mark.parametrize(
    ("headers", "events", "message"),
    [
        (
            ["Contact", "Activity", "Wann?!"],
            {"columns": {"when": "Zeit"}},
            "The event log (log.csv) has no column 'Zeit' for `when`. The headers in row 1 are 'Contact', "
            "'Activity' and 'Wann?!'. Name the column in the journey file, under [events.columns]: "
            'when = "…".',
        ),
        (
            ["Contact", "Happening", "When"],
            {},
            "The event log (log.csv) has no column for the event (Event, Stage …). The headers in row 1 are "
            "'Contact', 'Happening' and 'When'. Name the column in the journey file, under "
            '[events.columns]: event = "…".',
        ),
    ],
)
def test_missing_column(sheet, headers, events, message):
    with pytest.raises(ReadError) as raised:
        find_event_log(sheet(headers, ["x"] * 3), Events(**events), "log.csv")
    assert str(raised.value) == message


cells = st.one_of(
    st.none(), st.booleans(), st.integers(-9, 99_999), st.floats(allow_nan=False), st.text(max_size=12),
    st.sampled_from(["Ana", "cat", "Opened", "2026-01-05 10:00", "5/1/26", "now", "NaT", CellError("#REF!")]),
    st.dates(), st.datetimes(), st.times(),
    st.datetimes(timezones=st.just(dt.UTC)).map(dt.datetime.isoformat),
)  # fmt: skip


@given(st.lists(st.tuples(*[cells] * 5), max_size=6))
def test_any_cells_are_read(rows):
    journey = Journey(columns={"client": "Name"}, stages=STAGES, events=Events(tab="Log"))
    people = load(Grid("Clients", [list(column) for column in zip(*PEOPLE, strict=True)]), journey)
    log = Grid("Log", [[name, *(row[at] for row in rows)] for at, name in enumerate(HEAD)])
    found = join_events(people, log, "log.csv")
    assert found.events["when"].is_monotonic_increasing
    assert found.events["client"].between(0, 3).all()
    assert set(found.events["row"]) <= set(range(2, len(rows) + 2))


def test_most_events_match_no_client_so_there_is_no_verdict(read):
    """Two of three events name somebody else: the stages are not those of the clients."""
    clients = read(
        HEAD[:3], ["C-1", "Won", "2026-02-01"], ["C-2", "Won", "2026-02-02"], ["Ana", "Won", "2026-02-03"]
    )
    assert clients.doubt == (
        "2 of 3 events in tab 'Log' match no client, so the stages are not known. The log has clients "
        "such as 'C-1' in column A; write them as in the sheet, or give the sheet a column with the same ids "
        "(`columns.id`) or e-mail addresses (`columns.email`)."
    )
    assert [p.message for p in clients.problems if p.kind == "events not used"] == [clients.doubt]
    funnel = Funnel(clients, "2026-11-21")
    assert (funnel.verdict, len(funnel.leaks)) == (f"No verdict: {clients.doubt}", 0)
    half = read(HEAD[:3], ["C-1", "Won", "2026-02-01"], ["Ana", "Won", "2026-02-03"])
    assert half.doubt == ""


def test_no_event_is_in_the_journey_so_its_lines_are_given(read):
    rows = [
        ["Ana", 'Form "A"', "2026-02-01"],
        ["Ben", "Opened", "2026-02-02"],
        ["Ana", "opened", "2026-02-03"],
    ]
    clients = read(HEAD[:3], *rows)
    assert clients.doubt == (
        "no event in tab 'Log' is in the journey, so no event sets a stage. Add these lines to the journey "
        "file, each with the stage to which it leads:\n[events.advance]\n"
        '"Opened" = "Won"  # 2 times\n"Form \\"A\\"" = "Won"  # 1 time'
    )
    assert read(HEAD[:3], *rows, advance={"Opened": "Won"}).doubt == ""


def test_an_unknown_event_with_amounts_is_offered_the_paid_stage(sheet):
    stages = (Stage(name="Lead", default=True), Stage(name="Met"), Stage(name="Won", paid=True))
    journey = Journey(
        columns={"client": "Name"}, stages=stages, events=Events(tab="Log", sales=("Sold",))
    )  # fmt: skip
    log = sheet(
        HEAD, ["Ana", "Ordered", "2026-02-01", None, 50], ["Ben", "Rang", "2026-02-01", None, None], tab="Log"
    )  # fmt: skip
    doubt = join_events(load(sheet(*PEOPLE), journey), log, "tab 'Log'").doubt
    assert doubt.splitlines()[1:] == [
        "[events.advance]", '"Ordered" = "Won"  # 1 time', '"Rang" = "Met"  # 1 time',
    ]  # fmt: skip


def test_events_without_a_meaning_beside_others_are_named(read):
    """One of four moves a client; the other three are named with their counts."""
    rows = (["Ana", "Bought"], ["Ana", "Rang"], ["Ben", "Wrote"], ["Ben", "rang"])
    clients = read(HEAD, *([*row, "2026-02-01"] for row in rows), advance={"Bought": "Won"})
    assert clients.assumed[-1] == (
        "tab 'Log': 3 events set no stage, because the journey has no event of that name: 'Rang' (2) and "
        "'Wrote' (1)"
    )
    clients = read(
        HEAD, *([*row, "2026-02-01"] for row in rows[:2]), advance={"Bought": "Won", "Rang": "Lead"}
    )
    assert not [sentence for sentence in clients.assumed if "sets no stage" in sentence]


def test_times_with_a_zone_are_those_of_the_business(read):
    rows = (["Ana", "Won", "2026-07-01T23:30:00+00:00"], ["Ben", "Won", "2026-07-01 09:00"])
    clients = read(HEAD[:3], *rows, zone="Europe/London")
    assert clients.events["when"].astype(str).tolist() == ["2026-07-01 09:00:00", "2026-07-02 00:30:00"]
    assert "times of events with a zone are converted to Europe/London" in clients.assumed
    assert not [kind for kind, _ in log_problems(clients) if kind == "mixed time zones"]
    with pytest.raises(
        ValueError, match="'Europe/Londn', which is not a time zone; did you mean 'Europe/London'"
    ):
        Events(tab="Log", zone="Europe/Londn")


def test_a_file_keeps_its_name(sheet):
    journey = Journey(columns={"client": "Name"}, stages=STAGES, events=Events(file="my-log.csv"))
    log = sheet(HEAD[:3], ["Zed", "Won", "2026-02-01"], tab="Log")
    found = join_events(load(sheet(*PEOPLE), journey), log, "my-log.csv")
    assert [problem.message for problem in found.problems if problem.kind == "unknown client"] == [
        "my-log.csv, row 2: the sheet has no client 'Zed', so the event is skipped."
    ]
