"""A second look: what the reader makes of a question and a text, joined to what retrieval found out.

Whether the best paper answers is decided in two steps. The first goes by features of retrieval; where it leaves hope,
the second goes by its outcome and by the reader's. The second's weights are fitted on papers that the reader was not
trained on.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rag.linear_model import trained
from rag.reading import Reader, Reading
from rag.writing.sentence_features import NAMES as SENTENCES
from rag.writing.sentence_features import SentenceTable

ANSWERED = ("searched", "answered", "contradicted", "evidence")
HOPELESS = 0.03  # probability by the first step under which nothing is read: 1.5% of the answerable
GLOSSED = 0.5  # share of the threshold that is enough for a question put word by word into English
_CHARACTERS = 2400  # of a paper that the reader is shown; of a longer one the likeliest sentences
_LEAST = -9.0  # evidence of a text without sentences


def reread(reader: Reader, question: str, table: SentenceTable) -> Reading:
    """The paper whose sentences these are (at least one), read for the question."""
    likelihood = trained("sentences", SENTENCES).probability(table.features)
    shown = _shown([len(sentence.text) for sentence in table.sentences], likelihood)
    texts = [table.sentences[place].text for place in shown]
    return reader.read(question, table.sentences[0].passage.title, texts)


def _shown(lengths: Sequence[int], likelihood: NDArray[np.float32]) -> list[int]:
    """The sentences that the reader is shown, in order: all, or the likeliest that have room."""
    chosen: list[int] = []
    room = _CHARACTERS
    for place in np.argsort(-likelihood, kind="stable"):
        room -= lengths[place]
        if room < 0 and chosen:
            break
        chosen.append(int(place))
    return sorted(chosen)


def answered_threshold(keyworded: bool) -> float:
    """The probability under which training would have an answer refused."""
    return trained("reread_answered", ANSWERED, keyworded).threshold


def answered(searched: float, reading: Reading, keyworded: bool) -> float:
    """The probability that the paper answers, `searched` being what retrieval alone gives; `keyworded`: keywords had a
    say in that."""
    model = trained("reread_answered", ANSWERED, keyworded)
    return float(model.probability(answered_features(searched, reading)[None, :])[0])


def answered_features(searched: float, reading: Reading) -> NDArray[np.float32]:
    """`(len(ANSWERED),)`: log odds, and the evidence of the likeliest sentence."""
    shares = np.asarray([searched, reading.answered, reading.contradicted], dtype=np.float32)
    return np.append(_log_odds(shares), reading.evidence.max(initial=_LEAST)).astype(np.float32)


def _log_odds(shares: NDArray[np.float32]) -> NDArray[np.float32]:
    kept = np.clip(shares, 1e-4, 1 - 1e-4)
    return np.asarray(np.log(kept / (1 - kept)), dtype=np.float32)
