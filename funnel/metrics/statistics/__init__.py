"""Tests, intervals and pooling, on numbers alone."""
