"""Is it any good? Datasets, metrics, runs, comparisons, and the harness's tests of itself.

from eval import evaluate
records = evaluate(my_system, questions)      # any callable str -> Answer or str
print(*results(records), sep="\\n")
keep(records, "my-system")                    # for `footnote eval report`, `compare` and the others
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from eval.metrics import results
    from eval.runner import evaluate
    from eval.runs import keep

__all__ = ["evaluate", "keep", "results"]


def __getattr__(name: str) -> Any:
    """The names above, loaded when first used."""
    if name == "evaluate":
        from eval.runner import evaluate

        return evaluate
    if name == "results":
        from eval.metrics import results

        return results
    if name == "keep":
        from eval.runs import keep

        return keep
    raise AttributeError(f"module 'eval' has no attribute {name!r}")
