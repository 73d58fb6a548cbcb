"""The command line: parses, calls, prints."""

from funnel.cli.commands import main

__all__ = ["main"]
