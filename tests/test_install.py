"""What an installation needs, and what it does without: each test runs in a Python of its own."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LEFT_OUT = ("kubernetes", "networkx", "uvloop", "hf_xet")
TORCH = ("torch", "transformers", "sentence_transformers")

_BLOCK = """
import sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {absent!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, Absent())
"""

_STORE = """
import chromadb

client = chromadb.PersistentClient(sys.argv[1], settings=chromadb.Settings(anonymized_telemetry=False))
papers = client.create_collection("papers", embedding_function=None)
papers.add(ids=["near", "far"], embeddings=[[1.0, 0.0], [0.0, 1.0]], documents=["a", "b"])
print(papers.query(query_embeddings=[[0.9, 0.1]], n_results=1)["ids"][0][0])
"""

_EVERY_ROOM = """
import importlib, pkgutil
import rag

def stop(name):
    raise

for module in pkgutil.walk_packages(rag.__path__, "rag.", onerror=stop):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
import llama_index.core.query_engine, llama_index.core.retrievers
print("imported")
"""


def run(code: str, *arguments: str, absent: tuple[str, ...] = ()) -> str:
    """What a new Python prints that runs `code` on a machine without the packages `absent`."""
    code = _BLOCK.format(absent=absent) + code
    command = [sys.executable, "-c", code, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_the_block_that_these_tests_use_does_block() -> None:
    code = "try:\n    import rich.text\nexcept ModuleNotFoundError as error:\n    print(error.name)"
    assert run(code, absent=("rich",)) == "rich"


def test_the_embedded_store_works_without_what_the_lock_leaves_out(tmp_path: Path) -> None:
    assert run(_STORE, str(tmp_path), absent=LEFT_OUT + TORCH) == "near"


def test_every_room_imports_without_torch_and_what_the_lock_leaves_out() -> None:
    assert run(_EVERY_ROOM, absent=LEFT_OUT + TORCH) == "imported"


@pytest.mark.parametrize("package", ["chromadb", "llama_index", "onnxruntime", "onnx", "numpy", "typer", "rich"])
def test_importing_rag_does_not_import(package: str) -> None:
    assert run(f"import rag; print({package!r} in sys.modules)") == "False"


def test_every_package_that_rag_imports_is_declared() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf8"))["project"]
    extras = [part for name, part in project["optional-dependencies"].items() if name != "dev"]
    declared = {distribution(requirement) for part in (project["dependencies"], *extras) for requirement in part}
    providers = packages_distributions()
    undeclared = {
        module
        for path in (ROOT / "rag").rglob("*.py")
        for module in imported(path)
        if not declared & {distribution(name) for name in providers.get(module, [module])}
    }
    assert undeclared == set()


def imported(path: Path) -> Iterator[str]:
    """The top-level names of the packages of others that a file imports, anywhere in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf8"))):
        names = [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []
        names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        yield from {name.partition(".")[0] for name in names} - {"rag", "prompts"} - sys.stdlib_module_names


def distribution(requirement: str) -> str:
    """The normalised name that a requirement starts with."""
    found = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert found
    return re.sub(r"[-_.]+", "-", found[0]).lower()


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-ui.lock", "requirements-dev.lock"])
def test_every_package_of_a_lock_has_its_hashes(lock: str) -> None:
    blocks = re.split(r"(?m)^(?=[a-z0-9])", (ROOT / lock).read_text(encoding="utf8"))[1:]
    assert len(blocks) > 100
    assert [block.partition(" ")[0] for block in blocks if not re.search(r"--hash=sha256:[0-9a-f]{64}\b", block)] == []
    assert "--require-hashes" in (ROOT / "scripts" / "setup").read_text(encoding="utf8")


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-ui.lock", "requirements-dev.lock"])
def test_the_lock_holds_neither_torch_nor_what_it_leaves_out(lock: str) -> None:
    pinned = set(re.findall(r"^([a-z0-9._-]+)==", (ROOT / lock).read_text(encoding="utf8"), re.MULTILINE))
    assert "chromadb" in pinned
    assert not pinned & {name.replace("_", "-") for name in LEFT_OUT + TORCH}
