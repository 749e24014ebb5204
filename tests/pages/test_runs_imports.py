"""What the Runs page imports before anybody publishes a model: people wait for it."""

from __future__ import annotations

import subprocess
import sys

from tests.conftest import ROOT

# Imports every module that the page's script names.
RUNS = """
import ast, importlib, pathlib, sys

for node in ast.walk(ast.parse(pathlib.Path("pages/runs.py").read_text("utf-8"))):
    if isinstance(node, ast.ImportFrom):
        importlib.import_module(node.module)
print(*sys.modules)
"""


def test_watching_a_run_needs_no_network():
    command = [sys.executable, "-W", "ignore", "-c", RUNS]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    imported = set(done.stdout.split())

    assert {"streamlit", "pages.widgets.runs.monitor", "core.reports.run_charts"} <= imported
    assert imported.isdisjoint({"torch", "fastai", "matplotlib", "sklearn"})
