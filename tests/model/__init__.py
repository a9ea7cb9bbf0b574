"""Tests that mirror a room."""
