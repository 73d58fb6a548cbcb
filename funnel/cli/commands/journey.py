"""`funnel journey`: print a preset as a journey file, to read or to edit."""

from __future__ import annotations

import click

from funnel.cli.options import debug_option


@click.command()
@click.argument("preset", required=False)
@debug_option
def journey(preset: str | None) -> None:
    """Print a preset as a journey file, or list the presets.

    Example: funnel journey studio > clients.journey.toml
    """
    from funnel.journey.toml import preset_text, presets

    if preset is not None:
        click.echo(preset_text(preset), nl=False)
        return
    for name in presets():
        first = preset_text(name).splitlines()[0].removeprefix("# ")
        click.echo(f"{name:10} {first}")
