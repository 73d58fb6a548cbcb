"""The move log: its entries, how it is read and folded, and what it tells of each client."""
