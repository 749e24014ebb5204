"""What the Data page imports before anybody asks for a prediction: people wait for it."""

from __future__ import annotations

import subprocess
import sys

from tests.conftest import ROOT

# Imports every module that the page's script names.
DATA = """
import ast, importlib, pathlib, sys

for node in ast.walk(ast.parse(pathlib.Path("pages/data.py").read_text("utf-8"))):
    if isinstance(node, ast.ImportFrom):
        importlib.import_module(node.module)
print(*sys.modules)
"""


def test_looking_at_data_needs_no_network():
    command = [sys.executable, "-W", "ignore", "-c", DATA]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    imported = set(done.stdout.split())

    assert {"streamlit", "pages.widgets.shared.datasets", "core.datasets.contents.thumbnails"} <= imported
    assert imported.isdisjoint({"torch", "fastai", "matplotlib", "sklearn"})
