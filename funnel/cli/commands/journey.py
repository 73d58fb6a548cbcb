"""`funnel journey`: print a preset as a journey file, or what a journey file means."""

from __future__ import annotations

from pathlib import Path

import click

from funnel.cli.options import debug_option


@click.command()
@click.argument("preset", required=False, metavar="[PRESET|FILE]")
@debug_option
def journey(preset: str | None) -> None:
    """Print a preset, explain a journey file, or list the presets.

    A preset is printed as a journey file, to be edited. Example: funnel journey studio > clients.journey.toml
    """
    from funnel.journey import read_journey
    from funnel.journey.description import describe
    from funnel.journey.toml import preset_text, presets

    if preset is None:
        for name in presets():
            first = preset_text(name).splitlines()[0].removeprefix("# ")
            click.echo(f"{name:10} {first}")
    elif preset.endswith(".toml") or Path(preset).is_file():
        click.echo("\n".join(describe(read_journey(Path(preset)))))
    else:
        click.echo(preset_text(preset), nl=False)
