"""Small data sets in each of the four layouts, made for a test."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from PIL import Image

from core.classes import ClassList, SegmentationClass
from tests.conftest import Labels

LAYOUTS = ("fastai", "cambridge", "kaggle", "segnet")

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


def picture(label: Labels, seed: int = 0) -> Image.Image:
    """A picture of a label map's size; other seeds give pictures that look quite different."""
    tiles = np.random.default_rng(seed).integers(0, 256, (4, 6, 3), dtype=np.uint8)
    return Image.fromarray(tiles).resize(label.shape[::-1], Image.Resampling.NEAREST)


def colours_of(label: Labels, class_list: ClassList = STREET) -> Image.Image:
    """A label map as a picture in the classes' colours."""
    return Image.fromarray(class_list.palette[label])


Frames = Mapping[str, Mapping[str, Labels]]
"""Label maps by split (train, valid, test) and name."""


def write_layout(root: Path, layout: str, frames: Frames, class_list: ClassList = STREET) -> None:
    """Write a data set in a layout.

    Cambridge's layout has no splits: there they say nothing. SegNet's numbers are written as they are.
    """
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
        for split in ("valid", "test"):
            if split in frames:
                (root / f"{split}.txt").write_text("".join(f"{name}.png\n" for name in frames[split]))
    if layout == "cambridge":
        lines = ["{} {} {}\t{}\n".format(*c.colour, c.name) for c in classes]
        (root / "label_colors.txt").write_text("".join(lines))
    if layout == "kaggle":
        rows = ["{},{},{},{}\n".format(c.name, *c.colour) for c in classes]
        (root / "class_dict.csv").write_text("name,r,g,b\n" + "".join(rows))
