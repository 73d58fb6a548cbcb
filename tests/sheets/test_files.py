import errno
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import pytest

from funnel.errors import WriteError
from funnel.sheets import files


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path = tmp_path / "clients [1].xlsx"
    path.write_bytes(b"old")
    return path


def writes(data: bytes) -> Callable[[BinaryIO], None]:
    def write(out: BinaryIO) -> None:
        out.write(data)

    return write


def put(path: Path, data: bytes) -> Path:
    written = files.replace(path, files.version_of(path), writes(data))
    assert written.backup is not None
    assert written.notes == ()
    return written.backup


def names(path: Path) -> list[str]:
    return sorted(p.name for p in path.parent.iterdir())


def test_replace_keeps_a_backup_of_the_old_version(book: Path) -> None:
    backup = put(book, b"new")
    assert (book.read_bytes(), backup.read_bytes()) == (b"new", b"old")
    assert names(book) == sorted([book.name, backup.name])
    assert backup.name.startswith("clients [1].funnel-backup-20")
    assert backup.name.endswith(f"-{files.version_of(book)[:12]}.xlsx")


def test_mode_and_link_stay(book: Path, tmp_path: Path) -> None:
    book.chmod(0o640)
    link = tmp_path / "elsewhere" / "link.xlsx"
    link.parent.mkdir()
    link.symlink_to(book)
    put(link, b"new")
    assert link.is_symlink()
    assert book.read_bytes() == b"new"
    assert book.stat().st_mode & 0o777 == 0o640
    assert names(link) == ["link.xlsx"]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root may give files away")
def test_the_owner_stays(book: Path) -> None:
    os.chown(book, 1234, 1235)
    put(book, b"new")
    assert (book.stat().st_uid, book.stat().st_gid) == (1234, 1235)


def test_the_last_five_backups_are_kept(book: Path) -> None:
    for number in range(8):
        put(book, f"version {number}".encode())
    kept = [backup.read_bytes() for backup in files.backups(book)]
    assert kept == [b"version 6", b"version 5", b"version 4", b"version 3", b"version 2"]


def test_undo_restores_one_version_at_a_time(book: Path) -> None:
    put(book, b"first")
    put(book, b"second")
    undone = files.undo(book)
    assert undone.backup is not None
    assert (undone.backup.suffix, undone.notes) == (".xlsx", ())
    assert book.read_bytes() == b"first"
    files.undo(book)
    assert book.read_bytes() == b"old"
    assert names(book) == [book.name]
    with pytest.raises(WriteError) as refused:
        files.undo(book)
    assert str(refused.value) == f"There is no backup of {book}, so there is nothing to undo."


def test_undo_raises_if_the_file_has_changed_since(book: Path) -> None:
    backup = put(book, b"new")
    book.write_bytes(b"typed since")
    with pytest.raises(WriteError) as refused:
        files.undo(book)
    assert book.read_bytes() == b"typed since"
    assert str(refused.value) == (
        f"{book} has changed since it was last refreshed, and undo would lose those changes, so it is "
        f"unchanged. To remove only funnel's work: funnel refresh {book} --remove. To restore the old "
        f"version anyway, copy {backup.name} over it."
    )


def test_a_file_that_is_saved_during_an_undo_is_kept(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    backup = put(book, b"new")
    write = files.write_flushed

    def save_meanwhile(fresh: Path, what: Callable[[BinaryIO], None]) -> None:
        write(fresh, what)
        book.write_bytes(b"saved meanwhile")

    monkeypatch.setattr(files, "write_flushed", save_meanwhile)
    with pytest.raises(WriteError, match="has changed since it was last refreshed"):
        files.undo(book)
    assert book.read_bytes() == b"saved meanwhile"
    assert names(book) == sorted([book.name, backup.name])


def refused(path: Path, expected: str = "", check: Callable[[Path], None] = lambda path: None) -> str:
    """Return the message of the WriteError; the folder must be unchanged."""
    before = names(path), path.read_bytes()
    with pytest.raises(WriteError) as refusal:
        files.replace(path, expected or files.version_of(path), writes(b"new"), check)
    assert (names(path), path.read_bytes()) == before
    return str(refusal.value)


def test_a_file_that_changed_meanwhile(book: Path) -> None:
    assert refused(book, expected="of another time") == (
        f"{book} has changed since it was read, so nothing was written. Refresh again."
    )


def test_a_file_that_changes_while_we_write(book: Path) -> None:
    before = files.version_of(book)

    def check(fresh: Path) -> None:
        assert fresh.read_bytes() == b"new"
        book.write_bytes(b"saved meanwhile")

    with pytest.raises(WriteError, match="has changed since it was read, so nothing was written"):
        files.replace(book, before, writes(b"new"), check)
    assert book.read_bytes() == b"saved meanwhile"
    assert names(book) == [book.name]


@pytest.mark.parametrize(
    ("sign", "program"), [("~$clients [1].xlsx", "Excel"), (".~lock.clients [1].xlsx#", "LibreOffice")]
)
def test_a_file_that_is_open(book: Path, sign: str, program: str) -> None:
    book.with_name(sign).touch()
    assert refused(book) == (
        f"{book} is open in {program}, so it is unchanged. Close it there and refresh again. If it is not "
        f"open, delete the lock file {sign!r} beside it."
    )


def test_a_read_only_file(book: Path) -> None:
    book.chmod(0o444)
    assert refused(book) == (
        f"{book} is read-only, so it is unchanged. Make it writable, or write to another file with `-o`."
    )


def test_a_check_that_fails_leaves_the_old_version(book: Path) -> None:
    def check(fresh: Path) -> None:
        raise WriteError("It did not pass.")

    assert refused(book, check=check) == "It did not pass."


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "the disk is full. Free some space"),
        (OSError(errno.EDQUOT, "Disk quota exceeded"), "the disk is full. Free some space"),
        (
            PermissionError(errno.EACCES, "Permission denied"),
            "you have no permission to write in {folder}. Get the permission, or use `-o`",
        ),
        (OSError(errno.EIO, "Input/output error"), "Input/output error. Correct that"),
    ],
)
@pytest.mark.parametrize("at", ["write", "fsync", "replace", "mkstemp"])
def test_any_error_of_the_system_leaves_the_old_version(
    book: Path, monkeypatch: pytest.MonkeyPatch, error: OSError, why: str, at: str
) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise error

    with monkeypatch.context() as patched:
        if at == "replace":
            patched.setattr(Path, "replace", fail)
        elif at != "write":
            patched.setattr(files.os if at == "fsync" else files.tempfile, at, fail)
        before = book.read_bytes()
        write = fail if at == "write" else writes(b"new")
        with pytest.raises(WriteError) as refusal:
            files.replace(book, files.version_of(book), write)
    assert str(refusal.value) == (
        f"{book} could not be written, so it is unchanged: {why.format(folder=book.parent)}, and try again."
    )
    assert book.read_bytes() == before
    assert [n for n in names(book) if n.endswith(".tmp")] == []


def test_only_old_temporary_files_are_deleted(book: Path) -> None:
    old, young, other = (
        book.with_name(f".{n}.tmp") for n in ("clients [1].xlsx.funnel-a", "clients [1].xlsx.funnel-b", "c")
    )
    for path in (old, young, other):
        path.touch()
    os.utime(old, (0, 0))
    os.utime(other, (0, 0))
    put(book, b"new")
    assert (old.exists(), young.exists(), other.exists()) == (False, True, True)


def test_create(tmp_path: Path) -> None:
    path = tmp_path / "new.xlsx"
    files.create(path, writes(b"new"))
    assert path.read_bytes() == b"new"
    assert names(path) == ["new.xlsx"]
    umask = os.umask(0o022)
    os.umask(umask)
    assert path.stat().st_mode & 0o777 == 0o666 & ~umask
    with pytest.raises(WriteError) as refusal:
        files.create(path, writes(b"other"))
    assert (
        str(refusal.value) == f"{path} exists already and was not changed. Choose another name, or move it."
    )
    assert path.read_bytes() == b"new"
    lost = tmp_path / "nowhere" / "new.xlsx"
    with pytest.raises(WriteError) as refusal:
        files.create(lost, writes(b"new"))
    assert (
        str(refusal.value) == f"{lost} cannot be written: there is no folder {lost.parent}. Create it first."
    )


FULL = """
import resource, signal, sys
from pathlib import Path
from funnel.errors import WriteError
from funnel.sheets import files
path = Path(sys.argv[1])
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 16, 1 << 16))
try:
    files.replace(path, files.version_of(path), lambda out: out.write(bytes(1 << 20)))
except WriteError as refused:
    print(refused, end="")
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no limits there")
def test_a_full_disk(book: Path) -> None:
    done = subprocess.run([sys.executable, "-c", FULL, str(book)], capture_output=True, text=True, check=True)
    assert done.stdout == (
        f"{book} could not be written, so it is unchanged: the disk is full. Free some space, and try again."
    )
    assert (names(book), book.read_bytes()) == ([book.name], b"old")


KILLED = """
import sys
from pathlib import Path
from funnel.sheets import files
path = Path(sys.argv[1])
print("ready", flush=True)
for number in range(10_000):
    def write(out, number=number):
        for _ in range(64):
            out.write(b"%04d" % number * 4096)
    files.replace(path, files.version_of(path), write)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL there")
def test_a_kill_at_any_moment_leaves_a_whole_file(tmp_path: Path) -> None:
    path = tmp_path / "clients.xlsx"
    path.write_bytes(b"0000" * 4096 * 64)
    for attempt in range(15):
        with subprocess.Popen([sys.executable, "-c", KILLED, str(path)], stdout=subprocess.PIPE) as run:
            assert run.stdout is not None
            run.stdout.readline()
            time.sleep(0.002 * attempt)
            run.send_signal(signal.SIGKILL)
        data = path.read_bytes()
        assert len(data) == 4 * 4096 * 64
        assert data == data[:4] * 4096 * 64


def failing(error: OSError) -> Callable[..., None]:
    def fail(*args: object) -> None:
        raise error

    return fail


@pytest.mark.parametrize(
    ("at", "failed"),
    [
        ("_flush_folder", "what was written may be lost if the power fails now"),
        ("_delete_old_backups", "old backups were not deleted"),
    ],
)
def test_what_fails_after_the_new_version_is_in_place_is_a_note(
    book: Path, monkeypatch: pytest.MonkeyPatch, at: str, failed: str
) -> None:
    monkeypatch.setattr(files, at, failing(OSError(errno.EIO, "Input/output error")))
    written = files.replace(book, files.version_of(book), writes(b"new"))
    assert written.notes == (f"{book} was written, but {failed} (Input/output error).",)
    assert book.read_bytes() == b"new"
    assert written.backup is not None
    assert written.backup.read_bytes() == b"old"


def test_an_undo_whose_backup_stays_is_done(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    backup = put(book, b"new")
    unlink = Path.unlink

    def keep(path: Path, missing_ok: bool = False) -> None:
        if path == backup:
            raise OSError(errno.EACCES, "Permission denied")
        unlink(path, missing_ok)

    monkeypatch.setattr(Path, "unlink", keep)
    note = f"{book} was written, but the backup {backup.name} was not deleted (Permission denied)."
    assert files.undo(book) == files.Written(backup, (note,))
    assert (book.read_bytes(), backup.read_bytes()) == (b"old", b"old")


def test_other_names_of_a_file_are_told(book: Path) -> None:
    other = book.with_name("other.xlsx")
    other.hardlink_to(book)
    written = files.replace(book, files.version_of(book), writes(b"new"))
    assert written.notes == (
        f"{book} was written, but it had 1 other name (hard links), which still have the old version. "
        "Delete them, or use symbolic links instead.",
    )
    assert (book.read_bytes(), other.read_bytes()) == (b"new", b"old")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root may give files away")
def test_a_backup_is_owned_as_the_file(book: Path) -> None:
    book.chmod(0o640)
    os.chown(book, 1234, 1235)
    there = put(book, b"new").stat()
    assert (there.st_uid, there.st_gid, there.st_mode & 0o777) == (1234, 1235, 0o640)


@pytest.mark.parametrize("name", ["clients", "a" * 255, "é" * 120 + ".xlsx", "a" * 250 + ".xlsx"])
def test_names_without_an_ending_and_of_255_bytes(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"old")
    backup = put(path, b"new")
    assert files.backups(path) == [backup]
    assert len(os.fsencode(backup.name)) <= 255
    assert files.undo(path).backup == backup
    assert path.read_bytes() == b"old"
    assert names(path) == [name]


def test_a_file_that_is_made_meanwhile_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "new.xlsx"

    def check(fresh: Path) -> None:
        path.write_bytes(b"made by another program")

    with pytest.raises(WriteError) as refusal:
        files.create(path, writes(b"new"), check)
    exists = f"{path} exists already and was not changed. Choose another name, or move it."
    assert str(refusal.value) == exists
    assert path.read_bytes() == b"made by another program"
    assert names(path) == [path.name]


def test_where_there_are_no_hard_links_a_new_file_is_moved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "link", failing(OSError(errno.EPERM, "Operation not permitted")))
    files.create(tmp_path / "new.xlsx", writes(b"new"))
    assert names(tmp_path / "new.xlsx") == ["new.xlsx"]
