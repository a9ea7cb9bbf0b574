"""Listings and counts: every paper of the index that has the terms or is about the topic asked for."""
