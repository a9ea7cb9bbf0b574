"""What Footnote adds to a model's own time, over an endpoint whose delay is known.

    python -m tests.servers.scripted 0.5        # prints its address
    python -m eval.bench.model --base-url URL --wait 0.5 --home HOME

Prints: own share of an answer, delay of the first streamed piece, time of checking, and many questions at once.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import time
from collections.abc import Sequence
from pathlib import Path

from eval.schema import bundled
from rag.assistant import Assistant
from rag.types import Answer, Delta, Stage

_AT_ONCE = 32


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m eval.bench.model", description=main.__doc__)
    parser.add_argument("--base-url", required=True)
    parser.add_argument("--wait", type=float, default=0.5, help="seconds before the endpoint's first token")
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--questions", type=int, default=30)
    options = parser.parse_args()
    assistant = Assistant(home=options.home, llm="scripted", llm_base_url=options.base_url, cache=False)
    questions = [q.question for q in bundled("test") if q.single and q.lang == "en" and not q.history]
    assistant.ask(questions[0])
    own, first, sentences, grounding = _one_by_one(assistant, questions[: options.questions], options.wait)
    print(f"own share of an answer, p50           {statistics.median(own) * 1000:6.1f} ms")
    print(f"first piece after the model's, p50    {statistics.median(first) * 1000:6.1f} ms")
    print(f"sentences checked an answer, median   {statistics.median(sentences):6.1f}")
    print(f"citing and checking them, p50         {statistics.median(grounding) * 1000:6.1f} ms")
    started = time.perf_counter()
    asyncio.run(_together(assistant, questions[:_AT_ONCE]))
    print(f"{_AT_ONCE} questions at once                  {time.perf_counter() - started:8.2f} s")


def _one_by_one(
    assistant: Assistant, questions: Sequence[str], wait: float
) -> tuple[list[float], list[float], list[int], list[float]]:
    """Seconds of each answer and to its first piece, the endpoint's wait taken off; its claims; seconds of checks."""
    own, first, claims, grounding = [], [], [], []
    for question in questions:
        started = asked = time.perf_counter()
        shown = 0.0
        for event in assistant.stream(question):
            if isinstance(event, Stage) and event.name == "write":
                asked = time.perf_counter()
            if isinstance(event, Delta) and not shown:
                shown = time.perf_counter() - asked
            if isinstance(event, Answer) and event.usage.calls == 1:
                own.append(time.perf_counter() - started - wait)
                first.append(shown - wait)
                claims.append(len(event.claims))
                grounding.append(event.timings["ground"])
    return own, first, claims, grounding


async def _together(assistant: Assistant, questions: Sequence[str]) -> None:
    await asyncio.gather(*(assistant.aask(question) for question in questions))


if __name__ == "__main__":
    main()
