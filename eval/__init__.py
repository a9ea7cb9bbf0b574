"""Is it any good? Datasets, metrics, runs, comparisons, and the harness's tests of itself.

from eval import evaluate
records = evaluate(my_system, questions)      # any callable str -> Answer
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from eval.metrics import results
    from eval.runner import evaluate

__all__ = ["evaluate", "results"]


def __getattr__(name: str) -> Any:
    """The names above, loaded when first used."""
    if name == "evaluate":
        from eval.runner import evaluate

        return evaluate
    if name == "results":
        from eval.metrics import results

        return results
    raise AttributeError(f"module 'eval' has no attribute {name!r}")
