"""The move log: its entries, reading and folding it, and the stage history of each client."""
