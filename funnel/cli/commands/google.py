"""`funnel google`: signing in, and trying out whether a Google Sheet can be read and written."""

from __future__ import annotations

from pathlib import Path

import click

from funnel.cli.options import credentials_option, debug_option

STEPS = """\
A Google Sheet can be refreshed by a robot (for the weekly job) or by you (for notebooks).

A robot, once:
  1. Open https://console.cloud.google.com and make a project; any name will do.
  2. Choose APIs and services, Library, Google Sheets API, Enable.
  3. Choose IAM and admin, Service accounts, Create service account. It needs no roles.
  4. Open it, choose Keys, Add key, JSON. Keep the file where only you can read it, and never mail it.
  5. Open your sheet, choose Share, and give the robot's address (it ends in gserviceaccount.com) the
     right to edit. It sees that one sheet and no other.
  6. Run: funnel google check SHEET --credentials FILE

Yourself, once:
  1. and 2. as above.
  3. Choose APIs and services, Credentials, Create credentials, OAuth client ID, Desktop app. Download it.
  4. Run: funnel google setup --client FILE
     Your browser asks for the right to your spreadsheets; the sign-in is kept for you alone."""


@click.group()
def google() -> None:
    """Sign in to Google, and try out a Google Sheet."""


@google.command()
@debug_option
@click.option(
    "--client", type=click.Path(path_type=Path), metavar="FILE",
    help="Sign in yourself, by the file of an OAuth client for a desktop app.",
)  # fmt: skip
def setup(client: Path | None) -> None:
    """Say step by step how to sign in to Google; sign in with --client FILE.

    Example: funnel google setup --client client_secret.json
    """
    if client is None:
        click.echo(STEPS)
        return
    from funnel.sheets.google.client.auth import sign_in

    click.echo(f"Signed in. The sign-in is kept in {sign_in(client)}, for you alone; delete it to sign out.")


@google.command()
@debug_option
@credentials_option
@click.argument("sheet")
def check(sheet: str) -> None:
    """Say what works on a Google Sheet: signing in, reading, writing. Changes nothing.

    Example: funnel google check https://docs.google.com/spreadsheets/d/... --credentials key.json
    """
    from funnel.sheets.google.check import check as tried

    failed = False
    for works, sentence in tried(sheet):
        click.echo(f"{'✓' if works else '✗'} {sentence}")
        failed |= not works
    if failed:
        click.get_current_context().exit(3)
