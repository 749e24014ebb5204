"""fastai's CamVid layout: `images/`, `labels/NAME_P.png`, `codes.txt`, `valid.txt`.

Nothing is decoded until it is asked for; what is decoded is checked against what the data set says.
"""

from __future__ import annotations

import colorsys
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from core import images
from core.classes import CAMVID_32, RGB, ClassList, SegmentationClass
from core.errors import DatasetError, ImageError

Split = Literal["train", "valid", "all"]


@dataclass(frozen=True)
class Frame:
    """One picture and its label map, by path."""

    name: str
    image: Path
    label: Path


@dataclass(frozen=True)
class SegmentationDataset:
    """A data set: its class list and its frames, split into training and validation."""

    name: str
    class_list: ClassList
    train: tuple[Frame, ...]
    valid: tuple[Frame, ...]

    def frames(self, split: Split) -> tuple[Frame, ...]:
        """The frames of a split; `all` is training, then validation."""
        return {"train": self.train, "valid": self.valid, "all": self.train + self.valid}[split]

    def read(self, frame: Frame) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        """Decode a frame: the (H, W, 3) RGB image and its (H, W) label map.

        DatasetError names the file when either cannot be read, when their sizes differ, or when the label
        map holds a number that the class list does not have.
        """
        image = _read_image(frame.image)
        label = read_label(frame.label, len(self.class_list))
        if image.shape[:2] != label.shape:
            raise DatasetError(
                f"{frame.label.name} is {label.shape[1]} x {label.shape[0]} pixels but its picture "
                f"{frame.image.name} is {image.shape[1]} x {image.shape[0]}; both must have the same size."
            )
        return image, label


def open_dataset(root: Path) -> SegmentationDataset:
    """Open a folder in fastai's layout; DatasetError says which file is missing or wrong."""
    for part in ("images", "labels", "codes.txt", "valid.txt"):
        if not ((root / part).is_file() if "." in part else (root / part).is_dir()):
            raise DatasetError(
                f"{root} has no {part}; fastai's layout has images, labels, codes.txt and valid.txt."
            )
    pictures = sorted(p for p in (root / "images").iterdir() if p.suffix.lower() in {".png", ".jpg", ".jpeg"})
    if not pictures:
        raise DatasetError(f"{root / 'images'} holds no PNG or JPEG pictures.")
    frames = [Frame(p.stem, p, root / "labels" / f"{p.stem}_P.png") for p in pictures]
    for frame in frames:
        if not frame.label.exists():
            raise DatasetError(f"{frame.image.name} has no label map: {frame.label} is missing.")
    valid_names = {Path(line).stem for line in _lines(root / "valid.txt")}
    return SegmentationDataset(
        name=root.resolve().name,
        class_list=_class_list(root.resolve().name, _lines(root / "codes.txt")),
        train=tuple(f for f in frames if f.name not in valid_names),
        valid=tuple(f for f in frames if f.name in valid_names),
    )


def read_label(path: Path, classes: int) -> NDArray[np.uint8]:
    """Decode an index PNG into an (H, W) label map whose numbers are all below `classes`."""
    try:
        with Image.open(path, formats=["PNG"]) as picture:
            if picture.mode not in {"L", "P"}:
                raise DatasetError(
                    f"{path.name} is a PNG of mode {picture.mode}; "
                    "a label map is an 8-bit PNG with one number a pixel."
                )
            label = np.array(picture, dtype=np.uint8)
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError) as error:
        raise DatasetError(f"{path} cannot be read as a PNG label map.") from error
    if label.max(initial=0) >= classes:
        raise DatasetError(
            f"{path.name} holds the class number {label.max()}, but the class list ends at {classes - 1}."
        )
    return label


def _read_image(path: Path) -> NDArray[np.uint8]:
    try:
        return images.decode(path.read_bytes())
    except (ImageError, OSError) as error:
        raise DatasetError(f"{path} cannot be read: {error}") from error


def _lines(path: Path) -> list[str]:
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise DatasetError(f"{path} is not a text in UTF-8; give one name a line.") from None
    return [line.strip() for line in lines if line.strip()]


def _class_list(name: str, codes: list[str]) -> ClassList:
    """The class list of `codes.txt`: CamVid's own where the names are CamVid's, else with made-up colours."""
    if tuple(codes) == CAMVID_32.names:
        return CAMVID_32
    if not 1 <= len(codes) <= 255 or len(set(codes)) < len(codes):
        raise DatasetError(f"The codes.txt of {name} must have 1 to 255 class names, each of them once.")
    known = {c.name: c for c in CAMVID_32.classes}
    classes = tuple(
        known.get(code, SegmentationClass(code, _spread_colour(number))) for number, code in enumerate(codes)
    )
    return ClassList(name, classes, codes.index("Void") if "Void" in codes else None)


def _spread_colour(number: int) -> RGB:
    """A colour for the class `number`: the golden ratio keeps neighbours far apart on the colour circle."""
    golden = 0.618033988749895
    red, green, blue = colorsys.hsv_to_rgb(number * golden % 1, 0.65, 0.9)
    return round(red * 255), round(green * 255), round(blue * 255)
