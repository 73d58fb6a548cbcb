"""The log file beside a read-only sheet: found, appended to, never overwritten."""

import pytest

from funnel.errors import WriteError
from funnel.history.entry import Legend
from funnel.history.log_file import append_log, find_move_log
from funnel.history.read import HEADERS, read_log
from funnel.sheets import open_sheet

LINE = ["2026-11-02", None, "=Ana", "2026-01-20", None, "Met", None, "first seen", None, None, "clients",
        "new>marks 1;%3DAna|2026-01-20"]  # fmt: skip


@pytest.fixture
def sheet(tmp_path):
    path = tmp_path / "clients.csv"
    path.write_text("Client,Met\nAna,1\n", "utf-8")
    return open_sheet(path)


def test_log_file_beside_the_sheet_grows(sheet, tmp_path):
    path = sheet.log_path
    assert path == tmp_path / "clients.funnel-log.csv"
    assert find_move_log(sheet) is None
    append_log(path, [LINE], Legend({"Met": 1}))
    text = path.read_text("utf-8")
    assert text.splitlines() == [
        ",".join(HEADERS[:-1]) + ",Record: 1=Met",
        "2026-11-02,,'=Ana,2026-01-20,,Met,,first seen,,,clients,new>marks 1;%3DAna|2026-01-20",
    ]
    assert read_log(find_move_log(sheet))["client"].tolist() == ["=Ana"]
    path.write_text(text.replace("Record", "Note,Record").replace(",new>", ",new flyer,new>"), "utf-8")
    append_log(path, [[*LINE[:-1], "marks 1>marks 1-2;%3DAna|2026-01-20"]], Legend({"Met": 1, "Paid": 2}))
    assert path.read_text("utf-8").splitlines() == [
        ",".join(HEADERS[:-1]) + ",Note,Record: 1=Met; 2=Paid",
        "2026-11-02,,'=Ana,2026-01-20,,Met,,first seen,,,clients,new flyer,new>marks 1;%3DAna|2026-01-20",
        "2026-11-02,,'=Ana,2026-01-20,,Met,,first seen,,,clients,,marks 1>marks 1-2;%3DAna|2026-01-20",
    ]
    assert read_log(find_move_log(sheet))["after"].tolist() == [{"Met"}, {"Met", "Paid"}]
    assert sorted(file.name for file in tmp_path.iterdir()) == ["clients.csv", "clients.funnel-log.csv"]


def test_log_is_appended_to_another_file_of_that_name(sheet):
    path = sheet.log_path
    path.write_text("my notes\n", "utf-8")
    append_log(path, [LINE], Legend({"Met": 1}))
    assert path.read_text("utf-8").splitlines()[0].startswith("my notes")
    assert len(read_log(find_move_log(sheet))) == 1


def test_missing_folder_is_an_error(sheet, monkeypatch):
    path = sheet.log_path.with_name("missing") / "log.csv"
    with pytest.raises(WriteError, match="there is no folder"):
        append_log(path, [LINE], Legend())
