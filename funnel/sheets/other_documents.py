"""Recognise files that are often saved or downloaded under a workbook's name: web pages, PDF, XML, text."""

from __future__ import annotations

import re
from typing import Final

from funnel.sheets.source_file import SourceFile

WORKBOOK_ENDINGS: Final = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")

_SAVE: Final = "save it as an Excel workbook (.xlsx), and use that one."
_PICTURES: Final = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8")
_WEB_ARCHIVE: Final = re.compile(
    rb"(?:mime-version:|from: <saved by|content-type: multipart/related)", re.IGNORECASE
)
_JSON: Final = re.compile(rb'[\[{\s]*\{\s*"[^"]*"\s*:')
_TAGS: Final = (
    *(b"<!doctype html", b"<html", b"<head", b"<body", b"<meta", b"<style", b"<title", b"<div", b"<p>"),
    *(b"<center", b"<font", b"<table", b"<thead", b"<tbody", b"<tr"),
)
_TABLE: Final = re.compile(rb"<\0?t\0?a\0?b\0?l\0?e", re.IGNORECASE)  # in UTF-16 too
_LOOKED: Final = 16 << 20  # bytes of a web page that are searched for a table
_COMMENTS: Final = re.compile(rb"(?:<!--.*?-->|<\?xml.*?\?>|\s)*", re.DOTALL)


def describe_document(file: SourceFile) -> str | None:
    """Describe a file that is another document than a sheet, and what to do; None for every other file.

    Parameters
    ----------
    file : only its first 4 KB are read, and all of a web page.
    """
    head = file.head.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").replace(b"\0", b"")
    if head.startswith(b"%PDF-"):
        return f"{file.path} is a PDF, not a sheet: copy its table into a new workbook, {_SAVE}"
    if _WEB_ARCHIVE.match(head):
        return f"{file.path} is a web archive (MHTML), not a sheet: open it in Excel, {_SAVE}"
    if _JSON.match(head):
        return (
            f"{file.path} is a JSON file, not a sheet. If it is the key of a service account, name it with "
            "--credentials. Else export the clients as .csv, and use that file."
        )
    if file.head.startswith(_PICTURES):
        return f"{file.path} is a picture, not a sheet: open the sheet it shows, {_SAVE}"
    if not head.startswith(b"<"):
        return None
    begin = head[_match_end(head) :].lower()
    if begin.startswith(_TAGS):
        return _describe_page(file)
    if head.startswith((b"<?xml", b"<!")) or begin.startswith((b"<workbook", b"<office:document")):
        return f"{file.path} is an XML file, not a sheet: open it in Excel or LibreOffice, {_SAVE}"
    return None


def _match_end(head: bytes) -> int:
    found = _COMMENTS.match(head)
    return found.end() if found else 0


def _describe_page(file: SourceFile) -> str:
    """Describe a web page; one without a table is most often a sign-in page, saved by mistake."""
    page = f"{file.path} is a web page (HTML), not a sheet"
    if _TABLE.search(file.data, 0, _LOOKED):
        return f"{page}: open it in Excel or LibreOffice, {_SAVE}"
    return f"{page}, and has no table: sign in where the sheet is kept, download it again, and use that file."
