"""One thread for small matrix products.

A question's products are a millisecond of work; handed to two threads of a busy machine they wait for one
another ten times as long (measured: 47 ms an answer against 14).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any


@contextmanager
def one_thread() -> Iterator[None]:
    """Within it, NumPy's matrix products run on the calling thread alone."""
    with _controller().limit(limits=1, user_api="blas"):
        yield


@cache
def _controller() -> Any:
    import numpy as np  # its BLAS must be loaded before it can be found
    from threadpoolctl import ThreadpoolController

    assert np.__name__
    return ThreadpoolController()
