"""A small Google Sheets v4 server over real HTTP on loopback, for tests and for the offline notebook.

What it answers was checked against recordings of the real service (``sheets_server_tests/test_replay.py``).
Charts, conditional formats, developer metadata and the ByDataFilter calls are recorded nowhere: they follow
Google's documentation only. State is kept while the server runs.

>>> with SheetsServer() as server:
...     book = server.new_sheet("Clients", [["Client", "Paid"], ["Ana Lima", 1]])
...     client = server.client()
...     client.open_by_key(book.id).sheet1.acell("A2").value
'Ana Lima'
"""

from __future__ import annotations

import datetime as dt
import json
import socket
import struct
import sys
import threading
from collections import deque
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from .cells import enter
from .entering import typed
from .errors import STATUS, ApiError
from .faults import HTML, MESSAGES, Fault
from .oauth import SCOPE, Caller, key_pair
from .person import Person
from .service import READERS, Service
from .state import Book

if TYPE_CHECKING:
    import gspread
    import requests

ROBOT = "robot@funnel-test.iam.gserviceaccount.com"


@dataclass(frozen=True)
class Call:
    """One call to the API: which method, how many bytes each way, and the status (0: no answer)."""

    name: str
    verb: str
    url: str
    sent: int
    received: int
    status: int


class SheetsServer:
    """A Google Sheets service for tests; use it as a context manager.

    Attributes
    ----------
    calls : every call to the API, in order (token requests are in `token_calls`).
    faults : what goes wrong with the calls to come, one entry a call; None lets a call through.
    token_faults : the same for the token endpoint.
    service : the spreadsheets (`service.books`) and accounts, without HTTP.
    """

    def __init__(self, now: dt.datetime | None = None) -> None:
        self.service = Service()
        self.service.now = now
        self.calls: list[Call] = []
        self.token_calls: list[int] = []
        self.faults: deque[Fault | None] = deque()
        self.token_faults: deque[Fault | None] = deque()
        self.lock = threading.RLock()
        self.over = threading.Event()
        self.crashes: list[BaseException] = []
        self._before: deque[tuple[bool, Callable[[], None]]] = deque()
        self._http = _Http(self)
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02})

    def __enter__(self) -> SheetsServer:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.over.set()
        self._http.shutdown()
        self._http.hang_up()
        self._http.server_close()
        self._thread.join()
        if self.crashes and error is None:
            raise self.crashes[0]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    @property
    def token_uri(self) -> str:
        return f"{self.url}/token"

    # --- spreadsheets ----------------------------------------------------------------------------------

    def new_sheet(
        self,
        title: str,
        rows: list[list[Any]] | None = None,
        tab: str = "Sheet1",
        locale: str = "en_US",
        share: bool = True,
    ) -> Book:
        """A spreadsheet with rows as a person would type them, shared with `ROBOT` as an editor."""
        with self.lock:
            book = self.service.new_book(title, locale)
            book.tabs[0].properties["title"] = tab
            first = book.tabs[0]
            width = max(map(len, rows or []), default=0)
            first.grow(max(0, len(rows or []) - len(first.rows)), max(0, width - first.size[1]))
            for row, values in enumerate(rows or []):
                for column, value in enumerate(values):
                    enter(book, first, row, column, typed(value, locale))
            book.roles["owner@funnel.example"] = "owner"
            if share:
                book.roles[ROBOT] = "editor"
            return book

    def person(self, book: Book) -> Person:
        """Somebody who works in the sheet with mouse and keyboard; no call is counted."""
        return Person(book, self.lock)

    def before_write(self, do: Callable[[], None]) -> None:
        """Do something (a person's edit) just before the next call that writes is applied. Once."""
        self._before.append((True, do))

    def before_call(self, do: Callable[[], None]) -> None:
        """Do something just before the next call of any kind is applied. Once."""
        self._before.append((False, do))

    # --- signing in ------------------------------------------------------------------------------------

    def service_account(self, email: str = ROBOT) -> dict[str, str]:
        """The key file of a service account that may sign in here."""
        private, public = key_pair()
        self.service.accounts.robots[email] = public
        return {
            "type": "service_account",
            "project_id": "funnel-test",
            "private_key_id": "0123456789abcdef",
            "private_key": private,
            "client_email": email,
            "client_id": "1234567890",
            "auth_uri": f"{self.url}/auth",
            "token_uri": self.token_uri,
        }

    def key_file(self, folder: Path, email: str = ROBOT) -> Path:
        """The same as a file, readable by its owner only."""
        path = folder / "robot.json"
        path.write_text(json.dumps(self.service_account(email)), encoding="utf-8")
        path.chmod(0o600)
        return path

    def signed_in_person(self, email: str = "owner@funnel.example", *scopes: str) -> dict[str, Any]:
        """What an installed app keeps after a person's sign-in (`Credentials.from_authorized_user_info`)."""
        refresh = f"1//refresh-{len(self.service.accounts.people)}"
        self.service.accounts.people[refresh] = Caller(email, frozenset(scopes or (SCOPE,)))
        return {
            "type": "authorized_user",
            "client_id": "app.apps.googleusercontent.com",
            "client_secret": "installed-app",
            "refresh_token": refresh,
            "token_uri": self.token_uri,
        }

    def connect(self, session: requests.Session) -> None:
        """Lead a session's calls to Google here, and those of its sign-in: scheme and host are swapped."""
        from .door import GOOGLE, Door

        for each in (session, getattr(session, "_auth_request_session", None)):
            if each is not None:
                for address in GOOGLE:
                    each.mount(address, Door(self.url))

    def as_google(self) -> AbstractContextManager[None]:
        """While it lasts, any code of this process that calls Google calls this server (`with …:`)."""
        from .door import google_is

        return google_is(self.url)

    def client(self, email: str = ROBOT, scopes: tuple[str, ...] = (SCOPE,)) -> gspread.Client:
        """A plain gspread client, signed in as a service account, whose calls come here."""
        import gspread

        client = gspread.service_account_from_dict(self.service_account(email), scopes=list(scopes))
        self.connect(client.http_client.session)
        return client

    # --- calls -----------------------------------------------------------------------------------------

    def answer(self, verb: str, url: str, token: str | None, body: bytes) -> tuple[int, dict[str, Any], str]:
        """(status, answer, name of the method) of one call."""
        name = "?"
        with self.lock:
            try:
                name = self.service.route(verb, url)[0].name
                self._do_before(write=name not in READERS)
                return 200, self.service.call(verb, url, token, body), name
            except ApiError as error:
                return error.code, error.body(), name

    def _do_before(self, write: bool) -> None:
        due = [do for writes_only, do in self._before if write or not writes_only]
        self._before = deque(item for item in self._before if item[1] not in due)
        for do in due:
            do()


def printed(found: Any, path: str) -> bytes:
    """An answer as JSON: with line breaks and spaces, unless the call says ``prettyPrint=false``."""
    if parse_qs(urlsplit(path).query).get("prettyPrint", ["true"])[0] == "false":
        return json.dumps(found, ensure_ascii=False, separators=(",", ":")).encode()
    return json.dumps(found, ensure_ascii=False, indent=2).encode()


class _Http(ThreadingHTTPServer):
    """Threads that end with the server; sockets that are all closed."""

    daemon_threads = False
    request_queue_size = 64

    def __init__(self, owner: SheetsServer) -> None:
        self.owner = owner
        self.open: set[socket.socket] = set()
        super().__init__(("127.0.0.1", 0), _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        self.open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self.open.discard(request)
        super().shutdown_request(request)

    def hang_up(self) -> None:
        for each in list(self.open):
            try:
                each.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue  # it is closed already

    def handle_error(self, request: Any, client_address: Any) -> None:
        error = sys.exc_info()[1]
        if error is not None and not isinstance(error, ConnectionError):
            self.owner.crashes.append(error)


class _Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1  # an answer leaves in one piece, so that no client waits for the rest
    disable_nagle_algorithm = True
    server: _Http

    def do_GET(self) -> None:
        self.serve()

    def do_POST(self) -> None:
        self.serve()

    def do_PUT(self) -> None:
        self.serve()

    def do_DELETE(self) -> None:
        self.serve()

    def serve(self) -> None:
        """Read the call, find out what goes wrong with it, answer."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        owner = self.server.owner
        if urlsplit(self.path).path == "/token":
            self.sign_in(owner, body)
            return
        fault = owner.faults.popleft() if owner.faults else None
        name, code, answer = "?", 0, b""
        if fault is None or fault.applied:
            token = (self.headers.get("Authorization") or "").removeprefix("Bearer ").strip()
            code, found, name = owner.answer(self.command, self.path, token, body)
            answer = printed(found, self.path)
        else:
            name = self.name_of(owner)
        if fault is not None:
            code = fault.code
            answer = answer if fault.kind == "truncated" else error_body(fault.code, fault.message)
        lost = fault is not None and fault.kind in {"reset", "silent"}
        owner.calls.append(Call(name, self.command, self.path, len(body), 0 if lost else len(answer), code))
        self.reply(code or 200, answer, fault)

    def name_of(self, owner: SheetsServer) -> str:
        try:
            return owner.service.route(self.command, self.path)[0].name
        except ApiError:
            return "?"

    def sign_in(self, owner: SheetsServer, body: bytes) -> None:
        fault = owner.token_faults.popleft() if owner.token_faults else None
        with owner.lock:
            code, answer = owner.service.accounts.grant(body, owner.token_uri)
        owner.token_calls.append(fault.code if fault else code)
        self.reply(fault.code or 200 if fault else code, json.dumps(answer).encode(), fault)

    def reply(self, code: int, body: bytes, fault: Fault | None) -> None:
        """Send the answer, or what the fault makes of it."""
        if fault is not None and fault.kind in {"reset", "silent"}:
            if fault.kind == "silent":
                self.server.owner.over.wait(fault.seconds)
            self.break_off()
            return
        html = code == 502
        self.send_response(code)
        self.send_header(
            "Content-Type", "text/html; charset=UTF-8" if html else "application/json; charset=UTF-8"
        )
        self.send_header("Content-Length", str(len(body)))
        if fault is not None and fault.retry_after is not None:
            self.send_header("Retry-After", fault.retry_after)
        self.end_headers()
        if fault is not None and fault.kind == "truncated":
            self.wfile.write(body[: len(body) // 2])
            self.wfile.flush()
            self.break_off()
            return
        self.wfile.write(body)

    def break_off(self) -> None:
        """Close the connection hard (a reset), whatever was sent."""
        self.close_connection = True
        try:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.shutdown(socket.SHUT_RD)
        except OSError:
            return  # the client has gone already

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


def error_body(code: int, said: str = "") -> bytes:
    """The body of a planned error status."""
    if code == 502:
        return HTML.encode()
    message = said or MESSAGES.get(code, "The request failed.")
    return json.dumps(
        {"error": {"code": code, "message": message, "status": STATUS.get(code, "UNKNOWN")}}
    ).encode()
