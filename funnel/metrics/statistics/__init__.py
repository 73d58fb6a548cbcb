"""Tests, intervals and pooling of counts."""
