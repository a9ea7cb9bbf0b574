"""Pure functions on text: titles, sentences with spans, search words, numbers with units."""
