"""Encoding on a real Ray cluster of two nodes on this machine, one of which is killed halfway."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from rag.index import Index
from rag.ingest import ingest
from rag.settings import load_settings
from rag.store import stored_papers
from tests.invented import PAPERS, numbered, write_jsonl

ray = pytest.importorskip("ray", reason="needs Ray: pip install 'ray>=2.40'")
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]
ROOT = Path(__file__).resolve().parents[1]


def test_a_worker_killed_halfway_loses_and_doubles_nothing(home: Path, tmp_path: Path, models_home: Path) -> None:
    from ray.cluster_utils import Cluster

    os.environ["PYTHONPATH"] = str(ROOT)
    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1})
    doomed = cluster.add_node(num_cpus=1)
    cluster.wait_for_nodes()
    path = write_jsonl(tmp_path / "a.jsonl", {**PAPERS, **numbered(400)})
    killed = threading.Timer(6.0, lambda: cluster.remove_node(doomed, allow_graceful=False))
    killed.start()
    try:
        started = time.monotonic()
        report = ingest([path], load_settings(home=home, offline=True, ray=cluster.address))
        assert time.monotonic() - started > 6, "it ended before the worker was killed"
    finally:
        killed.join()
        ray.shutdown()
        cluster.shutdown()
    assert report.added == len(PAPERS) + 400

    calm_home = tmp_path / "calm"
    calm_home.mkdir()
    (calm_home / "models").symlink_to(models_home / "models")
    calm = load_settings(home=calm_home, offline=True)
    assert ingest([path], calm).revision == report.revision
    one = Index.of(load_settings(home=home)).snapshot(search=True)
    two = Index.of(calm).snapshot(search=True)
    assert list(one.passage_ids()) == list(two.passage_ids())
    assert np.array_equal(one.vectors, two.vectors)
    papers = stored_papers(Index.of(load_settings(home=home)).open_store().records())
    assert all(stored.whole for stored in papers.values())
    assert len(papers) == report.papers


def test_no_cluster_is_told(home: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "rag.cli", "ingest", "--ray", "127.0.0.1:1"]
    command.append(str(write_jsonl(tmp_path / "a.jsonl", PAPERS)))
    ended = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert ended.returncode == 1
    assert "no Ray cluster at 127.0.0.1:1" in ended.stderr
    assert "Traceback" not in ended.stderr
