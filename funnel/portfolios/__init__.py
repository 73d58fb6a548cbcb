"""Many businesses side by side: their numbers, which differ beyond chance, and the gain of closing gaps."""

from funnel.portfolios.businesses import Portfolio, portfolio

__all__ = ["Portfolio", "portfolio"]
