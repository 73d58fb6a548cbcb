"""Notes to clients as drafts of mails: files that a mail program opens, and links. Nothing is sent."""

from __future__ import annotations

from collections.abc import Mapping
from email.message import EmailMessage
from typing import Any
from urllib.parse import quote

from funnel.text import visible

_LONGEST_SUBJECT = 70


def mail_draft(row: Mapping[Any, Any]) -> bytes:
    """Return a note as a draft (.eml); a mail program opens it as an unsent mail.

    Parameters
    ----------
    row : a row of `actions_table` with a note.

    >>> text = mail_draft({"email": "ana@example.org", "text": "Dear Ana.", "stage": "Hot"}).decode()
    >>> text.splitlines()[:3]
    ['X-Unsent: 1', 'To: ana@example.org', 'Subject: Dear Ana.']
    """
    mail = EmailMessage()
    mail["X-Unsent"] = "1"
    if row["email"]:
        mail["To"] = " ".join(visible(str(row["email"])).split())
    text = visible(str(row["text"]))
    mail["Subject"] = subject(text)
    mail.set_content(text)
    return bytes(mail)


def mail_link(row: Mapping[Any, Any]) -> str:
    """Return a link that opens a note in the mail program.

    >>> mail_link({"email": "ana@example.org", "text": "Dear Ana,\\nwelcome!"})
    'mailto:ana@example.org?subject=Dear%20Ana%2C&body=Dear%20Ana%2C%0D%0Awelcome%21'
    """
    text = "\r\n".join(visible(str(row["text"])).splitlines())
    to = quote(visible(str(row["email"] or "")), safe="@")
    return f"mailto:{to}?subject={quote(subject(text), safe='')}&body={quote(text, safe='')}"


def subject(text: str) -> str:
    """Return the first line of a note, cut to the length of a subject.

    >>> subject("\\nWelcome, Ana\\nSee you")
    'Welcome, Ana'
    """
    first = next((line.strip() for line in text.splitlines() if line.strip()), "")
    return first if len(first) <= _LONGEST_SUBJECT else f"{first[: _LONGEST_SUBJECT - 1].rstrip()}…"
