"""Whole ways from a sheet to a result or back into it, one module for each verb."""
