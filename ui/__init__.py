"""The chat page: `footnote ui`."""
