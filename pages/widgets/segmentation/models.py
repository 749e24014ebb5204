"""Models and segmentations that all sessions share, in bounded caches."""

from __future__ import annotations

import gc
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import streamlit as st

from core.errors import ComparisonError, ImageError, ModelError, PhotoSetError
from core.hardware.allocator import return_free_memory
from core.languages import gettext as _
from core.models.card import ModelCard
from core.models.paths import DEFAULT_MODEL
from core.models.store import list_models, read_card
from core.photos import images
from core.photos.photo import Photo
from core.reports.model_words import (
    accuracy_words,
    drawn_words,
    licence_words,
    limits_words,
    other_photo_words,
)
from core.segmentation.cache import SharedCache
from core.segmentation.engines.choice import EngineChoice, chosen_engine
from core.segmentation.segmentation import Segmentation
from core.segmentation.segmenter import Segmenter, load_segmenter, segment_photo
from core.segmentation.sizes import WorkingSize
from pages.widgets.shared.errors import show_error
from pages.widgets.shared.markdown import Markdown, escape, markdown
from pages.widgets.viewer.pixel_viewer import ViewerPicture, viewer_picture

_KEPT_BYTES = 448 * 1024**2
"""Memory for segmentations on this server: some 40 photos at 1024 x 1024 with 11 classes, at 11 MB each, 22
with 31 classes; four times as many at 512."""


def _model() -> Markdown:
    return markdown("Model")


_MISSING = "missing_models"
"""In the session: by a picker's key, the model that it was asked for and the one that it shows instead."""

_EVERYBODY = "everybody"
"""Owner of the samples' segmentations, which stay when sessions end."""


@dataclass(frozen=True, eq=False)
class SegmentedPhoto:
    """A segmentation with what the pixel viewer shows of it."""

    segmentation: Segmentation
    picture: ViewerPicture

    @property
    def nbytes(self) -> int:
        """Bytes of memory that this photo takes."""
        return self.segmentation.nbytes + len(self.picture.photo) + len(self.picture.maps)


def loaded_segmenter(model: str, weights: str) -> Segmenter:
    """A loaded model with these weights. Three are kept; a fourth replaces the oldest."""
    return _loaded(model, weights, chosen_engine())


@st.cache_resource(max_entries=3, show_spinner=False)
def _loaded(model: str, weights: str, engine: EngineChoice) -> Segmenter:
    return load_segmenter(model, engine)


@st.cache_resource(show_spinner=False)
def _segmentations() -> SharedCache[SegmentedPhoto]:
    return SharedCache(_KEPT_BYTES, lambda photo: photo.nbytes)


def _forget(owner: str) -> None:
    """A session has ended: return the memory of its photos to the system."""
    _segmentations().release(owner)
    gc.collect()  # what it left in cycles: Streamlit collects after no run (see .streamlit/config.toml)
    return_free_memory()


@st.cache_resource(scope="session", show_spinner=False, on_release=_forget)
def _owner() -> str:
    """This session as an owner of segmentations; Streamlit reports when it ends."""
    return secrets.token_hex(8)


def segment(photo: Photo, model: str, size: WorkingSize) -> SegmentedPhoto:
    """Segment a photo, once for all sessions with the same photo, model and size.

    Errors: ImageError for the photo, ModelError for the model.
    """
    return _segment(photo, model, size, _owner())


def segment_later(
    photos: Sequence[Callable[[], Photo]], model: str, size: WorkingSize
) -> Callable[[], Iterator[Segmentation]]:
    """Segment photos one after the other, in a thread without a session, such as a download's.

    photos: each gives a photo when its turn comes.
    """
    owner = _owner()

    def later() -> Iterator[Segmentation]:
        for read in photos:
            yield _segment(read(), model, size, owner).segmentation

    return later


def _segment(photo: Photo, model: str, size: WorkingSize, owner: str) -> SegmentedPhoto:
    weights = read_card(model).weights_sha256  # a retrained model of the same name has other weights

    def make() -> SegmentedPhoto:
        result = segment_photo(loaded_segmenter(model, weights), photo.data, size, ours=bool(photo.sample))
        made = SegmentedPhoto(result.without_confidence(), _viewer_picture(result))
        del result
        return_free_memory()  # of the network's layers: hundreds of megabytes at 1024 x 1024
        return made

    owner = _EVERYBODY if photo.sample else owner
    return _segmentations().get(owner, (photo.key, model, weights, size), make)


@contextmanager
def or_say_why(name: str) -> Iterator[None]:
    """For a block that reads a photo and segments it: shows an error on the page, which ends there.

    name: the photo's.
    """
    try:
        yield
    except ModelError as error:
        show_error(error, markdown("The model cannot be used"))
    except (ImageError, PhotoSetError) as error:
        title = markdown("{photo} cannot be segmented", photo=name[:80])
        show_error(error, title, ":material/broken_image:")
    except ComparisonError as error:
        show_error(error, markdown("These two cannot be compared"))
    else:
        return
    st.stop()


def _viewer_picture(result: Segmentation) -> ViewerPicture:
    names, palette = result.class_list.names, result.class_list.palette
    shown = images.encode_jpeg(result.image)
    return viewer_picture(
        shown, result.labels, names, palette, confidence_percent=result.confidence_percent()
    )


def usual_model() -> str:
    """The model that is used where nobody chooses: the shipped one, which comes first, or else another."""
    return next(iter(list_models()), DEFAULT_MODEL)


def _asked_for(key: str) -> str:
    """What a picker will show, if it still exists: the last choice, or the one in the address."""
    return str(st.session_state.get(key) or st.query_params.get(key, ""))


def warn_of_missing(*keys: str) -> None:
    """Name the models that pickers are asked for and that do not exist; before the pickers show others."""
    for name in missing_models(*keys):
        words = markdown("The model {model} no longer exists; another one is used.", model=name[:80])
        st.warning(words, icon=":material/search_off:")


def missing_models(*keys: str) -> list[str]:
    """The models that pickers were asked for and that do not exist; call it before the pickers show others.

    Each for as long as its picker shows what it took instead: the next run may come before anybody has read.
    """
    existing = list_models()
    missing: dict[str, tuple[str, str | None]] = st.session_state.setdefault(_MISSING, {})
    for key in keys:
        name = _asked_for(key)
        if name and name not in existing:
            missing[key] = (name, None)
        elif key in missing:
            asked, instead = missing.pop(key)
            if instead in (None, name) and asked not in existing:
                missing[key] = (asked, name)
    return [missing[key][0] for key in keys if key in missing]


def model_picker(label: Markdown | None = None, key: str = "model", compact: bool = False) -> str:
    """Let the visitor choose a model; draws nothing when there is only one. compact: without a label."""
    models = list_models()
    if len(models) < 2:
        return usual_model()
    return st.selectbox(
        _model() if label is None else label,
        models,
        models.index(usual_model()),
        key=key,
        bind="query-params",
        help=_("The model that segments: a network and its trained weights."),
        label_visibility="collapsed" if compact else "visible",
        filter_mode=None,  # a phone would show its keyboard
        width=170 if compact else "stretch",
    )


def figures(segmentation: Segmentation) -> Markdown:
    """What a model's card says of it: how good it is, on which data and at which size, its limits and its
    licence. segmentation: what the page shows of it.
    """
    card = read_card(segmentation.model_name)
    said = (accuracy_words(card), other_photo_words(card, segmentation.height, segmentation.width))
    return markdown(
        "The network **{model}** {accuracy} {terms}",
        model=card.name,
        accuracy=" ".join(filter(None, said)),
        terms=terms(card),
    )


def class_marks(model: str) -> dict[str, str]:
    """For the viewer: what there is to say of some of a model's classes, by name; nothing without a model."""
    try:
        return drawn_words(read_card(model))
    except ModelError:
        return {}  # what needs the model says that it is gone


def terms(card: ModelCard) -> Markdown:
    """The limits and the licence that a card names; empty when it names neither."""
    return escape(" ".join(filter(None, (limits_words(card), licence_words(card)))))
