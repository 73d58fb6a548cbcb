"""`funnel google`: sign in, and check that a Google Sheet can be read and written."""

from __future__ import annotations

from pathlib import Path

import click

from funnel.cli.options import credentials_option, debug_option

STEPS = """\
A Google Sheet can be refreshed by a service account (for the weekly job) or by you (for notebooks).

A service account, once:
  1. Open https://console.cloud.google.com and create a project with any name.
  2. Choose APIs and services, Library, Google Sheets API, Enable.
  3. Choose IAM and admin, Service accounts, Create service account. It needs no roles.
  4. Open it, choose Keys, Add key, JSON. Keep the file where only you can read it, and never mail it.
  5. Open your sheet, choose Share, and make the account's address (it ends in gserviceaccount.com) an
     editor. It can open only the sheets shared with it.
  6. Run: funnel google check SHEET --credentials FILE

Yourself, once:
  1. and 2. as above.
  3. Choose APIs and services, Credentials, Create credentials, OAuth client ID, Desktop app. Download it.
  4. Run: funnel google setup --client FILE
     Your browser asks for access to your spreadsheets; only your user account can read the sign-in."""


@click.group()
def google() -> None:
    """Sign in to Google, and check a Google Sheet."""


@google.command()
@debug_option
@click.option(
    "--client", type=click.Path(path_type=Path), metavar="FILE",
    help="Sign in yourself, with the file of an OAuth client for a desktop app.",
)  # fmt: skip
def setup(client: Path | None) -> None:
    """Print how to sign in to Google, step by step; sign in with --client FILE.

    Example: funnel google setup --client client_secret.json
    """
    if client is None:
        click.echo(STEPS)
        return
    from funnel.sheets.google.client.auth import sign_in

    click.echo(f"Signed in. The sign-in is kept in {sign_in(client)}; delete that file to sign out.")


@google.command()
@debug_option
@credentials_option
@click.argument("sheet")
def check(sheet: str) -> None:
    """Check sign-in, reading and writing on a Google Sheet. Changes nothing.

    Example: funnel google check https://docs.google.com/spreadsheets/d/... --credentials key.json
    """
    from funnel.sheets.google.check import check as tried

    failed = False
    for works, sentence in tried(sheet):
        click.echo(f"{'✓' if works else '✗'} {sentence}")
        failed |= not works
    if failed:
        click.get_current_context().exit(3)
