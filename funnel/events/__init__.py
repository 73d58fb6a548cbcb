"""The event log of a business: find it, read it, and assign its events to clients."""
