"""The inputs that people reported about names, lists, endings and order: each has its right outcome."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.datasets.acquire.importing import import_dataset
from core.datasets.contents.check import check
from core.datasets.layouts.opening import find_datasets, open_dataset
from tests.conftest import ROOT

CASES = ROOT / "../shared/cases"

pytestmark = pytest.mark.skipif(not CASES.is_dir(), reason="no reported inputs in ../shared/cases")


@pytest.mark.parametrize(
    ("case", "frames", "valid"),
    [
        ("valid-backslash", ["a", "b"], ["b"]),
        ("no-break-space-in-name", ["Screenshot at 9.41.00\u202fAM", "b"], ["b"]),
        (
            "frames-without-leading-zeros",
            [f"frame{number}" for number in range(1, 13)],
            ["frame11", "frame12"],
        ),
        ("jfif-ending", ["a", "b"], ["b"]),
    ],
)
def test_it_is_clean_and_comes_back_equal_from_an_import(tmp_path: Path, case, frames, valid):
    root = CASES / case / "set"
    dataset = open_dataset(root)

    assert check(root).clean
    for each in (dataset, import_dataset(root, tmp_path / "imported")):
        assert [frame.name for frame in each.frames()] == frames
        assert [frame.name for frame in each.valid] == valid
    assert (tmp_path / "imported" / "valid.txt").read_text("utf-8").split()


def test_the_twin_that_a_mac_leaves_hides_nothing():
    data = CASES / "macosx-twin" / "data"

    assert find_datasets(data) == [data / "CamVid"]
    assert [frame.name for frame in open_dataset(data).frames()] == ["a"]
