"""A question and a text in; out, whether the text answers it: a small network of our own that reads both at once."""

from rag.reading.reader import Reader, Reading, load_reader

__all__ = ["Reader", "Reading", "load_reader"]
