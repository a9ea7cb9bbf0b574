"""Which sentences of a paper answer a question, chosen together rather than each alone."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

ENOUGH = 0.06  # a further sentence must be at least this likely to be part of the answer
_LIKELY = 0.3  # from which it may be one too long for the budget
_OVERRUN = 1.5  # as a share of the budget


def choose(
    likelihood: NDArray[np.float32], lengths: Sequence[int], limit: int, budget: int, enough: float = ENOUGH
) -> list[int]:
    """Positions of at most `limit` sentences, most likely first, of at most `budget` characters together.

    `likelihood` `(s,)` is each sentence's probability of holding part of the answer. The first sentence is always
    taken, a further one only if it is likely `enough`; one that does not fit is passed over for a shorter one, unless
    it probably is part of the answer and fits into half as much again.
    """
    chosen: list[int] = []
    used = 0
    for position in np.argsort(-likelihood, kind="stable"):
        if len(chosen) == limit or (chosen and likelihood[position] < enough):
            break
        room = budget * (_OVERRUN if likelihood[position] >= _LIKELY else 1.0)
        if chosen and used + lengths[position] > room:
            continue
        chosen.append(int(position))
        used += lengths[position]
    return chosen
