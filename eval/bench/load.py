"""Many questions at once against a running `footnote serve` or `footnote ui`.

    python -m eval.bench.load --url http://127.0.0.1:8080 --pid PID --at-once 50 --questions 2000

Prints seconds an answer (p50, p95), failures, and the server's memory before and after.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle, islice
from pathlib import Path

from eval.schema import bundled


def main() -> None:
    """Ask and print."""
    parser = argparse.ArgumentParser(prog="python -m eval.bench.load", description=main.__doc__)
    parser.add_argument("--url", default="http://127.0.0.1:8080")
    parser.add_argument("--pid", type=int, help="of the server, for its memory (Linux)")
    parser.add_argument("--at-once", type=int, default=50)
    parser.add_argument("--questions", type=int, default=500)
    options = parser.parse_args()
    questions = list(islice(cycle(q.question for q in bundled("test")), options.questions))
    _ask(options.url, questions[0])
    before = memory_mb(options.pid)
    started = time.perf_counter()
    with ThreadPoolExecutor(options.at_once) as pool:
        seconds = list(pool.map(lambda question: _ask(options.url, question), questions))
    took = time.perf_counter() - started
    good = sorted(s for s in seconds if s is not None)
    print(f"{len(good)} answers, {len(seconds) - len(good)} failed, {len(good) / took:.0f} a second")
    print(f"seconds an answer, p50 {statistics.median(good):.3f}, p95 {good[int(len(good) * 0.95)]:.3f}")
    if before is not None:
        print(f"memory of the server: {before:.0f} MB before, {memory_mb(options.pid) or 0.0:.0f} MB after")


def memory_mb(pid: int | None) -> float | None:
    """A process's resident memory in megabytes, where the system tells."""
    status = Path(f"/proc/{pid}/status")
    if pid is None or not status.exists():
        return None
    line = next(line for line in status.read_text(encoding="utf8").splitlines() if line.startswith("VmRSS"))
    return float(line.split()[1]) / 1000


def _ask(url: str, question: str) -> float | None:
    """Seconds of one answer; None where it failed."""
    body = json.dumps({"question": question}).encode()
    request = urllib.request.Request(f"{url}/v1/ask", body, {"Content-Type": "application/json"})
    started = time.perf_counter()
    try:
        with urllib.request.urlopen(request, timeout=60) as reply:  # nosec B310
            reply.read()
    except (urllib.error.URLError, TimeoutError):
        return None
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
