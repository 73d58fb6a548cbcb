"""The way from gspread to this server: a `requests` adapter that swaps scheme and host."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import requests
from requests.adapters import BaseAdapter, HTTPAdapter

GOOGLE = ("https://sheets.googleapis.com/", "https://oauth2.googleapis.com/")


class Door(HTTPAdapter):
    """Mounted on Google's addresses; every call through it goes to `url`."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.there = urlsplit(url)

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:
        parts = urlsplit(str(request.url))
        request.url = urlunsplit((self.there.scheme, self.there.netloc, parts.path, parts.query, ""))
        return super().send(request, *args, **options)


@contextmanager
def google_is(url: str) -> Iterator[None]:
    """While it lasts, every `requests` session of this process finds Google at `url`."""
    original, door = requests.Session.get_adapter, Door(url)

    def get_adapter(self: requests.Session, url: Any) -> BaseAdapter:
        return door if str(url).lower().startswith(GOOGLE) else original(self, url)

    requests.Session.get_adapter = get_adapter  # type: ignore[method-assign]
    try:
        yield
    finally:
        requests.Session.get_adapter = original  # type: ignore[method-assign]
        door.close()
