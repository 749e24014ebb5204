"""docs/architecture.md names only what there is."""

from __future__ import annotations

import ast
import re

import pytest

from tests.conftest import ROOT

TEXT = (ROOT / "docs/architecture.md").read_text("utf-8")
NAMES = sorted(set(re.findall(r"`((?:core|service|pages)(?:\.\w+)+)`", TEXT)))
ROOMS = sorted(set(re.findall(r"`((?:core|service|pages)/[\w/]*?)/?`", TEXT)))


_DEFINES = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def defined(name: str) -> bool:
    """Whether a dotted name is a module, or a class or function of one: read, for imports take seconds."""
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        module = ROOT.joinpath(*parts[:length]).with_suffix(".py")
        if module.is_file():
            return _in_module(module.read_text("utf-8"), parts[length:])
    return False


def _in_module(source: str, names: list[str]) -> bool:
    body: list[ast.stmt] = ast.parse(source).body
    for name in names:
        found = next(
            (node for node in body if isinstance(node, _DEFINES) and node.name == name),
            None,
        )
        if found is None:
            return False
        body = found.body
    return True


def test_the_document_names_the_three_walks() -> None:
    assert {name.split(".")[1] for name in NAMES} >= {"segmentation", "training", "datasets", "widgets"}


@pytest.mark.parametrize("name", NAMES)
def test_every_name_in_the_document_exists(name: str) -> None:
    assert defined(name)


@pytest.mark.parametrize("room", ROOMS)
def test_every_room_in_the_document_exists(room: str) -> None:
    assert (ROOT / room).is_dir()


@pytest.mark.parametrize(
    "name", ["core.photos.images.nothing", "core.nowhere.decode", "core.datasets.dataset.Frame.read"]
)
def test_a_name_that_is_gone_is_noticed(name: str) -> None:
    assert not defined(name)
