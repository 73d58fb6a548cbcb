"""Where the rows live. The only rooms that know file formats and services."""

from __future__ import annotations

import os
from importlib import import_module
from pathlib import Path

from funnel.errors import ReadError
from funnel.sheets.base import Sheet
from funnel.text import nearest

__all__ = ["Sheet", "open_sheet"]

LARGEST_FILE = 1 << 30
_GOOGLE = ("https://docs.google.com/spreadsheets", "http://docs.google.com/spreadsheets")


def open_sheet(source: str | os.PathLike[str]) -> Sheet:
    """Open a sheet: a path, or the URL of a Google Sheet.

    What a file is, its content says; its ending only counts where the content does not.

    Raises
    ------
    ReadError : where it is missing (with the nearest name in that folder), is no file, is empty, may not be
        read, or is nothing that holds a sheet.

    >>> open_sheet("no such folder/clients.xlsx")
    Traceback (most recent call last):
    ...
    funnel.errors.ReadError: There is no folder 'no such folder', so 'clients.xlsx' cannot be read. ...
    """
    name = os.fspath(source)
    if "://" in name[:12]:
        return _open_url(name)
    path = Path(name).expanduser()
    data = _bytes_of(path)
    if _is_opendocument(data):
        from funnel.sheets.ods.sheet import OdsSheet

        return OdsSheet(path, data)
    if _is_text(data, path):
        from funnel.sheets.delimited import DelimitedSheet

        return DelimitedSheet(path, data)
    from funnel.sheets.excel import ExcelSheet

    return ExcelSheet(path, data)


def _open_url(url: str) -> Sheet:
    """A Google Sheet by its URL."""
    if not url.startswith(_GOOGLE):
        raise ReadError(
            f"{url} is not the address of a Google Sheet. Give a Google Sheets address "
            "(https://docs.google.com/spreadsheets/d/...), or download the file and give its path."
        )
    try:
        google = import_module("funnel.sheets.google")
    except ModuleNotFoundError as error:
        if error.name != "funnel.sheets.google":
            raise
        raise ReadError(
            f"{url} is a Google Sheet, and this version of funnel does not read those yet. In Google Sheets "
            "choose File, Download, Microsoft Excel (.xlsx), and give the path of that file."
        ) from error
    sheet: Sheet = google.open_google(url)
    return sheet


def _bytes_of(path: Path) -> bytes:
    """The bytes of a file, or a sentence on why there are none."""
    try:
        if path.is_dir():
            raise ReadError(f"{path} is a folder. Name the file in it{_such_as(path)}.")
        if path.stat().st_size > LARGEST_FILE:
            raise ReadError(
                f"{path} is larger than {LARGEST_FILE >> 20:,} MB, which is no client sheet. Copy the "
                "clients into a new workbook, and use that one."
            )
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise _missing(path) from error
    except PermissionError as error:
        raise ReadError(
            f"{path} may not be read: this account has no right to. Ask its owner for the right, or copy it "
            "to a folder of your own."
        ) from error
    except OSError as error:
        raise ReadError(f"{path} cannot be read ({error.strerror}). Check the path and the disk.") from error
    if not data.strip(b"\0 \r\n\t"):
        raise ReadError(
            f"{path} is empty. If it lies in a synchronised folder, open it once so that it is downloaded, "
            "and try again."
        )
    return data


def _missing(path: Path) -> ReadError:
    """The refusal of a file that is not there, with the nearest one that is."""
    folder = path.parent
    if not folder.is_dir():
        return ReadError(
            f"There is no folder {str(folder)!r}, so {path.name!r} cannot be read. Check the path; the "
            f"current folder is {str(Path.cwd())!r}."
        )
    near = nearest(path.name, _sheets_in(folder)) or nearest(path.stem, _sheets_in(folder))
    meant = f"; did you mean {str(folder / near)!r}?" if near else f"{_such_as(folder)}."
    return ReadError(f"There is no file {str(path)!r}{meant}")


def _sheets_in(folder: Path) -> list[str]:
    """The files of a folder that may be sheets, by name."""
    endings = (".xlsx", ".xlsm", ".xls", ".ods", ".csv", ".tsv", ".txt")
    try:
        names = sorted(entry.name for entry in folder.iterdir() if entry.is_file())
    except OSError:
        return []
    return [name for name in names if name.lower().endswith(endings) and not name.startswith(("~$", "."))]


def _such_as(folder: Path) -> str:
    names = _sheets_in(folder)
    return f", such as {str(folder / names[0])!r}" if names else ""


def _is_opendocument(data: bytes) -> bool:
    """A zip file whose first part says that it is an OpenDocument spreadsheet, template or flat file."""
    return data.startswith(b"PK") and b"mimetypeapplication/vnd.oasis.opendocument" in data[30:100]


def _is_text(data: bytes, path: Path) -> bool:
    """Whether a file is to be read as delimited text: neither zip nor old Excel, web page or XML."""
    begins = data[:512].lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").replace(b"\0", b"").lower()
    if data.startswith((b"PK", b"\xd0\xcf\x11\xe0")) or begins.startswith((b"<!doctype", b"<html", b"<?xml")):
        return False
    text_by_name = path.suffix.lower() in (".csv", ".tsv", ".tab", ".txt")
    return text_by_name or b"PK\x05\x06" not in data[-65_557:]
