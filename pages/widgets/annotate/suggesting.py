"""Suggest the rest: the browser asks, and gets a class for every pixel that nobody has reviewed yet.

Once, for a question; or live: then every answer to a stroke has the suggestion for the mask after it.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import streamlit as st

from core.annotation.regions import segments
from core.annotation.runs import NOT_REVIEWED, Mask
from core.annotation.store import OpenCorrection
from core.annotation.suggestions import Suggester, read_suggester
from core.errors import StreetScopeError
from core.models.store import read_card
from core.segmentation.segmentation import Segmentation
from pages.widgets.annotate.packing import checksum, deflated
from pages.widgets.segmentation.models import loaded_segmenter

_ANSWER, _LIVE = "annotate_suggested", "annotate_live"
_FEW = "Draw with two classes: a stroke of each is enough. The suggestion then follows whatever you draw."
_ALL = "All of this picture is reviewed: there is nothing left to suggest."


@dataclass(frozen=True, eq=False)
class Network:
    """The model that suggests; `segmented` finds out what it says of the picture that is corrected."""

    model: str
    segmented: Callable[[], Segmentation]

    @property
    def weights(self) -> str:
        """The hash of the model's weights. ModelError if there is no such model any more."""
        return read_card(self.model).weights_sha256


@dataclass(frozen=True)
class Suggested:
    """The answer to one question. labels: (H, W) as deflated bytes; trouble: why there are none."""

    question: tuple[str, int]
    labels: bytes = b""
    trouble: str = ""


@dataclass(frozen=True)
class Live:
    """The suggestion for one mask.

    id: of the correction. sum: the mask's checksum. labels: (H, W) as deflated bytes in base64. words: why
    there are none.
    """

    id: str
    sum: int
    labels: str = ""
    words: str = ""


def suggested(correction: OpenCorrection, asked: Mapping[str, object], network: Network) -> Suggested | None:
    """The answer to the browser's newest question, worked out once; None if it has asked nothing.

    asked: what the browser sent, which can be anything.
    """
    number = asked.get("number")
    if asked.get("id") != _id(correction) or not isinstance(number, int):
        return None
    question = (_id(correction), number)
    known: Suggested | None = st.session_state.get(_ANSWER)
    if known is None or known.question != question:
        known = st.session_state[_ANSWER] = _suggest(correction, question, network)
    return known


def live(correction: OpenCorrection, asked: Mapping[str, object], network: Network) -> Live | None:
    """The suggestion for the mask as it is now, worked out once for a mask; None if the browser wants none.

    asked: what the browser sent, which can be anything.
    """
    if asked.get("on") is not True:
        st.session_state.pop(_LIVE, None)
        return None
    mask, names = correction.mask, correction.class_list.names
    wanted = (_id(correction), checksum(mask), network.model, names)
    known: tuple[object, Live] | None = st.session_state.get(_LIVE)
    if known is None or known[0] != wanted:
        known = st.session_state[_LIVE] = wanted, _live(correction, mask, network)
    return known[1]


def _id(correction: OpenCorrection) -> str:
    return f"{correction.set_name}/{correction.key}"


def _suggest(correction: OpenCorrection, question: tuple[str, int], network: Network) -> Suggested:
    try:
        labels = suggester(correction, network).suggest(correction.mask).labels
    except StreetScopeError as error:
        return Suggested(question, trouble=str(error))
    return Suggested(question, deflated(labels))


def _live(correction: OpenCorrection, mask: Mask, network: Network) -> Live:
    id_, sum_ = _id(correction), checksum(mask)
    try:
        found = suggester(
            correction, network
        )  # also before it is of use: the first stroke then need not wait
        if words := _too_early(mask):
            return Live(id_, sum_, words=words)
        labels = found.suggest(mask).labels
    except StreetScopeError as error:
        return Live(id_, sum_, words=str(error))
    return Live(id_, sum_, b64encode(deflated(labels)).decode())


def _too_early(mask: Mask) -> str:
    """Why nothing is suggested for a mask yet, or any more; empty if something can be."""
    counts = np.bincount(mask.ravel(), minlength=NOT_REVIEWED + 1)
    if not counts[NOT_REVIEWED]:
        return _ALL
    return _FEW if np.count_nonzero(counts[:NOT_REVIEWED]) < 2 else ""


def suggester(correction: OpenCorrection, network: Network) -> Suggester:
    """What is known of a picture before anybody reviews it; read once, also if classes are added.

    AnnotationError, ModelError.
    """
    classes = correction.class_list
    weights = network.weights
    known = loaded_segmenter(network.model, weights).class_list.translation(classes)
    numbers = tuple(number if number < len(classes) else -1 for number in known.tolist())
    found = _suggester(correction.key, network.model, weights, numbers, correction, network)
    return found.with_classes(len(classes))


@st.cache_resource(max_entries=4, show_spinner=False)
def _suggester(
    key: str,
    model: str,
    weights: str,
    numbers: tuple[int, ...],
    _correction: OpenCorrection,
    _network: Network,
) -> Suggester:
    """numbers: of the network's classes in the correction's list, which new classes do not change."""
    alike = segments(_correction.image, "small")
    segmenter = loaded_segmenter(model, weights)
    return read_suggester(segmenter, segmentation(_correction, _network), alike, _correction.class_list)


def segmentation(correction: OpenCorrection, network: Network) -> Segmentation:
    """What the network says of the picture that is corrected. Errors as for `Network.segmented`."""
    return _segmentation(correction.key, network.model, network.weights, network)


@st.cache_resource(max_entries=4, show_spinner=False)
def _segmentation(key: str, model: str, weights: str, _network: Network) -> Segmentation:
    return _network.segmented().without_confidence()
