"""Uncertain first: where the network is in doubt and nobody has reviewed it, one place after the other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.annotation.edited import EditedPicture
from core.annotation.runs import NOT_REVIEWED, Mask
from core.annotation.uncertain import Place, next_place
from core.errors import StreetScopeError
from core.languages import class_name, mark, translated
from core.languages import gettext as _
from core.segmentation.probabilities import percent
from core.segmentation.segmentation import Segmentation
from pages.widgets.annotate.editor.packing import identity
from pages.widgets.annotate.editor.reading import Network, segmentation

_ANSWER = "annotate_doubtful"
_MOST_SEEN = 256
_ALL_REVIEWED = mark("All of this picture is reviewed.")
_SURE = mark("The network is sure of everything that is not reviewed.")
_SEEN_ALL = mark("There are no more doubtful places. Ask once more to begin again with the first one.")


@dataclass(frozen=True)
class Doubtful:
    """The answer to one question. place: None if there is no such place any more. words: what to say."""

    question: tuple[str, int]
    place: Place | None
    words: str


def doubtful(correction: EditedPicture, asked: Mapping[str, object], network: Network) -> Doubtful | None:
    """The next doubtful place, worked out once for a question; None if the browser has asked nothing.

    asked: what the browser sent, which can be anything.
    """
    id_, number = identity(correction), asked.get("number")
    if asked.get("id") != id_ or not isinstance(number, int):
        return None
    known: Doubtful | None = st.session_state.get(_ANSWER)
    if known is None or known.question != (id_, number):
        place, words = _next(correction, _places(asked.get("seen"), correction.mask), network)
        known = st.session_state[_ANSWER] = Doubtful((id_, number), place, words)
    return known


def _places(seen: object, mask: Mask) -> list[Place]:
    """The places of a mask in what the browser sent."""
    height, width = mask.shape
    found = []
    for each in seen[:_MOST_SEEN] if isinstance(seen, list) else ():
        match each:
            case [int(row), int(col)] if 0 <= row < height and 0 <= col < width:
                found.append((row, col))
    return found


def _next(correction: EditedPicture, seen: list[Place], network: Network) -> tuple[Place | None, str]:
    mask = correction.mask
    try:
        looked = segmentation(correction, network)
        entropy = _entropy(correction.key, network.model, network.weights, looked)
    except StreetScopeError as error:
        return None, translated(error)
    place = next_place(entropy, mask, seen)
    if place is not None:
        return place, _in_words(looked, place)
    if (mask != NOT_REVIEWED).all():
        return None, _(_ALL_REVIEWED)
    return None, _(_SEEN_ALL if seen else _SURE)


def _in_words(looked: Segmentation, place: Place) -> str:
    """What the network takes the pixel for: "The network is unsure here: Car 41 %, Bus 38 %"."""
    row, col = place
    shares = looked.probabilities(np.array([row]), np.array([col]))[0]
    names = looked.class_list.names
    most = np.argsort(-shares, kind="stable")[:2]
    said = ", ".join(f"{class_name(names[number])} {percent(shares[number])}" for number in most)
    return _("The network is unsure here: {said}").format(said=said)


@st.cache_resource(max_entries=4, show_spinner=False)
def _entropy(key: str, model: str, weights: str, _looked: Segmentation) -> NDArray[np.uint8]:
    return _looked.entropy_steps()
