"""Lists in files overwrite an earlier list, and no other file."""

from pathlib import Path

import pytest

from funnel.errors import WriteError
from funnel.sheets.outputs import write_list

LIST = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n"


def test_new_and_again(tmp_path: Path) -> None:
    path = tmp_path / "zoe.ics"
    for text in (LIST, LIST + "more\r\n", LIST):
        write_list(path, text)
        assert path.read_bytes().decode() == text
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("there", [b"", b"Client name,Date of lead\n", b"BEGIN:VCALENDARS\r\n", b"\x00\xff"])
def test_other_files_are_not_overwritten(tmp_path: Path, there: bytes) -> None:
    path = tmp_path / "clients.csv"
    path.write_bytes(there)
    with pytest.raises(WriteError) as error:
        write_list(path, LIST)
    assert str(error.value) == (
        f"{path} exists and was not written by funnel, so it is unchanged. Choose another file name."
    )
    assert path.read_bytes() == there
    assert list(tmp_path.iterdir()) == [path]


def test_no_such_folder(tmp_path: Path) -> None:
    path = tmp_path / "nowhere" / "zoe.ics"
    with pytest.raises(WriteError) as error:
        write_list(path, LIST)
    assert str(error.value) == (
        f"{path} could not be written: No such file or directory. Choose another file name."
    )
