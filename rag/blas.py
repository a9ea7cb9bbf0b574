"""Small matrix products: on one thread, and without false alarms.

A question's products are a millisecond of work; handed to two threads of a busy machine they wait for one
another ten times as long (measured: 47 ms an answer against 14). And on some processors OpenBLAS sets the flag
for invalid values on behalf of vector lanes that hold nothing (numpy#24067), of which NumPy would warn.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import numpy as np  # its BLAS must be loaded before it can be found


@contextmanager
def one_thread() -> Iterator[None]:
    """Within it, NumPy's matrix products run on the calling thread alone, and invalid values are not warned of."""
    with _controller().limit(limits=1, user_api="blas"), np.errstate(invalid="ignore"):
        yield


@cache
def _controller() -> Any:
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()
