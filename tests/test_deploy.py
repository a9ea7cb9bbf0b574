"""The files that deploy Footnote say what the code knows: settings, commands, locks; and nothing runs as root."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from rag.settings import Settings, load_settings

DEPLOY = Path(__file__).resolve().parents[1] / "deploy"
KNOWN = {f"FOOTNOTE_{name.upper()}" for name in Settings.model_fields}


def documents(name: str) -> list[Any]:
    return list(yaml.safe_load_all((DEPLOY / name).read_text(encoding="utf8")))


def containers() -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Each pod of the manifest with each of its containers."""
    for found in documents("kubernetes.yaml"):
        pod = found.get("spec", {}).get("template", {}).get("spec", {})
        yield from ((pod, container) for container in pod.get("containers", ()))


def test_settings_that_are_named_exist() -> None:
    (compose,) = documents("compose.yaml")
    used = set(compose["services"]["one"]["environment"])
    used |= {row["name"] for _, container in containers() for row in container.get("env", ())}
    used |= set(re.findall(r"FOOTNOTE_\w+", (DEPLOY / "Dockerfile").read_text(encoding="utf8")))
    assert used <= KNOWN, used - KNOWN


def test_replicas_share_the_store_and_nothing_else() -> None:
    (compose,) = documents("compose.yaml")
    one, two = compose["services"]["one"], compose["services"]["two"]
    assert one["environment"] == two["environment"]
    assert one["environment"]["FOOTNOTE_STORE"] == "http://chroma:8000"
    assert not {v for v in one["volumes"] if ":ro" not in v} & set(two["volumes"])
    assert all(service.get("ports", ["127.0.0.1"])[0].startswith("127.0.0.1") for service in (one, two))


def test_nothing_of_ours_runs_as_root_or_writes_outside_its_place() -> None:
    dockerfile = (DEPLOY / "Dockerfile").read_text(encoding="utf8")
    assert dockerfile.index("USER 10001") < dockerfile.index("CMD [")
    assert "--require-hashes" in dockerfile
    assert all((DEPLOY.parent / lock).exists() for lock in re.findall(r"requirements[\w-]*\.lock", dockerfile))
    own = [(pod, container) for pod, container in containers() if container["image"].startswith("footnote")]
    assert own
    for pod, container in own:
        assert pod["securityContext"]["runAsNonRoot"]
        assert container["securityContext"]["readOnlyRootFilesystem"]
        assert container["securityContext"]["allowPrivilegeEscalation"] is False
    (compose,) = documents("compose.yaml")
    assert compose["services"]["one"]["read_only"]
    assert compose["services"]["one"]["cap_drop"] == ["ALL"]


def test_probes_are_routes_of_the_server(tmp_path: Path) -> None:
    from starlette.testclient import TestClient

    from rag.assistant import Assistant
    from rag.server import create_app

    client = TestClient(create_app(Assistant(load_settings(home=tmp_path))))
    for _, container in containers():
        if container["image"].startswith("footnote"):
            for probe in ("readinessProbe", "livenessProbe"):
                assert client.get(container[probe]["httpGet"]["path"]).status_code in (200, 503)
