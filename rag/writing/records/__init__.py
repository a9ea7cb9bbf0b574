"""What papers' records answer rather than their texts: authors, years, venues; of one paper, of a list, of all."""
