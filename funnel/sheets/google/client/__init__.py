"""Calls to Google, and signing in."""
