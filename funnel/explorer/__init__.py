"""Results -> notebook controls: ``funnel.explore("clients.xlsx")``."""
