"""Ranked papers in, a draft out."""
