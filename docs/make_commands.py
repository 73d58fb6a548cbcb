"""Write `commands.md` from the help texts of the commands: `python docs/make_commands.py`."""

from pathlib import Path

import click

from funnel.cli import main
from funnel.cli.main import GROUPS

PAGE = Path(__file__).with_name("commands.md")
HEAD = """# Commands

Every command with its options, as `funnel COMMAND --help` prints it. Made by `python docs/make_commands.py`.
"""


def markdown() -> str:
    """Return the page."""
    parts = [HEAD]
    for title, commands in GROUPS.items():
        parts.append(f"## {title}\n")
        for command in commands:
            context = click.Context(main, info_name="funnel")
            inner = click.Context(
                command,
                context,
                info_name=command.name,
                terminal_width=100,
                help_option_names=["-h", "--help"],
            )
            text = command.get_help(inner).rstrip()
            parts.append(f"### funnel {command.name}\n\n```text\n{text}\n```\n")
    return "\n".join(parts)


if __name__ == "__main__":
    PAGE.write_text(markdown(), "utf-8")
