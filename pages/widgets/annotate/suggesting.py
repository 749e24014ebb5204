"""Suggest the rest: the browser asks, and gets a class for every pixel that nobody has reviewed yet."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import streamlit as st

from core.annotation.regions import segments
from core.annotation.store import OpenCorrection
from core.annotation.suggestions import Suggester, read_suggester
from core.errors import StreetScopeError
from core.models.store import read_card
from core.segmentation.segmentation import Segmentation
from pages.widgets.segmentation.models import loaded_segmenter

_ANSWER = "annotate_suggested"


@dataclass(frozen=True, eq=False)
class Network:
    """The model that suggests; `segmented` finds out what it says of the picture that is corrected."""

    model: str
    segmented: Callable[[], Segmentation]


@dataclass(frozen=True)
class Suggested:
    """The answer to one question. labels: (H, W) as deflated bytes; trouble: why there are none."""

    question: tuple[str, int]
    labels: bytes = b""
    trouble: str = ""


def suggested(correction: OpenCorrection, asked: Mapping[str, object], network: Network) -> Suggested | None:
    """The answer to the browser's newest question, worked out once; None if it has asked nothing.

    asked: what the browser sent, which can be anything.
    """
    number = asked.get("number")
    if asked.get("id") != f"{correction.set_name}/{correction.key}" or not isinstance(number, int):
        return None
    question = (str(asked["id"]), number)
    known: Suggested | None = st.session_state.get(_ANSWER)
    if known is None or known.question != question:
        known = st.session_state[_ANSWER] = _suggest(correction, question, network)
    return known


def _suggest(correction: OpenCorrection, question: tuple[str, int], network: Network) -> Suggested:
    try:
        weights = read_card(network.model).weights_sha256
        names = correction.class_list.names
        suggester = _suggester(correction.key, network.model, weights, names, correction, network)
        labels = suggester.suggest(correction.mask).labels
    except StreetScopeError as error:
        return Suggested(question, trouble=str(error))
    return Suggested(question, zlib.compress(labels.tobytes(), level=1))


@st.cache_resource(max_entries=4, show_spinner=False)
def _suggester(
    key: str,
    model: str,
    weights: str,
    names: tuple[str, ...],
    _correction: OpenCorrection,
    _network: Network,
) -> Suggester:
    alike = segments(_correction.image, "small")
    segmenter = loaded_segmenter(model, weights)
    return read_suggester(segmenter, _network.segmented(), alike, _correction.class_list)
