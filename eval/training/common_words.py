"""`weights/common_words.json`: how many of the bundled papers have each stem, as a weight in [0, 1]."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from pathlib import Path

from rag.corpus.digests import bundled
from rag.corpus.merging import merge
from rag.text.words import words

_LOWER = re.compile(r"(?<![\w-])[a-z]+(?:-[a-z]+)*(?![\w-])")


def write(folder: Path) -> None:
    """Write the weights of all stems that stand in lower case in some paper: idf, over that of one paper."""
    papers = [paper.text for paper in merge(bundled())]
    counts = Counter(stem for text in papers for stem in set(words(text)))
    plain = {stem for text in papers for stem in words(" ".join(_LOWER.findall(text)))}
    most = math.log(1 + len(papers))
    weights = {stem: round(math.log((1 + len(papers)) / max(counts[stem], 1)) / most, 3) for stem in sorted(plain)}
    (folder / "common_words.json").write_text(json.dumps(weights, indent=0) + "\n", encoding="utf8")


if __name__ == "__main__":
    write(Path(__file__).parents[2] / "rag" / "weights")
