"""What the Evaluate page imports: the network, but nothing that trains or that only tests need."""

from __future__ import annotations

import subprocess
import sys

from tests.conftest import ROOT

# Imports every module that the page's script names.
EVALUATE = """
import ast, importlib, pathlib, sys

for node in ast.walk(ast.parse(pathlib.Path("pages/evaluate.py").read_text("utf-8"))):
    if isinstance(node, ast.ImportFrom):
        importlib.import_module(node.module)
print(*sys.modules)
"""

# The figures alone, as a script would read them.
FIGURES = """
import sys
import core.evaluation.store
import core.reports.evaluation_charts, core.reports.evaluation_export, core.reports.evaluation_tables
print(*sys.modules)
"""


def imported(script: str) -> set[str]:
    command = [sys.executable, "-W", "ignore", "-c", script]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return set(done.stdout.split())


def test_evaluating_needs_nothing_that_trains():
    found = imported(EVALUATE)

    assert {"streamlit", "pages.widgets.evaluate.job", "core.evaluation.store"} <= found
    assert found.isdisjoint({"fastai", "fastcore", "matplotlib", "sklearn"})


def test_figures_need_no_network():
    assert imported(FIGURES).isdisjoint({"torch", "streamlit", "plotly"})
