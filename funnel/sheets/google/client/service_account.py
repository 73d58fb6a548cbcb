"""A service account that calls nobody but the token server and the sheet."""

from __future__ import annotations

from google.oauth2.service_account import Credentials


class Robot(Credentials):
    """google-auth's service account, without its further call in the background.

    Since 2.50 or so google-auth asks iamcredentials.googleapis.com for an account's regions after every new
    token. Sheets has no use for them, and a refresh promises two calls besides the token.
    """

    def _is_regional_access_boundary_lookup_required(self) -> bool:
        return False
