"""Notebook controls for exploring results: ``funnel.explore("clients.xlsx")``."""
