"""Sign in with the key file of a service account, or as a person. Keys are named by path, never shown.

The only permission requested is that for spreadsheets; nothing is looked up in Drive.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from funnel.errors import ReadError, UsageError
from funnel.sheets.source_file import has_bytes
from funnel.text import home_folder, home_path

_LONGEST_KEY = 1 << 20  # bytes
SCOPE = "https://www.googleapis.com/auth/spreadsheets"
VARIABLE = "GOOGLE_APPLICATION_CREDENTIALS"

SETUP = "`funnel google setup` lists the steps"


def folder() -> Path:
    """Return the folder that stores a person's sign-in, for this user only.

    >>> folder().name
    'funnel'
    """
    if sys.platform == "win32":
        base = os.environ.get("APPDATA")
        return Path(base or home_folder()) / "funnel"
    base = os.environ.get("XDG_CONFIG_HOME")
    return Path(base or home_folder() / ".config") / "funnel"


def credentials() -> Any:
    """Return the credentials: of the key file in `GOOGLE_APPLICATION_CREDENTIALS`, else the stored sign-in.

    Raises
    ------
    ReadError : no account is signed in, or the file is not a key.
    """
    named = os.environ.get(VARIABLE)
    if named:
        return _service_account(home_path(named))
    token = folder() / "token.json"
    if token.is_file():
        return _person(token)
    raise ReadError(
        "Nobody has signed in to Google yet. Name the key file of a service account with --credentials FILE "
        f"(or in {VARIABLE}), or sign in yourself with `funnel google setup --client FILE`; {SETUP}."
    )


def email(signed_in: Any) -> str | None:
    """Return the address to share a sheet with; None for a person's own sign-in."""
    found = getattr(signed_in, "service_account_email", None)
    return found if isinstance(found, str) else None


def _service_account(path: Path) -> Any:
    from google.auth.exceptions import GoogleAuthError

    from funnel.sheets.google.client.service_account import ServiceAccount

    info = _json(path, "the key file of a service account")
    if "installed" in info or "web" in info:
        raise ReadError(
            f"{path} is the client file with which a person signs in, not the key file of a service account. "
            f"Sign in with it once: funnel google setup --client {path}; then leave --credentials out."
        )
    if info.get("type") != "service_account":
        raise ReadError(
            f"{path} is not the key file of a service account. Create one in the Google Cloud "
            f"console (IAM, Service accounts, Keys, JSON); {SETUP}."
        )
    try:
        return ServiceAccount.from_service_account_info(info, scopes=[SCOPE])  # type: ignore[no-untyped-call]
    except (ValueError, TypeError, AttributeError, GoogleAuthError):
        # The cause may quote the key, so it is dropped.
        raise ReadError(
            f"The key in {path} cannot be used: it is damaged or incomplete. Create a new one in the Google "
            f"Cloud console; {SETUP}."
        ) from None


def _person(path: Path) -> Any:
    from google.oauth2.credentials import Credentials

    info = _json(path, "a stored sign-in")
    try:
        return Credentials.from_authorized_user_info(info, scopes=[SCOPE])  # type: ignore[no-untyped-call]
    except (ValueError, TypeError, AttributeError):
        raise ReadError(
            f"The sign-in stored in {path} cannot be used. Delete that file and sign in again with "
            "`funnel google setup --client FILE`."
        ) from None


def _json(path: Path, what: str) -> dict[str, Any]:
    """Read the JSON object of a file; error messages never quote its content."""
    try:
        if path.exists() and not path.is_file():
            raise ReadError(f"{path}, {what}, is not a file. Check the path.")
        if not has_bytes(path):
            raise ValueError("it is empty")
        with path.open("rb") as file:
            found = json.loads(file.read(_LONGEST_KEY))
    except FileNotFoundError:
        raise ReadError(f"{str(path)!r}, {what}, does not exist. Check the path.") from None
    except OSError as error:
        raise ReadError(
            f"{path}, {what}, cannot be read ({error.strerror}). Check its permissions."
        ) from None
    except (ValueError, RecursionError):
        raise ReadError(f"{path} should be {what}, but is not a JSON file. Check the path.") from None
    if not isinstance(found, dict):
        raise ReadError(f"{path} should be {what}, but is another file. Check the path.")
    return found


def sign_in(client: Path) -> Path:
    """Let a person sign in with the browser, and store the sign-in in the user's config folder (mode 600).

    Parameters
    ----------
    client : the file of an OAuth client of type "desktop app", from the Google Cloud console.

    Returns
    -------
    The path of the stored sign-in.

    Raises
    ------
    UsageError : the file is not such a client, or the sign-in was not finished.
    """
    from google_auth_oauthlib.flow import InstalledAppFlow
    from oauthlib.oauth2 import OAuth2Error

    info = _json(client, "the file of an OAuth client")
    if "installed" not in info:
        raise UsageError(
            f"{client} is not an OAuth client for a desktop app. In the Google Cloud console choose APIs and "
            "services, Credentials, Create credentials, OAuth client ID, Desktop app, and download its JSON."
        )
    try:
        flow = InstalledAppFlow.from_client_config(info, scopes=[SCOPE])
        signed_in = flow.run_local_server(port=0, open_browser=True)
    except (ValueError, OAuth2Error):
        raise UsageError("The sign-in was not finished, so nothing was stored. Try again.") from None
    return keep(json.loads(signed_in.to_json()))


def keep(info: dict[str, Any]) -> Path:
    """Store a sign-in in the user's config folder, readable by that user only."""
    folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder() / "token.json"
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(info, file)
    fresh.replace(path)
    return path
