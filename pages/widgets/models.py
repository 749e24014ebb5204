"""Models and segmentations that all sessions share, each kept within bounds."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from core import images
from core.modelstore import DEFAULT_MODEL, list_models, read_card
from core.segmentation import LARGEST_SIZE, Segmentation, Segmenter, load_segmenter
from pages.widgets.pixel_viewer import ViewerPicture, viewer_picture


@st.cache_resource(max_entries=3, show_spinner=False)
def segmenter(model: str) -> Segmenter:
    """A loaded model; the least recently loaded gives way to a fourth."""
    return load_segmenter(model)


@dataclass(frozen=True, eq=False)
class SegmentedPhoto:
    """A segmentation with what the pixel viewer shows of it."""

    segmentation: Segmentation
    picture: ViewerPicture


# A photo at 1024 x 1024 keeps about 15 MB, so this cache holds at most half a gigabyte.
@st.cache_resource(max_entries=32, show_spinner=False)
def segment(photo: bytes, model: str, size: int | None, square: bool = False) -> SegmentedPhoto:
    """Segment a photo, once for everybody who looks at the same photo with the same model and size.

    Errors: ImageError for the photo, ModelError for the model.
    """
    image = images.decode(photo, size or LARGEST_SIZE)
    result = segmenter(model).segment(image, size, square)
    names, palette = result.class_list.names, result.class_list.palette
    photo_shown = images.encode_jpeg(result.image)
    return SegmentedPhoto(
        result, viewer_picture(photo_shown, result.labels, result.confidence_percent(), names, palette)
    )


def model_picker() -> str:
    """Choose a model; says nothing where there is only one."""
    models = list_models()
    if len(models) < 2:
        return models[0] if models else DEFAULT_MODEL
    return st.selectbox("Model", models, help="Who segments: a network and what it was trained on.")


@st.cache_data(max_entries=8, show_spinner=False)
def figures(model: str) -> str:
    """How good a model is, in one line that says what that was measured on."""
    measured = read_card(model).metrics
    if not measured:
        return f"The network **{model}** was never measured: nobody knows how good it is."
    return (
        f"The network **{model}** finds {measured['acc_camvid']:.1%} of the pixels and a mean IoU of "
        f"{measured['mean_iou']:.3f} over {measured['classes_in_mean']} classes on {measured['dataset']} "
        f"({measured['split']}, {measured['images']} pictures, {measured['size']}, "
        f"{measured['classes']} classes). It has only ever seen streets of one town in daylight: expect "
        "mistakes elsewhere, and above all where it says it is sure."
    )
