"""What is looked into: a photo at its working size, the chosen pixel, and the network that sees it."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from core.inside.process import AskedInspector, InspectingProcess
from core.languages import gettext as _
from core.models.store import read_card
from core.photos.photo import Photo
from core.segmentation.segmentation import Segmentation
from core.segmentation.segmenter import Segmenter
from core.segmentation.sizes import WorkingSize
from pages.widgets.explore import reading
from pages.widgets.segmentation.models import loaded_segmenter, segment
from pages.widgets.viewer.pixel_viewer import Pixel, ViewerPicture

_TWIN = "twin"


@dataclass(frozen=True, eq=False)
class Subject:
    """A photo and a network. picture: the photo as the browser gets it."""

    photo: Photo
    segmentation: Segmentation
    picture: ViewerPicture
    segmenter: Segmenter
    inspector: AskedInspector

    @property
    def untrained(self) -> bool:
        """Whether the network is the model's untrained twin."""
        return self.inspector.untrained

    @property
    def key(self) -> str:
        """Identifies photo, size and network."""
        return ".".join((self.picture.identity, *self.inspector.key_parts))

    @property
    def size(self) -> tuple[int, int]:
        """(height, width) of the working-size picture."""
        return self.picture.height, self.picture.width

    def pixel(self) -> Pixel:
        """The chosen pixel."""
        return reading.keep_inside(self.picture)

    def colour(self, number: int) -> tuple[int, int, int]:
        """The colour of a class."""
        red, green, blue = self.segmentation.class_list.palette[number].tolist()
        return red, green, blue


def twin_toggle() -> bool:
    """Let the visitor see everything through a network that has learnt nothing."""
    return st.toggle(
        _("Untrained twin"),
        key=_TWIN,
        bind="query-params",
        help=_(
            "The same network with weights drawn by chance: whatever looks the same through it does not come "
            "from training."
        ),
    )


def look_at(photo: Photo, model: str, size: WorkingSize, untrained: bool = False) -> Subject:
    """The photo as a model, or its untrained twin, sees it.

    Errors: ImageError for the photo, ModelError for the model, WorkerError if the twin cannot be asked.
    """
    shown = segment(photo, model, size)
    weights = read_card(model).weights_sha256
    inspector = AskedInspector(_process(), model, weights, untrained)
    if untrained:
        segmenter = _twin(model, weights)
        segmentation = _seen_by_twin(shown.picture.identity, weights, shown.segmentation, segmenter)
        return Subject(photo, segmentation, shown.picture, segmenter, inspector)
    return Subject(photo, shown.segmentation, shown.picture, loaded_segmenter(model, weights), inspector)


@st.cache_resource(show_spinner=False)
def _process() -> InspectingProcess:
    """One for all sessions."""
    return InspectingProcess()


@st.cache_resource(max_entries=3, show_spinner=False)
def _twin(model: str, weights: str) -> Segmenter:
    return AskedInspector(_process(), model, weights, untrained=True).segmenter()


@st.cache_resource(max_entries=4, show_spinner=False)
def _seen_by_twin(
    picture: str, weights: str, _segmentation: Segmentation, _segmenter: Segmenter
) -> Segmentation:
    return _segmenter.segment(_segmentation.image).without_confidence()
