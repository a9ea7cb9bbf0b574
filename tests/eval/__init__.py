"""Tests of the harness: expected values are worked out by hand."""
