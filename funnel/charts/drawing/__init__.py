"""Shared drawing code of the charts: axes, bars, labels, style and files."""
