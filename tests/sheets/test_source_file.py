"""Files that are no files, or too large: refused before they are read."""

import os
import socket
import sys
from pathlib import Path

import pytest

from funnel.errors import ReadError
from funnel.sheets import open_sheet
from funnel.sheets.source_file import SourceFile

SAVE = "not a file. Save what it contains in a file, and name that one."


def refused(path: Path) -> str:
    with pytest.raises(ReadError) as raised:
        open_sheet(path)
    return str(raised.value)


@pytest.mark.skipif(sys.platform == "win32", reason="no pipes and devices with a path there")
def test_pipes_sockets_and_devices(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pipe = tmp_path / "clients.xlsx"
    os.mkfifo(pipe)
    assert refused(pipe) == f"{pipe} is a pipe, {SAVE}"
    with pytest.raises(ReadError):
        open_sheet(pipe, "delimited")
    assert refused(Path("/dev/zero")) == f"/dev/zero is a device, {SAVE}"
    with socket.socket(socket.AF_UNIX) as made:
        monkeypatch.chdir(tmp_path)  # the path of a socket is short
        made.bind("s.csv")
        assert refused(Path("s.csv")) == f"s.csv is a socket, {SAVE}"
    assert refused(tmp_path) == f"{tmp_path} is a folder. Name the file in it."


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="no files of the system there")
@pytest.mark.parametrize("name", ["/proc/self/status", "/proc/kmsg"])
def test_files_of_the_system(name: str) -> None:
    """Their size is 0, and a reader of /proc/kmsg waits for the next message."""
    assert refused(Path(name)) == (
        f"{name} is empty. If it is in a synchronised folder, open it once so that it is downloaded, and try "
        "again."
    )


def test_paths_that_cannot_exist(tmp_path: Path) -> None:
    long = tmp_path / ("a" * 300)
    assert refused(long) == f"{long} cannot be read (File name too long). Check the path and the disk."
    assert refused(Path("a\0.csv")) == r"'a\x00.csv' is not a valid path (embedded null byte)."


@pytest.mark.parametrize(
    ("block", "why"),
    [
        (b"a" * 64, "has a line of more than 16 MB, so it is no table. Export the clients again, and use "
         "that file."),
        (b",,,,,,\n", "contains almost nothing but separators and blanks, so it was not read. Export the "
         "clients again, without the empty rows and columns, and use that file."),
        (b"a\n", "has 4,718,592 lines, more than the 4,194,304 that funnel reads. Copy the clients into a "
         "new workbook, and use that one."),
    ],
)  # fmt: skip
def test_large_texts_that_are_no_tables(tmp_path: Path, block: bytes, why: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(block * ((18 << 20) // len(block)))
    with pytest.raises(ReadError) as raised:
        _ = SourceFile(path).data
    assert str(raised.value) == f"{path} {why}"


def test_a_text_that_is_too_large(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    with path.open("wb") as file:
        file.truncate((256 << 20) + 1)
    assert refused(path) == (
        f"{path} is larger than 256 MB, too large for a client sheet. Copy the clients into a new workbook, "
        "and use that one."
    )
