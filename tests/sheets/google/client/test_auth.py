"""Signing in, and keys that show nowhere."""

from __future__ import annotations

import json
import logging
import os
import pickle
import stat
import sys
import traceback
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sheets_server.faults import reset, status
from sheets_server.server import SheetsServer

import funnel
from funnel.errors import FunnelError, ReadError, UsageError
from funnel.sheets import open_sheet
from funnel.sheets.google.client import auth


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("APPDATA", str(tmp_path / "config"))
    return tmp_path


def test_nobody_has_signed_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GOOGLE_APPLICATION_CREDENTIALS", raising=False)
    with pytest.raises(ReadError) as error:
        auth.credentials()
    assert str(error.value) == (
        "Nobody has signed in to Google yet. Name the key file of a service account with --credentials FILE "
        "(or in GOOGLE_APPLICATION_CREDENTIALS), or sign in yourself with `funnel google setup --client "
        "FILE`; `funnel google setup` lists the steps."
    )


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "does not exist"),
        ("not json SECRET", "should be the key file of a service account, but is not a JSON file"),
        ("[]", "should be the key file of a service account, but is another file"),
        (
            '{"type": "authorized_user", "refresh_token": "SECRET"}',
            "is not the key file of a service",
        ),
        (
            '{"type": "service_account", "private_key": "SECRET"}',
            "cannot be used: it is damaged",
        ),
    ],
)
def test_a_file_that_is_no_key_is_told_without_its_content(
    home: Path, monkeypatch: pytest.MonkeyPatch, content: str | None, said: str
) -> None:
    path = home / "key.json"
    if content is not None:
        path.write_text(content)
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(path))
    with pytest.raises(ReadError, match=said) as error:
        auth.credentials()
    assert "SECRET" not in "".join(traceback.format_exception(error.value))


def test_a_damaged_key_shows_nothing_of_itself(
    server: SheetsServer, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    info = server.service_account()
    info["private_key"] = "-----BEGIN PRIVATE KEY-----\nSECRETSECRET\n-----END PRIVATE KEY-----\n"
    (home / "bad.json").write_text(json.dumps(info))
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(home / "bad.json"))
    with pytest.raises(ReadError, match="cannot be used") as error:
        auth.credentials()
    assert "SECRET" not in "".join(traceback.format_exception(error.value))


def test_a_kept_sign_in_is_for_its_owner_alone_and_is_used(
    server: SheetsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = auth.keep(server.signed_in_person())
    assert path == auth.folder() / "token.json"
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    monkeypatch.delenv("GOOGLE_APPLICATION_CREDENTIALS")
    book = server.new_sheet("Gym", [["Client name", "Paid"], ["Ana", 1]])
    assert open_sheet(f"https://docs.google.com/spreadsheets/d/{book.id}/edit").tabs() == ("Sheet1",)
    assert auth.keep(server.signed_in_person()) == path  # and it may be kept anew


def test_a_sign_in_asks_for_spreadsheets_alone_and_is_kept(
    server: SheetsServer, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import google_auth_oauthlib.flow as flows

    asked: list[Any] = []

    class Signed:
        @classmethod
        def from_client_config(cls, info: Any, scopes: list[str]) -> Signed:
            asked.extend(scopes)
            return cls()

        def run_local_server(self, **_: Any) -> SimpleNamespace:
            return SimpleNamespace(to_json=lambda: json.dumps(server.signed_in_person()))

    monkeypatch.setattr(flows, "InstalledAppFlow", Signed)
    client = home / "client.json"
    client.write_text(json.dumps({"installed": {"client_id": "app"}}))
    assert auth.sign_in(client).is_file()
    assert asked == ["https://www.googleapis.com/auth/spreadsheets"]
    client.write_text(json.dumps({"web": {}}))
    with pytest.raises(UsageError, match="is not an OAuth client for a desktop app"):
        auth.sign_in(client)


def test_the_token_that_is_asked_for_has_the_right_to_spreadsheets_alone(gym: SimpleNamespace) -> None:
    funnel.load(gym.url)
    callers = {caller.email: caller.scopes for caller in gym.server.service.accounts.tokens.values()}
    assert set(callers.values()) == {frozenset(["https://www.googleapis.com/auth/spreadsheets"])}


def test_no_key_shows_anywhere(
    gym: SimpleNamespace, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """A canary: the key and the tokens are looked for in all that is said, shown, logged and raised."""
    caplog.set_level(logging.DEBUG)
    said: list[str] = []
    sheet = open_sheet(gym.url)
    said += [repr(sheet), str(sheet.__dict__), repr(funnel.refresh(gym.url)), sheet.source]
    for fault in (status(403), status(503), reset()):
        gym.server.faults.extend([fault] * 8)
        try:
            funnel.refresh(gym.url)
        except FunnelError:
            said.append(traceback.format_exc())
        gym.server.faults.clear()
    gym.server.service.accounts.robots.clear()
    gym.server.service.accounts.tokens.clear()
    try:
        funnel.load(gym.url)
    except FunnelError:
        said += [traceback.format_exc(), repr(sys.exc_info())]
    out = capfd.readouterr()
    everything = "\n".join([*said, out.out, out.err, caplog.text])
    info = json.loads(Path(os.environ["GOOGLE_APPLICATION_CREDENTIALS"]).read_text())
    secrets = [info["private_key"].splitlines()[3], info["private_key_id"], "Bearer ya29", "access_token"]
    assert [secret for secret in secrets if secret in everything] == []
    assert len(everything) > 1000


def test_a_sheet_cannot_be_stored_with_its_key(gym: SimpleNamespace) -> None:
    with pytest.raises(TypeError, match="contains a sign-in, so it cannot be stored"):
        pickle.dumps(open_sheet(gym.url))
