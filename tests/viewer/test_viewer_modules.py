"""The viewer's JavaScript in Node: modules that need no page, and the rules that they share with Python.

The tests of a module alone are the `.test.mjs` files beside this one; `node --test` runs them without pytest.
"""

from __future__ import annotations

import itertools
import json
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pytest

from core.segmentation.reading import Shape, neighbourhood
from tests.browser.viewer_app import checker

HERE = Path(__file__).parent
OLDEST_NODE = 18
WITHOUT_NODE = f"These tests need Node {OLDEST_NODE} or newer; on Debian, install the package nodejs."
FAILED = re.compile(r"^ *not ok \d+ - (?P<name>.*)$", re.MULTILINE)
PASSED = re.compile(r"^# pass (\d+)$", re.MULTILINE)


@pytest.fixture(scope="module")
def node() -> str:
    """The path of Node; without one these tests fail, because nothing else would notice what they find."""
    found = shutil.which("node")
    if found is None:
        pytest.fail(WITHOUT_NODE, pytrace=False)
    version = subprocess.run([found, "--version"], capture_output=True, text=True, check=True).stdout
    if int(version.removeprefix("v").partition(".")[0]) < OLDEST_NODE:
        pytest.fail(f"{WITHOUT_NODE} This is {version.strip()}.", pytrace=False)
    return found


@pytest.mark.parametrize("file", sorted(path.name for path in HERE.glob("*.test.mjs")))
def test_modules_that_need_no_page(node: str, file: str) -> None:
    command = [node, "--test", "--test-reporter=tap", file]
    run = subprocess.run(command, cwd=HERE, capture_output=True, text=True, timeout=120, check=False)
    failed = [match["name"] for match in FAILED.finditer(run.stdout)]
    if run.returncode != 0 or failed:
        names = "\n".join(f"  {name}" for name in failed)
        pytest.fail(f"Failed in {file}:\n{names}\n\n{run.stdout}{run.stderr}", pytrace=False)
    passed = PASSED.search(run.stdout)
    assert passed is not None, run.stdout
    assert int(passed[1]) > 0


# --- the rules that browser and server share -----------------------------------------------------


def answers(node: str, module: str, name: str, calls: Sequence[Sequence[object]]) -> list[Any]:
    """What a function of a viewer's module answers to these calls, each a list of arguments."""
    asked = json.dumps({"module": module, "name": name, "calls": calls})
    command = [node, "answers.mjs"]
    run = subprocess.run(
        command, cwd=HERE, input=asked, capture_output=True, text=True, timeout=120, check=False
    )
    assert run.returncode == 0, run.stderr
    found: list[Any] = json.loads(run.stdout)
    assert len(found) == len(calls)
    return found


@pytest.mark.parametrize("shape", ["row", "column", "square"])
def test_neighbourhood_is_pythons(node: str, shape: Shape) -> None:
    cases = [
        (row, col, height, width)
        for height, width in [(23, 24), (7, 9), (5, 5), (4, 6), (3, 24), (24, 2), (1, 1)]
        for row, col in itertools.product(range(height), range(width))
    ]
    calls = [
        ({"row": row, "col": col}, {"height": height, "width": width}, shape)
        for row, col, height, width in cases
    ]
    for case, pixels in zip(cases, answers(node, "geometry", "neighbourhood", calls), strict=True):
        rows, cols = neighbourhood(*case, shape)
        expected = [{"row": row, "col": col} for row, col in zip(rows.tolist(), cols.tolist(), strict=True)]
        assert pixels == expected, case


def test_same_place_of_linked_pictures_is_pythons(node: str) -> None:
    sizes = [(12, 16), (24, 32), (7, 5), (10, 10), (9, 31)]
    pictures = {size: checker(*size) for size in sizes}
    cases = [
        (pixel, size, other)
        for size, other in itertools.permutations(sizes, 2)
        for pixel in itertools.product(range(size[0]), range(size[1]))
    ]
    calls = [
        (
            {"row": row, "col": col},
            {"height": size[0], "width": size[1]},
            {"height": other[0], "width": other[1]},
        )
        for (row, col), size, other in cases
    ]
    for (pixel, size, other), found in zip(cases, answers(node, "geometry", "samePlace", calls), strict=True):
        place = found["row"], found["col"]
        assert place == pictures[size].same_place(pixel, pictures[other])
        assert pictures[other].contains(place)


def test_colours_of_numbers_are_matplotlibs_cividis(node: str) -> None:
    table = np.array(mpl.colormaps["cividis"].colors) * 255
    found = np.array(answers(node, "colourmap", "colourOf", [(index / 256,) for index in range(256)]))
    exact = np.arange(0, 256, 16)
    assert np.abs(found[exact] - table[exact]).max() <= 0.5  # every sixteenth is matplotlib's, rounded
    assert np.abs(found - table).max() < 12  # the others lie between
