"""The service's own way of saying no: a status, a sentence and, for bad bodies, the fields at fault."""

from __future__ import annotations

from typing import Any

STATUS = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    408: "DEADLINE_EXCEEDED",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    503: "UNAVAILABLE",
}


class ApiError(Exception):
    """An answer that is an error; raised anywhere, turned into JSON by the server."""

    def __init__(
        self, message: str, code: int = 400, violations: list[tuple[str, str]] | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.violations = violations or []

    def body(self) -> dict[str, Any]:
        error: dict[str, Any] = {"code": self.code, "message": self.message, "status": STATUS[self.code]}
        if self.violations:
            error["details"] = [
                {
                    "@type": "type.googleapis.com/google.rpc.BadRequest",
                    "fieldViolations": [
                        {"field": field, "description": text} if field else {"description": text}
                        for field, text in self.violations
                    ],
                }
            ]
        return {"error": error}


def bad_fields(violations: list[tuple[str, str]]) -> ApiError:
    """A body that does not fit its schema, with every field at fault."""
    return ApiError("\n".join(text for _, text in violations), 400, violations)


NOT_FOUND = "Requested entity was not found."
NO_PERMISSION = "The caller does not have permission"
NO_SCOPE = "Request had insufficient authentication scopes."
NO_TOKEN = (
    "Request is missing required authentication credential. Expected OAuth 2 access token, login cookie or "
    "other valid authentication credential. "
    "See https://developers.google.com/identity/sign-in/web/devconsole-project."
)
