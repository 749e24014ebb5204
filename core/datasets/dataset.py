"""A data set: pairs of a street picture and its label map, their split and their class list.

Nothing is decoded until it is asked for; whatever is decoded is checked against the data set.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from core.classes import ClassList
from core.datasets import labels, pictures
from core.errors import DatasetError
from core.languages import counted, mark, sentence
from core.photos.images import resize, working_size

FrameSplit = Literal["train", "valid", "test"]
Split = Literal["train", "valid", "test", "all"]
SPLITS: tuple[FrameSplit, ...] = ("train", "valid", "test")
SPLIT_WORDS = {"train": mark("training"), "valid": mark("validation"), "test": mark("test")}
"""What people call the splits, as in "a validation frame"."""


def frames_in_words(split: str, count: int) -> str:
    """Some frames of a split: "24 validation frames", "1 test frame", "701 frames"."""
    match split:
        case "train":
            return counted("{count} training frame", "{count} training frames", count=count)
        case "valid":
            return counted("{count} validation frame", "{count} validation frames", count=count)
        case "test":
            return counted("{count} test frame", "{count} test frames", count=count)
        case _:
            return counted("{count} frame", "{count} frames", count=count)


_NONE = {
    "train": mark("{name} has no training frames; choose another split."),
    "valid": mark("{name} has no validation frames; choose another split."),
    "test": mark("{name} has no test frames; choose another split."),
    "all": mark("{name} has no frames; choose another data set."),
}


def no_frames(name: str, split: Split) -> str:
    """What to say where a split that was asked for is empty."""
    return sentence(_NONE[split], name=name)


@dataclass(frozen=True)
class Frame:
    """One picture and its label map, by path; `name` is unique within the data set."""

    name: str
    image: Path
    label: Path
    split: FrameSplit = "train"


@dataclass(frozen=True)
class SegmentationDataset:
    """A data set: its class list and its frames, split for training, validation and test.

    root: the folder that `layout` was recognised in.
    colour_labels: whether label maps are pictures in the classes' colours; otherwise they hold numbers.
    values: the number that stands for each class in the label maps, where that is not the class's own.
    longest: the longer side in pixels to which everything that is read is scaled; None for its own size.
    """

    name: str
    class_list: ClassList
    train: tuple[Frame, ...]
    valid: tuple[Frame, ...]
    test: tuple[Frame, ...]
    root: Path
    layout: str
    colour_labels: bool = False
    values: tuple[int, ...] = ()
    longest: int | None = None

    def scaled_to(self, longest: int | None) -> SegmentationDataset:
        """The same data set, whose pictures and label maps are scaled when they are read; see `longest`."""
        return replace(self, longest=longest)

    def frames(self, split: Split = "all") -> tuple[Frame, ...]:
        """The frames of a split; `all` is training, then validation, then test."""
        parts = {"train": self.train, "valid": self.valid, "test": self.test}
        return self.train + self.valid + self.test if split == "all" else parts[split]

    def frame(self, name: str) -> Frame:
        """The frame called `name`; DatasetError when there is none."""
        for frame in self.frames():
            if frame.name == name:
                return frame
        raise DatasetError(sentence("There is no frame {name!r} in {dataset}.", name=name, dataset=self.name))

    def read(self, frame: Frame) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        """Decode a frame: the (H, W, 3) RGB image and its (H, W) label map of class numbers.

        DatasetError names the file when either cannot be read, when their sizes differ, or when the label
        map holds a number or a colour that the class list does not have.
        """
        image = pictures.read_image(frame.image)
        label = self._decode_label(frame)
        check_same_size(frame, image, label)
        return self._scale_image(image), self._scale_label(label)

    def read_image(self, frame: Frame) -> NDArray[np.uint8]:
        """Decode a frame's picture alone: (H, W, 3) RGB, 0..255."""
        return self._scale_image(pictures.read_image(frame.image))

    def read_label(self, frame: Frame) -> NDArray[np.uint8]:
        """Decode a frame's label map alone: (H, W) class numbers. Does not check its size.

        A pixel that nobody labelled is UNLABELLED, unless that number stands for a class.
        A label map in colours is turned into numbers once and then cached.
        """
        return self._scale_label(self._decode_label(frame))

    def _decode_label(self, frame: Frame) -> NDArray[np.uint8]:
        if self.colour_labels:
            return labels.read_colours_once(frame.label, self.class_list)
        return labels.read_indices(frame.label, self.class_list, self.values)

    def _scale_image(self, image: NDArray[np.uint8]) -> NDArray[np.uint8]:
        if self.longest is None:
            return image
        height, width = image.shape[:2]
        return resize(image, *working_size(height, width, self.longest))

    def _scale_label(self, label: NDArray[np.uint8]) -> NDArray[np.uint8]:
        if self.longest is None:
            return label
        height, width = label.shape
        return sampled(label, *working_size(height, width, self.longest))


def sampled(label: NDArray[np.uint8], height: int, width: int) -> NDArray[np.uint8]:
    """A label map (H, W) as (height, width): of each new pixel the class at its middle.

    Class numbers have no mean. The same pixels as torch's `nearest-exact`, by which training scales.
    """
    if label.shape == (height, width):
        return label
    rows, cols = (
        (2 * np.arange(new) + 1) * old // (2 * new)
        for new, old in zip((height, width), label.shape, strict=True)
    )
    return label[np.ix_(rows, cols)]


def check_same_size(frame: Frame, image: NDArray[np.uint8], label: NDArray[np.uint8]) -> None:
    """DatasetError when a frame's (H, W, 3) image and (H, W) label map differ in size."""
    if image.shape[:2] != label.shape:
        raise DatasetError(
            sentence(
                "{name} is {width} x {height} pixels but its picture {picture} is {own_width} x "
                "{own_height}; both must have the same size.",
                name=frame.label.name,
                width=label.shape[1],
                height=label.shape[0],
                picture=frame.image.name,
                own_width=image.shape[1],
                own_height=image.shape[0],
            )
        )
