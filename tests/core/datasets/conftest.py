"""Small data sets in each of the four layouts, made for a test."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.classes import ClassList, SegmentationClass
from core.errors import DatasetError
from tests.conftest import Labels

# Four of CamVid's classes with CamVid's colours, and Void
STREET = ClassList(
    "Street",
    (
        SegmentationClass("Sky", (128, 128, 128)),
        SegmentationClass("Road", (128, 64, 128)),
        SegmentationClass("Tree", (128, 128, 0)),
        SegmentationClass("Void", (0, 0, 0)),
    ),
    void=3,
)


def refused(action: Callable[[], object], kind: type[DatasetError] = DatasetError) -> str:
    """The one sentence that `action` is refused with."""
    with pytest.raises(kind) as refusal:
        action()
    sentence = str(refusal.value)
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert "[Errno" not in sentence
    return sentence


@pytest.fixture(scope="session")
def refusal():
    """The one sentence that an action is refused with."""
    return refused


@pytest.fixture(autouse=True)
def cache_beside_the_data(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Keep what is kept in the data set, else in a folder of the test; never in the home of who runs it."""
    monkeypatch.delenv("STREETSCOPE_CACHE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def picture(label: Labels, seed: int = 0) -> Image.Image:
    """A picture of a label map's size; other seeds give pictures that look quite different."""
    tiles = np.random.default_rng(seed).integers(0, 256, (4, 6, 3), dtype=np.uint8)
    return Image.fromarray(tiles).resize(label.shape[::-1], Image.Resampling.NEAREST)


def colours_of(label: Labels, class_list: ClassList = STREET) -> Image.Image:
    """A label map as a picture in the classes' colours."""
    return Image.fromarray(class_list.palette[label])


Frames = Mapping[str, Mapping[str, Labels]]


@pytest.fixture
def make_layout(tmp_path: Path) -> Callable[..., Path]:
    """Write a data set in a layout; frames: label maps by split (train, valid, test) and name.

    Cambridge's layout has no splits: there they say nothing. SegNet's numbers are written as they are.
    """

    def make(layout: str, frames: Frames, name: str = "toy", class_list: ClassList = STREET) -> Path:
        root = tmp_path / name
        root.mkdir()
        seed = 0
        _write_lists(root, layout, frames, class_list)
        for split, labels in frames.items():
            images, maps, ending = _folders(layout, split)
            (root / images).mkdir(exist_ok=True)
            (root / maps).mkdir(exist_ok=True)
            for frame, label in labels.items():
                seed += 1
                picture(label, seed).save(root / images / f"{frame}.png")
                written = Image.fromarray(label) if layout in {"fastai", "segnet"} else None
                written = written or colours_of(label, class_list)
                written.save(root / maps / f"{frame}{ending}")
        return root

    return make


def _folders(layout: str, split: str) -> tuple[str, str, str]:
    part = "val" if split == "valid" else split
    return {
        "fastai": ("images", "labels", "_P.png"),
        "cambridge": ("701_StillsRaw_full", "LabeledApproved_full", "_L.png"),
        "kaggle": (part, f"{part}_labels", "_L.png"),
        "segnet": (part, f"{part}annot", ".png"),
    }[layout]


def _write_lists(root: Path, layout: str, frames: Frames, class_list: ClassList) -> None:
    classes = class_list.classes
    if layout == "fastai":
        (root / "codes.txt").write_text("".join(f"{c.name}\n" for c in classes))
        (root / "valid.txt").write_text("".join(f"{name}.png\n" for name in frames.get("valid", ())))
        if "test" in frames:
            (root / "test.txt").write_text("".join(f"{name}.png\n" for name in frames["test"]))
    if layout == "cambridge":
        lines = ["{} {} {}\t{}\n".format(*c.colour, c.name) for c in classes]
        (root / "label_colors.txt").write_text("".join(lines))
    if layout == "kaggle":
        rows = ["{},{},{},{}\n".format(c.name, *c.colour) for c in classes]
        (root / "class_dict.csv").write_text("name,r,g,b\n" + "".join(rows))


@pytest.fixture
def street_frames(street: Labels) -> Frames:
    """Two frames for training, one for validation and one for the test, with CamVid's names."""
    return {
        "train": {"0006R0_f00930": street, "0016E5_00390": np.fliplr(street).copy()},
        "valid": {"0016E5_07959": np.where(street == 2, 0, street).astype(np.uint8)},
        "test": {"Seq05VD_f00000": np.where(street == 0, 2, street).astype(np.uint8)},
    }


LAYOUTS = ("fastai", "cambridge", "kaggle", "segnet")
