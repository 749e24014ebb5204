"""What a key function looks at: segmentations by a model, exact truths, and what a model's folder says.

    look = Look("street-lite0")
    look.segment("toytown-30003-7").labels

A page gives it a function that segments with its own cache; a script gives it nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from core.classes import CAMVID_32, ClassList
from core.errors import LessonError
from core.evaluation.metrics import truth_table
from core.languages import sentence
from core.photos import images
from core.photos.samples import SAMPLES
from core.segmentation.segmentation import Segmentation
from core.segmentation.segmenter import Segmenter, load_segmenter
from core.toytown import FRAMES, LARGEST_COUNT, frame

FRAME_SIZE = (640, 480)
"""Columns and rows of a drawn frame, as of the samples that are two of them."""

WORKING_SIZE = 512
"""The longer side at which lessons segment."""

_FRAME = re.compile(r"(toytown|jakarta)-(\d{1,9})-(\d|1[01])")
_SAMPLE_FRAMES = {"toytown-noon": "toytown-70004-2", "toytown-rain": "toytown-30003-7"}

SegmentPhoto = Callable[[str, str, int], Segmentation]
"""By a photo's name, a model's name, and the longer side in pixels."""


def is_drawn(photo: str) -> bool:
    """Whether a photo's name means a drawn frame, TOWN-SEED-NUMBER, or a sample that is one."""
    return bool(_FRAME.fullmatch(_SAMPLE_FRAMES.get(photo, photo)))


def is_unseen(photo: str) -> bool:
    """Whether a photo is a drawn frame that no set of frames can have, so that no network has learnt from it.

    A set of one seed has at most `LARGEST_COUNT` frames; this one is of a later drive.
    """
    found = _FRAME.fullmatch(_SAMPLE_FRAMES.get(photo, photo))
    return found is not None and int(found[2]) % LARGEST_COUNT * FRAMES >= LARGEST_COUNT


def is_photo(photo: str) -> bool:
    """Whether there is a photo of that name for lessons: a sample, or a drawn frame."""
    return is_drawn(photo) or photo in {sample.name for sample in SAMPLES}


@lru_cache(maxsize=16)
def drawn(photo: str) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """The (480, 640, 3) picture of a drawn frame and its exact (480, 640) labels in CamVid's 32 classes.

    LessonError if the name means none; DatasetError if the town has no such frame.
    """
    found = _FRAME.fullmatch(_SAMPLE_FRAMES.get(photo, photo))
    if found is None:
        raise LessonError(
            sentence(
                "{photo!r} is no drawn frame; name one as TOWN-SEED-NUMBER, as in toytown-30003-7.",
                photo=photo,
            )
        )
    image, labels = frame(int(found[2]), int(found[3]), FRAME_SIZE, found[1])
    image.flags.writeable = labels.flags.writeable = False
    return image, labels


@lru_cache(maxsize=2)
def loaded(model: str) -> Segmenter:
    """A model from the store, kept for the next question. ModelError."""
    return load_segmenter(model)


def picture(photo: str) -> NDArray[np.uint8]:
    """The (H, W, 3) picture of a sample or a drawn frame. LessonError, DatasetError."""
    path = next((sample.path for sample in SAMPLES if sample.name == photo), None)
    return drawn(photo)[0] if path is None else images.decode(path.read_bytes())


@lru_cache(maxsize=16)
def segment_here(photo: str, model: str, size: int) -> Segmentation:
    """A sample or a drawn frame, segmented by a model that is loaded once."""
    return loaded(model).segment(picture(photo), size)


@dataclass(frozen=True)
class Look:
    """A model and a size, and all that can be computed from them.

    segment_photo: who segments; segmenter: who gives a loaded model by its name, for pictures that are no
    photos. By default a model loaded for this process.
    """

    model: str
    size: int = WORKING_SIZE
    segment_photo: SegmentPhoto = segment_here
    segmenter: Callable[[str], Segmenter] = loaded

    def segment(self, photo: str, model: str | None = None) -> Segmentation:
        """A photo's segmentation. ModelError, ImageError, LessonError, DatasetError."""
        return self.segment_photo(photo, model or self.model, self.size)

    def truth(self, photo: str, found: Segmentation) -> NDArray[np.uint8]:
        """(H, W) the exact class of each pixel of a drawn frame, in the numbers of a segmentation of it.

        What the model has no class for is UNLABELLED. LessonError for a photo that is not drawn.
        """
        labels = self.named_truth(photo, found)
        return truth_table(CAMVID_32, found.class_list)[labels]

    def named_truth(self, photo: str, found: Segmentation) -> NDArray[np.uint8]:
        """(H, W) the exact class of each pixel of a drawn frame at a segmentation's size, in CamVid's 32."""
        labels = drawn(photo)[1]
        # The pixel's own middle: a label cannot be interpolated.
        rows = ((np.arange(found.height) + 0.5) * labels.shape[0] / found.height).astype(int)
        cols = ((np.arange(found.width) + 0.5) * labels.shape[1] / found.width).astype(int)
        chosen: NDArray[np.uint8] = labels[np.ix_(rows, cols)]
        return chosen


def known_classes(classes: ClassList) -> int:
    """How many classes of a list are ones that a pixel can have: all but Void."""
    return len(classes) - (classes.void is not None)
