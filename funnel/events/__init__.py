"""The event log of a business: found, read, and its events given to their clients."""
