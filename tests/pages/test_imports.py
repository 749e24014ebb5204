"""What a page imports before anybody trains: people wait for it."""

from __future__ import annotations

import subprocess
import sys

from tests.conftest import ROOT

# Imports what Explore and the front door name, segments a picture and reads a pixel of it.
EXPLORE = """
import ast, importlib, pathlib, sys

for script in ("app.py", "pages/explore.py"):
    for node in ast.walk(ast.parse(pathlib.Path(script).read_text("utf-8"))):
        if isinstance(node, ast.Import):
            for alias in node.names:
                importlib.import_module(alias.name)
        elif isinstance(node, ast.ImportFrom):
            module = importlib.import_module(node.module)
            for alias in node.names:
                if not hasattr(module, alias.name):
                    importlib.import_module(f"{node.module}.{alias.name}")

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
print(*sys.modules)
"""


def test_explore_imports_no_library_that_it_does_not_need():
    command = [sys.executable, "-W", "ignore", "-c", EXPLORE]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    imported = set(done.stdout.split())

    assert {
        "torch",
        "streamlit",
        "pages.widgets.viewer.pixel_viewer",
        "core.segmentation.segmenter",
    } <= imported
    assert imported.isdisjoint(
        {"fastai", "fastcore", "matplotlib", "plotly.graph_objs._figure", "sklearn", "torch._dynamo"}
    )
