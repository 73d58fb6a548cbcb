"""What is explored, without a notebook: every result is that of `Funnel`, and settings are kept."""

import datetime as dt
import re
from html import unescape
from pathlib import Path

import pandas as pd
import pytest

import funnel
from funnel.errors import FunnelError, UsageError
from funnel.explorer.exploration import Exploration, People, csv_text, free_path
from funnel.explorer.files import sample_sheet, save_upload, sheets_in_folder
from funnel.explorer.pages import PAGES, asked, chart, pick_of
from funnel.metrics import Funnel

DAY = "2026-11-21"


@pytest.fixture(scope="module")
def gym() -> Funnel:
    return Funnel(funnel.load(sample_sheet()), DAY)


def test_the_funnel_is_that_of_the_settings(gym: Funnel) -> None:
    e = Exploration(sample_sheet(), as_of=DAY)
    pd.testing.assert_frame_equal(e.funnel.steps, gym.steps)
    e.set(coach="Jonas Lind", period="2026", counts="passed")
    expected = Funnel(gym.clients, DAY, "passed").where(coach="Jonas Lind", lead_date="2026")
    pd.testing.assert_frame_equal(e.funnel.steps, expected.steps)
    assert e.funnel is e.funnel


def test_settings_are_kept_when_a_cell_is_run_again() -> None:
    Exploration(sample_sheet(), as_of=DAY).set(coach="Jonas Lind", page="Compare")
    again = Exploration(sample_sheet())
    assert again.settings.coach == "Jonas Lind"
    assert again.settings.page == "Compare"
    assert again.settings.as_of == dt.date(2026, 11, 21)


def test_a_setting_that_is_not_there() -> None:
    with pytest.raises(UsageError, match="There is no setting 'coahc'; did you mean 'coach'"):
        Exploration(sample_sheet(), coahc="Zoe")


def test_the_people_behind_a_number(gym: Funnel) -> None:
    e = Exploration(sample_sheet(), as_of=DAY, people=People("Client meeting had", ("overdue",)))
    assert len(e.people()) == gym.steps.loc["Client meeting had", "overdue"]
    lost = e.set(people=People("Client meeting had", ("settled_left", "settled_overdue"))).people()
    assert len(lost) == gym.leaks.loc["Client meeting had", "settled_lost"]
    assert asked(pick_of(e.settings.people)) == e.settings.people


def test_every_page_shows_something_and_escapes_it(tmp_path: Path) -> None:
    path = tmp_path / "clients.csv"
    rows = [f"<b>{i}</b>,{1 + i % 28:02}/01/2026,<i>Zoe</i>,1,{i % 2}" for i in range(40)]
    header = "Client name,Date of lead,Name of coach,Client contacted,First paid session"
    path.write_text("\n".join([header, *rows]), "utf-8")
    e = Exploration(str(path), as_of="2026-07-01")
    for name, page in PAGES.items():
        html = page(e.set(page=name))
        assert html
        assert "<i>" not in html
        assert "<b>0" not in html
    assert chart(e.set(page="Overview")).startswith('<div class="funnel-chart"><svg')


def test_all_clients_have_no_columns_of_a_step() -> None:
    e = Exploration(sample_sheet(), as_of=DAY, people=People())
    assert list(e.people()) == ["row", "client", "coach", "last_step"]


def test_the_bars_of_a_chart_can_be_clicked(gym: Funnel) -> None:
    e = Exploration(sample_sheet(), as_of=DAY, page="Where it leaks", coach=None, people=People())
    drawn = [
        asked(unescape(pick)) for pick in re.findall('id="leaks-row[^"]*" data-pick="([^"]*)"', chart(e))
    ]
    assert {people.step for people in drawn} == set(gym.leaks["step"])
    assert len(e.set(people=drawn[0]).people()) == gym.leaks.loc[drawn[0].step, "settled_lost"]


def test_the_stages_have_cards_and_moves() -> None:
    e = Exploration("sales", page="Stages")
    assert chart(e).count('<div class="funnel-chart"><svg') == 2
    assert 'data-pick="' in PAGES["Stages"](e)


def test_answers_become_the_journey_file(tmp_path: Path) -> None:
    path = tmp_path / "clients.csv"
    rows = [f"Client {i},{1 + i % 28:02}/01/2026,1,{i % 2 or ''}" for i in range(40)]
    path.write_text(
        "\n".join(["Client name,Date of lead,Client contacted,First paid session", *rows]), "utf-8"
    )
    e = Exploration(str(path), as_of="2026-07-01")
    written = e.answer([])
    assert written == tmp_path / "clients.journey.toml"
    assert "First paid session" in written.read_text("utf-8")
    with pytest.raises(UsageError, match=r"clients\.journey\.toml already exists and was not changed\."):
        e.answer([])


def test_a_sheet_that_cannot_be_read_is_an_error_of_funnel(tmp_path: Path) -> None:
    e = Exploration(str(tmp_path / "nothing.xlsx"))
    assert e.reading is None
    with pytest.raises(FunnelError):
        _ = e.funnel


def test_what_can_be_chosen(gym: Funnel) -> None:
    e = Exploration(sample_sheet(), as_of=DAY)
    assert e.values("coach")[-1] == "(blank)"
    assert e.values("company") == []
    assert e.periods()[0] == "2026-Q4"
    assert e.columns() == ["coach", "source", "heard", "quarter"]


def test_sheets_of_the_folder_the_named_one_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("a.csv", "b.xlsx", "~$b.xlsx", "notes.txt", "review-2026.xlsx"):
        Path(name).touch()
    monkeypatch.setenv("FUNNEL_SHEET", "b.xlsx")
    assert sheets_in_folder() == ["b.xlsx", "a.csv"]


def test_an_upload_never_replaces_a_file(tmp_path: Path) -> None:
    assert save_upload("../a.csv", b"one", tmp_path) == str(tmp_path / "a.csv")
    assert save_upload("a.csv", b"one", tmp_path) == str(tmp_path / "a.csv")
    assert save_upload("a.csv", b"two", tmp_path) == str(tmp_path / "a-2.csv")
    with pytest.raises(UsageError, match=r"notes\.md cannot be read as a sheet"):
        save_upload("notes.md", b"", tmp_path)


def test_a_list_as_csv_has_no_formula() -> None:
    table = pd.DataFrame({"client": ["=1+1", None], "due": pd.to_datetime(["2026-07-01", None])})
    assert csv_text(table) == "client,due\n'=1+1,2026-07-01\n,\n"


def test_a_review_gets_a_name_that_is_free(tmp_path: Path) -> None:
    (tmp_path / "review.html").touch()
    assert free_path(tmp_path / "review.html") == tmp_path / "review-2.html"
