"""Files in, papers out: readers for the formats that papers come in, and the papers that are bundled."""

from rag.corpus.digests import bundled
from rag.corpus.found import Skipped
from rag.corpus.merging import merge
from rag.corpus.reading import read
from rag.text.title import paper_id

__all__ = ["Skipped", "bundled", "merge", "paper_id", "read"]
