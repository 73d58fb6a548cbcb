"""Attacks on the promises: faults, kills, hostile files, mutations. `docs/promises.md` has the figures."""
