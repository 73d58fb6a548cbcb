"""Who calls: service accounts that sign a JWT, people with a refresh token, and access tokens."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import parse_qs

SCOPE = "https://www.googleapis.com/auth/spreadsheets"
JWT_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
GOOGLE = "https://oauth2.googleapis.com/token"  # what google-auth signs for, whatever the token URI
KNOWN_SCOPES = ("https://www.googleapis.com/auth/", "openid", "email", "profile")


@dataclass(frozen=True)
class Caller:
    """An identity and what its access token allows."""

    email: str
    scopes: frozenset[str]


@cache
def key_pair() -> tuple[str, str]:
    """(private, public) PEM of one RSA key, made once for each process."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return private.decode(), public.decode()


class Accounts:
    """Known accounts and the tokens they hold."""

    def __init__(self) -> None:
        self.tokens: dict[str, Caller] = {}
        self.robots: dict[str, str] = {}  # email -> public key
        self.people: dict[str, Caller] = {}  # refresh token -> identity
        self.codes: dict[str, Caller] = {}  # authorization code -> identity
        self.asked: list[frozenset[str]] = []  # the scopes of every token that was asked for

    def caller(self, token: str | None) -> Caller | None:
        return self.tokens.get(token or "")

    def token(self, email: str, *scopes: str) -> str:
        """An access token for an identity, without asking."""
        text = "ya29." + secrets.token_urlsafe(24)
        self.tokens[text] = Caller(email, frozenset(scopes or (SCOPE,)))
        return text

    def grant(self, body: bytes, audience: str) -> tuple[int, dict[str, Any]]:
        """The token endpoint: (status, answer)."""
        form = {key: values[-1] for key, values in parse_qs(body.decode()).items()}
        kind = form.get("grant_type")
        if kind == JWT_GRANT:
            return self._robot(form.get("assertion", ""), audience)
        if kind == "refresh_token":
            return self._person(self.people.get(form.get("refresh_token", "")), None)
        if kind == "authorization_code":
            caller = self.codes.pop(form.get("code", ""), None)
            refresh = "1//" + secrets.token_urlsafe(24)
            if caller:
                self.people[refresh] = caller
            return self._person(caller, refresh)
        return 400, {"error": "unsupported_grant_type", "error_description": f"Invalid grant_type: {kind}"}

    def _robot(self, assertion: str, audience: str) -> tuple[int, dict[str, Any]]:
        from google.auth import exceptions, jwt

        claims = _unverified(assertion)
        email, scopes = str(claims.get("iss", "")), frozenset(str(claims.get("scope", "")).split())
        if email not in self.robots:
            return 400, {"error": "invalid_grant", "error_description": "Invalid grant: account not found"}
        try:
            jwt.decode(assertion, certs=self.robots[email], audience=[audience, GOOGLE])
        except (ValueError, exceptions.GoogleAuthError):
            return 400, {"error": "invalid_grant", "error_description": "Invalid JWT Signature."}
        if not scopes or any(not scope.startswith(KNOWN_SCOPES) for scope in scopes):
            told = "Invalid OAuth scope or ID token audience provided."
            return 400, {"error": "invalid_scope", "error_description": told}
        return self._issued(Caller(email, scopes))

    def _person(self, caller: Caller | None, refresh: str | None) -> tuple[int, dict[str, Any]]:
        if caller is None:
            told = "Token has been expired or revoked."
            return 400, {"error": "invalid_grant", "error_description": told}
        status, answer = self._issued(caller)
        return status, {**answer, **({"refresh_token": refresh} if refresh else {})}

    def _issued(self, caller: Caller) -> tuple[int, dict[str, Any]]:
        self.asked.append(caller.scopes)
        token = self.token(caller.email, *caller.scopes)
        answer = {
            "access_token": token,
            "expires_in": 3599,
            "token_type": "Bearer",
            "scope": " ".join(sorted(caller.scopes)),
        }
        return 200, answer


def _unverified(assertion: str) -> dict[str, Any]:
    """The claims of a JWT, before its signature is looked at."""
    from google.auth import jwt

    try:
        return dict(jwt.decode(assertion, verify=False))
    except (ValueError, json.JSONDecodeError):
        return {}
