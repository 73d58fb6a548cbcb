"""The way from gspread to this server: a `requests` adapter that swaps scheme and host."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit, urlunsplit

import requests
from requests.adapters import HTTPAdapter


class Door(HTTPAdapter):
    """Mounted on Google's addresses; every call through it goes to `url`."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.there = urlsplit(url)

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:
        parts = urlsplit(str(request.url))
        request.url = urlunsplit((self.there.scheme, self.there.netloc, parts.path, parts.query, ""))
        return super().send(request, *args, **options)
