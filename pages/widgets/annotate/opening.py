"""Opening the correction of a photo or a frame: from the network's prediction, a label or nothing."""

from __future__ import annotations

from typing import Literal

import numpy as np

from core.annotation.runs import NOT_REVIEWED
from core.annotation.store import (
    PREFIX,
    OpenCorrection,
    Source,
    open_correction,
    open_saved,
    open_set,
    set_folder,
)
from core.datasets import Frame
from core.errors import StreetScopeError
from core.models.store import read_card
from core.photos.photo import Photo
from core.segmentation.segmentation import Segmentation
from core.segmentation.sizes import WorkingSize
from pages.widgets.annotate.editor.reading import Network
from pages.widgets.segmentation.models import loaded_segmenter, segment, segment_later
from pages.widgets.shared.datasets import OpenedSet

Start = Literal["prediction", "label", "nothing"]
"""What a correction starts from."""


def photo_network(photo: Photo, model: str, size: WorkingSize) -> Network:
    """What a model says of a photo at a working size."""
    later = segment_later([lambda: photo], model, size)
    return Network(model, lambda: next(later()))


def frame_network(opened: OpenedSet, frame: Frame, model: str) -> Network:
    """What a model says of a frame at its own size."""

    def segmented() -> Segmentation:
        segmenter = loaded_segmenter(model, read_card(model).weights_sha256)
        return segmenter.segment(opened.dataset.read_image(frame))

    return Network(model, segmented)


def open_photo(set_name: str, photo: Photo, model: str, size: WorkingSize, start: Start) -> OpenCorrection:
    """Open a photo at a working size in a set of corrections. Errors: as `segment` and `open_correction`."""
    shown = segment(photo, model, size).segmentation
    labels = shown.labels if start == "prediction" else np.full_like(shown.labels, NOT_REVIEWED)
    model = model if start == "prediction" else ""
    source = Source("photo", photo.name, model, photo.credit or "", photo.key)
    return open_correction(set_name, shown.image, labels, shown.class_list, source)


def called(opened: OpenedSet, frame: Frame) -> str:
    """What people call a frame: in a set of corrections, as the photo was called that it is of."""
    name = opened.dataset.root.name.removeprefix(PREFIX)
    if opened.dataset.root != set_folder(name):
        return frame.name
    try:
        pictures = open_set(name).pictures
        return next((each.name for each in pictures if each.frame == frame.name), "") or frame.name
    except StreetScopeError:
        return frame.name  # what is wrong with the set is said where it is opened


def open_frame(set_name: str, opened: OpenedSet, frame: Frame, model: str, start: Start) -> OpenCorrection:
    """Open a data set's frame at its own size. Errors: as above, and DatasetError.

    A frame of the set itself, from its label, goes on as it was.
    """
    if start == "label" and opened.dataset.root == set_folder(set_name):
        own = {picture.frame: picture.key for picture in open_set(set_name).pictures}
        if frame.name in own:
            return open_saved(set_name, own[frame.name])
    image, label = opened.dataset.read(frame)
    classes = opened.dataset.class_list
    if start == "prediction":
        segmenter = loaded_segmenter(model, read_card(model).weights_sha256)
        label, classes = segmenter.segment(image).labels, segmenter.class_list
    elif start == "nothing":
        label = np.full_like(label, NOT_REVIEWED)
    name = f"{opened.dataset.name}, {frame.name}"
    source = Source("frame", name, model if start == "prediction" else "")
    return open_correction(set_name, image, label, classes, source, reviewed=start == "label")
