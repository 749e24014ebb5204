"""What `regions.js` makes of the regions that Python sends, in Node: the same numbers, runs and outlines."""

from __future__ import annotations

import json
import shutil
import subprocess
import zlib
from pathlib import Path

import numpy as np
import pytest

from core.annotation.regions import packed_regions
from tests.conftest import ROOT

ASK = """
import { readFileSync } from "node:fs";
import { Regions, packedBytes } from "./regions.mjs";
const { bytes, size, shown, at } = JSON.parse(readFileSync(0));
if (bytes.length !== packedBytes(size)) throw new Error(`${bytes.length} bytes`);
const regions = Regions.unpack(Uint8Array.from(bytes), size);
const runs = ({ starts, lengths }) => ({ starts: [...starts], lengths: [...lengths] });
const numbers = [...Array(regions.count).keys()];
const place = at[0] * size.width + at[1];
console.log(JSON.stringify({
  numbers: [...regions.numbers],
  runs: numbers.map((number) => runs(regions.runs(number))),
  pixels: numbers.map((number) => regions.pixels(number)),
  outlines: numbers.slice(0, 3).map((number) => regions.outline(number)),
  at: regions.at(...at),
  part: runs(regions.runsWithin(regions.at(...at), (other) => shown[other] === shown[place])),
}));
"""


@pytest.fixture(scope="module")
def node() -> str:
    found = shutil.which("node")
    if found is None:
        pytest.fail("These tests need Node; on Debian, install the package nodejs.", pytrace=False)
    return found


@pytest.fixture
def answer(node, tmp_path: Path):
    """What the module says of regions, of a mask that is shown, and of the place of the pointer."""
    script = (ROOT / "pages/widgets/annotate/editor/front/regions.js").read_text("utf-8")
    (tmp_path / "regions.mjs").write_text(script, encoding="utf-8")
    (tmp_path / "ask.mjs").write_text(ASK, encoding="utf-8")

    def ask(numbers, shown, at):
        height, width = numbers.shape
        asked = {
            "bytes": list(zlib.decompress(packed_regions(numbers))),
            "size": {"height": height, "width": width},
            "shown": shown.ravel().tolist(),
            "at": at,
        }
        run = subprocess.run(
            [node, "ask.mjs"],
            cwd=tmp_path,
            input=json.dumps(asked),
            capture_output=True,
            text=True,
            check=False,
        )
        assert run.returncode == 0, run.stderr
        return json.loads(run.stdout)

    return ask


def places(runs):
    starts, lengths = runs["starts"], runs["lengths"]
    return [
        place for start, length in zip(starts, lengths, strict=True) for place in range(start, start + length)
    ]


def test_regions_by_hand(answer):
    numbers = np.array([[0, 0, 1, 1], [2, 2, 1, 1], [2, 2, 2, 2]], np.int32)
    shown = np.array([[5, 5, 5, 5], [5, 6, 5, 5], [5, 6, 5, 5]], np.uint8)
    found = answer(numbers, shown, (2, 3))
    assert found["numbers"] == numbers.ravel().tolist()
    assert found["runs"] == [
        {"starts": [0], "lengths": [2]},
        {"starts": [2, 6], "lengths": [2, 2]},
        {"starts": [4, 8], "lengths": [2, 4]},
    ]
    assert found["pixels"] == [2, 4, 6]
    assert found["at"] == 2
    assert found["part"] == {"starts": [4, 8, 10], "lengths": [1, 1, 2]}
    upper_left = [0, 0, 0, 1, 1, 0, 1, 1, 0, 0, 1, 0, 0, 1, 0, 2, 1, 1, 1, 2, 0, 2, 1, 2]
    assert found["outlines"][0] == upper_left


def test_many_regions(answer):
    """More than two bytes can number, and none of them left out."""
    numbers = np.arange(263 * 520, dtype=np.int32).reshape(263, 520)
    numbers[:, 1::2] = numbers[:, ::2]
    numbers = np.unique(numbers, return_inverse=True)[1].reshape(numbers.shape).astype(np.int32)
    found = answer(numbers, np.zeros(numbers.shape, np.uint8), (262, 519))
    assert found["numbers"] == numbers.ravel().tolist()
    assert [places(runs) for runs in found["runs"]] == np.arange(numbers.size).reshape(-1, 2).tolist()
