"""The browser page. Nothing stands here yet: `rag.cli` is the door for people."""
