"""What a page imports before anybody predicts, trains or publishes: people wait for it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.conftest import ROOT

# Imports every module that the scripts of a page name.
NAMED = """
import ast, importlib, pathlib, sys

for script in {scripts}:
    for node in ast.walk(ast.parse(pathlib.Path(script).read_text("utf-8"))):
        if isinstance(node, ast.Import):
            for alias in node.names:
                importlib.import_module(alias.name)
        elif isinstance(node, ast.ImportFrom):
            module = importlib.import_module(node.module)
            for alias in node.names:
                if not hasattr(module, alias.name):
                    importlib.import_module(f"{{node.module}}.{{alias.name}}")
"""

# Segments a picture and reads a pixel of it.
SEGMENT = """
import numpy as np
from core.reports.charts import reading_option
from core.models.store import Model, ModelCard, class_entries, normalisation
from core.classes import CAMVID_32
from core.models.networks import find_network
from core.segmentation.segmenter import Segmenter

network = find_network("unet_lite0")
classes = class_entries(CAMVID_32)
card = ModelCard(name="new", network=network.name, class_list=classes, normalisation=normalisation(network))
model = Model(card, CAMVID_32, network.build(32, False), network.stride, network.multiple)
reading_option(Segmenter(model).segment(np.zeros((32, 32, 3), np.uint8)).read_pixel(3, 5))
"""

# The figures of an evaluation alone, as a script would read them.
FIGURES = """
import sys
import core.evaluation.store
import core.reports.evaluation_charts, core.reports.evaluation_export, core.reports.evaluation_tables
"""


def imported(script: str) -> set[str]:
    """The names of all modules that a process of its own has imported after a script."""
    command = [sys.executable, "-W", "ignore", "-c", f"{script}\nprint(*sys.modules)"]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return set(done.stdout.split())


def test_exploring_needs_nothing_that_trains_or_draws_charts() -> None:
    found = imported(NAMED.format(scripts=["app.py", "pages/explore.py"]) + SEGMENT)

    assert {"torch", "pages.widgets.viewer.pixel_viewer", "core.segmentation.segmenter"} <= found
    unwanted = {"fastai", "fastcore", "matplotlib", "plotly.graph_objs._figure", "sklearn", "torch._dynamo"}
    assert found.isdisjoint(unwanted)


def test_evaluating_needs_nothing_that_trains() -> None:
    found = imported(NAMED.format(scripts=["pages/evaluate.py"]))

    assert {"streamlit", "pages.widgets.evaluate.job", "core.evaluation.store"} <= found
    assert found.isdisjoint({"fastai", "fastcore", "matplotlib", "sklearn"})


@pytest.mark.parametrize(
    ("page", "parts"),
    [
        ("data", {"pages.widgets.shared.datasets", "core.datasets.contents.thumbnails"}),
        ("runs", {"pages.widgets.runs.monitor", "core.reports.run_charts"}),
        ("training", {"pages.widgets.training.plan", "core.training.control.estimate"}),
    ],
)
def test_looking_at_data_recipes_and_runs_needs_no_network(page: str, parts: set[str]) -> None:
    found = imported(NAMED.format(scripts=[f"pages/{page}.py"]))

    assert {"streamlit"} | parts <= found
    assert found.isdisjoint({"torch", "fastai", "matplotlib", "sklearn"})


def test_figures_need_no_network() -> None:
    assert imported(FIGURES).isdisjoint({"torch", "streamlit", "plotly"})
