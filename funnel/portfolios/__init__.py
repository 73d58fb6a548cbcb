"""Many businesses side by side: their numbers, who differs beyond chance, and what it would bring."""

from funnel.portfolios.businesses import Portfolio, portfolio

__all__ = ["Portfolio", "portfolio"]
