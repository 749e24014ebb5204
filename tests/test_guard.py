"""Whatever lies in a model, a run or the cache is read by the guard of `core.files` alone.

The source is read: a call that opens a file in another way is named here, with the reason why it may.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.conftest import ROOT

ROOMS = (
    "core/annotation/folder.py",
    "core/annotation/journal.py",
    "core/annotation/manifest.py",
    "core/annotation/store.py",
    "core/cache.py",
    "core/models",
    "core/training",
    "core/evaluation",
    "core/segmentation",
    "pages/widgets",
    "service",
)
"""Where models, runs, corrections and caches are read."""

READERS = {"read_text", "read_bytes", "open", "load_file", "safe_open", "imread", "memmap", "fromfile"}
"""Calls that open a path, whatever they are a method of; `Image.open` of bytes in memory is told apart."""

ALLOWED = {
    "core/models/weights.py": {"_sha256"},  # of what it has just written itself
    "core/models/architectures.py": {"_load_lite0_imagenet"},  # of an installed package
    "core/models/export.py": {"_pictures"},  # the shipped photos
    "core/training/recipes/recipe.py": {"recipe_text", "read_recipe"},  # shipped, or named by the user
    "core/training/workers/publish.py": {"publish"},  # the shipped photo
    "pages/widgets/classroom/teacher.py": {""},  # our own script
    "pages/widgets/gather/video.py": {"_look"},  # a video, which opens itself by its own guard
    "pages/widgets/photos/input.py": {""},  # our own scripts, from here on
    "pages/widgets/photos/visitor_session.py": {"", "_samples"},
    "pages/widgets/shared/front_end.py": {"_source", "style"},
    "pages/widgets/shared/html.py": {"style_sheet"},
    "pages/widgets/shared/page_language.py": {""},
    "pages/widgets/viewer/modules.py": {"", "read", "_language"},
    "service/launch.py": {"last_words"},  # of the log of our own service, in a folder that is ours alone
    "service/topics/broker.py": {"_port_in"},  # of our own broker, in a folder that is ours alone
}
"""Functions that read what is neither a model, nor a run, nor cached."""


def calls(path: Path) -> Iterator[tuple[str, int]]:
    """The function that each call of a reader stands in, and its line."""

    def walk(node: ast.AST, inside: str) -> Iterator[tuple[str, int]]:
        for child in ast.iter_child_nodes(node):
            named = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef)
            if isinstance(child, ast.Call) and _reads_a_path(child):
                yield inside, child.lineno
            yield from walk(child, child.name if named and isinstance(child, ast.FunctionDef) else inside)

    yield from walk(ast.parse(path.read_text("utf-8")), "")


def _reads_a_path(call: ast.Call) -> bool:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if (
        name == "load"
        and isinstance(call.func, ast.Attribute)
        and ast.unparse(call.func) in ("np.load", "torch.load")
    ):
        return not _is_in_memory(call)
    return name in READERS and not _is_in_memory(call) and ast.unparse(call.func) != "os.open"


def _is_in_memory(call: ast.Call) -> bool:
    return bool(call.args) and ast.unparse(call.args[0]).startswith(("io.BytesIO(", "BytesIO("))


def test_models_runs_and_caches_are_read_by_the_guard_alone() -> None:
    around = []
    for room in ROOMS:
        top = ROOT / room
        for path in [top] if top.is_file() else sorted(top.rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            around += [
                f"{name}:{line} in {function or 'the module'}"
                for function, line in calls(path)
                if function not in ALLOWED.get(name, ())
            ]
    assert around == []


def test_the_reading_of_the_source_sees_each_way_around(tmp_path: Path) -> None:
    source = tmp_path / "around.py"
    source.write_text(
        "def f(path):\n open(path)\n path.open()\n path.read_bytes()\n Image.open(path)\n np.load(path)\n"
        " safetensors.torch.load_file(path)\n Image.open(io.BytesIO(b''))\n np.load(io.BytesIO(b''))\n",
        "utf-8",
    )
    assert [line for _, line in calls(source)] == [2, 3, 4, 5, 6, 7]
