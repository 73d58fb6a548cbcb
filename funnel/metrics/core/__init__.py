"""The basis of every result: the flags of each client and step, their counts, and filters of clients."""
