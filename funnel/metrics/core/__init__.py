"""What every result is made of: the flags of each client and step, their tally, and the choice of clients."""
