"""The command line: parses, calls, prints."""

from funnel.cli.main import main

__all__ = ["main"]
