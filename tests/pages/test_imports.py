"""What a page imports before anybody predicts, trains or publishes: people wait for it."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

# Imports every module that the front door names, then those that the script of each page names: in a process
# that began as a copy of this one, so that a page finds nothing of the pages before it.
NAMED = """
import ast, importlib, os, pathlib, sys

def import_named(script):
    for node in ast.walk(ast.parse(pathlib.Path(script).read_text("utf-8"))):
        if isinstance(node, ast.Import):
            for alias in node.names:
                importlib.import_module(alias.name)
        elif isinstance(node, ast.ImportFrom):
            module = importlib.import_module(node.module)
            for alias in node.names:
                if not hasattr(module, alias.name):
                    importlib.import_module(f"{node.module}.{alias.name}")

import_named("app.py")
for page in sys.argv[1:]:
    child = os.fork()
    if not child:
        import_named(f"pages/{page}.py")
        print(page, *sys.modules, flush=True)
        os._exit(0)
    if os.waitpid(child, 0)[1]:
        sys.exit(f"{page} could not be imported")
"""

# Segments a picture, reads a pixel of it, and compares it with another, as the pages do.
SEGMENT = """
from core.photos import images
from core.photos.samples import china
from core.reports.charts import class_stacks
from core.segmentation.comparison import compare
from core.segmentation.segmenter import load_segmenter

segmenter = load_segmenter("street-lite0")
first, second = (segmenter.segment(images.decode(china().read_bytes(), size), size) for size in (64, 96))
class_stacks(first.read_pixel(3, 5))
compare(first, second)
"""

# The figures of an evaluation alone, as a script would read them.
FIGURES = """
import sys
import core.evaluation.store
import core.reports.evaluation_charts, core.reports.evaluation_export, core.reports.evaluation_tables
"""


def printed(script: str, *arguments: str) -> list[str]:
    """The lines that a process of its own prints; the last one names all modules that it has imported."""
    command = [sys.executable, "-W", "ignore", "-c", f"{script}\nprint(*sys.modules)", *arguments]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return done.stdout.splitlines()


HEAVY = {"torch", "fastai", "fastcore", "matplotlib", "sklearn", "timm", "torchvision"}
"""What trains, publishes, or draws for paper: nobody who looks should wait for it."""

TORCH_FILES = {
    "core/notebooks/walk.py",  # cells of a notebook, which nothing imports
    "core/models/architectures.py",
    "core/models/export.py",
    "core/models/inference.py",
    "core/models/tensors.py",
    "core/models/low_rank.py",
    "core/models/weights.py",
    "core/segmentation/engines/pytorch.py",
}
TORCH_ROOMS = (
    "core/training/batches",
    "core/training/distributed",
    "core/training/learner",
    "core/training/workers",
)
"""The files and rooms that import torch when they are imported; whoever imports one of them waits for it."""


PARTS = {
    "explore": {"pages.widgets.viewer.pixel_viewer", "core.segmentation.segmenter"},
    "about": {"pages.widgets.about.article"},
    "compare": {"pages.widgets.explore.comparison"},
    "inside": {"pages.widgets.inside.occlusion", "core.inside.kept"},
    "paint": {"pages.widgets.paint.comparison", "core.grading.grade"},
    "data": {"pages.widgets.shared.datasets", "core.datasets.contents.thumbnails"},
    "evaluate": {"pages.widgets.evaluate.job", "core.evaluation.store"},
    "runs": {"pages.widgets.runs.monitor", "core.reports.run_charts"},
    "training": {"pages.widgets.training.plan", "core.training.control.estimate"},
}
"""Pages, and some of what each imports."""


@pytest.fixture(scope="module")
def imported() -> dict[str, set[str]]:
    """The names of all modules that a page imports, with those that segmenting then imports."""
    *pages, segmenting = printed(NAMED + SEGMENT, *PARTS)
    return {page: {*names, *segmenting.split()} for page, *names in map(str.split, pages)}


@pytest.mark.parametrize("page", PARTS)
def test_a_page_and_what_it_segments_needs_nothing_that_trains(
    imported: dict[str, set[str]], page: str
) -> None:
    found = imported[page]

    assert {"streamlit", "onnxruntime"} | PARTS[page] <= found
    assert found.isdisjoint(HEAVY)
    if page == "explore":
        assert "plotly.graph_objs._figure" not in found


def test_torch_is_imported_where_it_is_needed_and_nowhere_else() -> None:
    files = [path for top in ("core", "pages") for path in sorted((ROOT / top).rglob("*.py"))]
    importing = [path.relative_to(ROOT).as_posix() for path in files if _needs_torch(path)]

    elsewhere = {path for path in importing if not path.startswith(TORCH_ROOMS)}
    assert elsewhere == TORCH_FILES


def _needs_torch(path: Path) -> bool:
    """Whether importing a file imports torch by its own words: not in a function, not for type checkers."""
    return any(
        name.split(".")[0] == "torch"
        for node in ast.parse(path.read_text("utf-8")).body
        for name in _names(node)
    )


def _names(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module or ""] if isinstance(node, ast.ImportFrom) else []


def test_figures_need_no_network() -> None:
    (modules,) = printed(FIGURES)
    assert set(modules.split()).isdisjoint({"torch", "streamlit", "plotly"})
