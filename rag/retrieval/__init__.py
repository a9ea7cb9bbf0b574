"""A query in, ranked papers with their passages out."""
