"""A service account that only calls the token server and the sheet."""

from __future__ import annotations

from google.oauth2.service_account import Credentials


class ServiceAccount(Credentials):
    """The service account of google-auth, without its extra background call.

    Since 2.50 or so google-auth asks iamcredentials.googleapis.com for an account's regions after every new
    token. Sheets does not need them, and a refresh makes two calls besides the token.
    """

    def _is_regional_access_boundary_lookup_required(self) -> bool:
        return False
