"""Which picture the Annotate page opens: the visitor's photo or a data set's frame, and what it starts from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

import streamlit as st

from core.annotation.runs import NOT_REVIEWED
from core.annotation.store import OpenCorrection, Source, open_correction
from core.classes import ClassList
from core.datasets import Frame
from core.errors import DatasetError, StreetScopeError
from core.photos.photo import Photo
from core.segmentation.sizes import WorkingSize
from pages.widgets.segmentation.models import loaded_segmenter, segment
from pages.widgets.shared.datasets import OpenedSet
from core.models.store import read_card

Start = Literal["prediction", "label", "nothing"]

SET_NAME = "mine"
"""The set that corrections are saved in."""


@dataclass(frozen=True, eq=False)
class Opened:
    """A correction that is open, and what the page says of its picture."""

    correction: OpenCorrection
    name: str
    credit: str


def open_photo(photo: Photo, model: str, size: WorkingSize, start: Start) -> Opened:
    """Open a photo at a working size. Errors: as `segment` and `open_correction`."""
    shown = segment(photo, model, size).segmentation
    labels = shown.labels if start == "prediction" else np.full_like(shown.labels, NOT_REVIEWED)
    source = Source("photo", photo.name, model if start == "prediction" else "", photo.credit or "")
    correction = open_correction(SET_NAME, shown.image, labels, shown.class_list, source)
    return Opened(correction, photo.name, photo.credit or "your photo")


def open_frame(opened: OpenedSet, frame: Frame, model: str, start: Start) -> Opened:
    """Open a data set's frame at its own size; errors as above, and DatasetError."""
    image, label = opened.dataset.read(frame)
    classes: ClassList = opened.dataset.class_list
    name = f"{opened.dataset.name}, {frame.name}"
    if start == "prediction":
        segmenter = loaded_segmenter(model, read_card(model).weights_sha256)
        label, classes = segmenter.segment(image).labels, segmenter.class_list
    elif start == "nothing":
        label = np.full_like(label, NOT_REVIEWED)
    source = Source("frame", name, model if start == "prediction" else "")
    correction = open_correction(SET_NAME, image, label, classes, source, reviewed=start == "label")
    return Opened(correction, frame.name, opened.dataset.name)
