"""A network's predictions for a data set's frames, in a bounded cache that all sessions share."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.classes import ClassList
from core.datasets import Frame, SegmentationDataset
from core.evaluation.frame_errors import FrameErrors, frame_errors
from core.evaluation.own_classes import in_classes_of
from core.evaluation.results import Evaluation
from core.files import signature
from core.languages import gettext as _
from core.models.store import read_card
from core.photos import images
from pages.widgets.segmentation.models import loaded_segmenter
from pages.widgets.viewer.pixel_viewer import ViewerPicture, viewer_picture


@dataclass(frozen=True, eq=False)
class Prediction:
    """A frame's prediction, its errors and its figures."""

    picture: ViewerPicture
    errors: FrameErrors
    error_picture: ViewerPicture
    class_list: ClassList
    evaluation: Evaluation


def predict(
    dataset: SegmentationDataset, frame: Frame, model: str, counted_in: ClassList | None = None
) -> Prediction:
    """Segment a frame at the size at which the data set gives it, as `evaluate` does.

    counted_in: the classes in which errors are counted, of which the model's are the first; by default its
    own. Errors: ModelError for the model, DatasetError if the frame cannot be read or compared.
    """
    weights = read_card(model).weights_sha256
    key_parts = (
        dataset.name,
        dataset.class_list.name,
        str(dataset.longest),
        str(frame.image),
        signature(frame.image),
        signature(frame.label),
        *(() if counted_in is None else counted_in.names),
    )
    return _predict(key_parts, dataset, frame, model, weights, counted_in)


@st.cache_resource(max_entries=8, show_spinner=False)
def _predict(
    key_parts: tuple[str | None, ...],
    _dataset: SegmentationDataset,
    _frame: Frame,
    model: str,
    weights: str,
    _counted_in: ClassList | None,
) -> Prediction:
    segmenter = loaded_segmenter(model, weights)
    if _counted_in is None:
        segmenter = in_classes_of(_dataset, segmenter)
    image, truth = _dataset.read(_frame)
    found = segmenter.segment(image)
    classes = _counted_in or segmenter.class_list
    errors = frame_errors(truth, _dataset.class_list, found.labels, classes)
    photo = images.encode_jpeg(image)
    picture = viewer_picture(
        photo, found.labels, classes.names, classes.palette, confidence_percent=found.confidence_percent()
    )
    return Prediction(
        picture,
        errors,
        _error_picture(photo, errors.labels, classes),
        classes,
        Evaluation(
            model,
            _dataset.name,
            _frame.split,
            f"{truth.shape[1]} x {truth.shape[0]}",
            1,
            classes.names,
            errors.confusion,
        ),
    )


def _error_picture(photo: bytes, labels: NDArray[np.uint8], classes: ClassList) -> ViewerPicture:
    names = [f"{name}, wrongly" for name in classes.names]
    colours = [*map(tuple, classes.palette.tolist()), None, None]
    return viewer_picture(photo, labels, (*names, "right", _("not counted")), colours)
