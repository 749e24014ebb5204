"""What compose.yaml and Dockerfile say of a container: its command, environment, user and files."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.conftest import ROOT

DEPLOY = ROOT / "deploy"
_VARIABLE = re.compile(r"\$\{(\w+)(?::([-?])([^}]*))?\}")


@dataclass(frozen=True)
class Image:
    """What a stage of the Dockerfile ends with. files: where each is in the image, and in the repository."""

    environment: Mapping[str, str]
    files: Mapping[str, Path]
    user: str
    folder: str


@dataclass(frozen=True)
class Container:
    """A service of compose.yaml. volumes: where each is inside, its source, and whether it can be written.

    image: None where it is somebody else's.
    """

    name: str
    image: Image | None
    command: list[str]
    environment: Mapping[str, str]
    user: str
    volumes: Mapping[str, tuple[str, bool]]
    scratch: list[str]
    networks: list[str]
    health: list[str]


def containers(settings: Mapping[str, str]) -> dict[str, Container]:
    """Every service by name; settings: what deploy/.env has. KeyError for one that is needed and missing."""
    document = yaml.safe_load(interpolated((DEPLOY / "compose.yaml").read_text("utf-8"), settings))
    return {name: _container(name, service) for name, service in document["services"].items()}


def variables() -> set[str]:
    """The names of the settings that compose.yaml reads."""
    return {name for name, *_ in _VARIABLE.findall((DEPLOY / "compose.yaml").read_text("utf-8"))}


def interpolated(text: str, settings: Mapping[str, str]) -> str:
    """The text with its variables replaced, as Compose does."""

    def value(match: re.Match[str]) -> str:
        name, sign, otherwise = match.groups()
        return settings.get(name) or otherwise if sign == "-" else settings[name]

    return _VARIABLE.sub(value, text)


def image(target: str) -> Image:
    """What a stage of deploy/Dockerfile has; packages are left out."""
    stages = _stages((DEPLOY / "Dockerfile").read_text("utf-8"))
    environment: dict[str, str] = {}
    files: dict[str, Path] = {}
    user, folder = "0:0", "/"
    for word, rest in _lines_of(target, stages):
        if word == "ENV":
            environment |= dict(pair.split("=", 1) for pair in rest.split())
        elif word == "WORKDIR":
            folder = rest
        elif word == "USER":
            user = rest
        elif word == "COPY" and "--from" not in rest:
            *sources, place = (part for part in rest.split() if not part.startswith("--"))
            files |= {str(_inside(folder, place, source)): ROOT / source for source in sources}
    return Image(environment, files, user, folder)


def _inside(folder: str, place: str, source: str) -> Path:
    """A folder's contents are copied, a file goes into a place that ends with a slash."""
    target = Path(folder, place)
    return target / Path(source).name if place.endswith("/") else target


def _stages(dockerfile: str) -> dict[str, tuple[str, list[tuple[str, str]]]]:
    """Each stage by name: what it is built on, and its lines as word and rest."""
    stages: dict[str, tuple[str, list[tuple[str, str]]]] = {}
    lines = re.sub(r"^#.*\n", "", dockerfile, flags=re.MULTILINE).replace("\\\n", " ").splitlines()
    for line in filter(None, lines):
        word, rest = line.split(maxsplit=1)
        if word == "FROM":
            base, _, name = rest.split()
            stages[name] = base, []
        else:
            stages[name][1].append((word, rest))
    return stages


def _lines_of(
    target: str, stages: Mapping[str, tuple[str, list[tuple[str, str]]]]
) -> Iterator[tuple[str, str]]:
    if target in stages:
        base, lines = stages[target]
        yield from _lines_of(base, stages)
        yield from lines


def _container(name: str, service: Mapping[str, Any]) -> Container:
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    own = image(service["build"]["target"]) if "build" in service else None
    volumes = (volume.split(":") for volume in service.get("volumes", ()))
    return Container(
        name=name,
        image=own,
        command=service["command"],
        environment={**(own.environment if own else {}), **service.get("environment", {})},
        user=service.get("user", own.user if own else "0:0"),
        volumes={inside: (source, mode != ["ro"]) for source, inside, *mode in volumes},
        scratch=[tmpfs.partition(":")[0] for tmpfs in service.get("tmpfs", ())],
        networks=service["networks"],
        health=service["healthcheck"].get("test", ["NONE"])[1:],
    )
