"""Footnote beside what people would use instead, on the same papers and the same machine."""
