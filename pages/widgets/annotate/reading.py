"""What a network sees in a picture, read beside the page: nobody waits with a stroke until it is there."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import streamlit as st

from core.annotation.regions import segments
from core.annotation.store import OpenCorrection
from core.annotation.suggestions import Suggester, read_suggester
from core.models.store import read_card
from core.segmentation.segmentation import Segmentation
from pages.widgets.segmentation.models import loaded_segmenter

_KEPT = 4
"""Pictures: 4 bytes a pixel each, and some 450 for each of its pieces."""

_Key = tuple[str, str, str, tuple[int, ...]]


@dataclass(frozen=True, eq=False)
class Network:
    """The model that suggests; `segmented` finds out, in any thread, what it says of the picture."""

    model: str
    segmented: Callable[[], Segmentation]

    @property
    def weights(self) -> str:
        """The hash of the model's weights. ModelError if there is no such model any more."""
        return read_card(self.model).weights_sha256


class _Readings:
    """The last pictures that were read, or are being read: one at a time, in a thread of its own."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._worker = ThreadPoolExecutor(1, "reading")
        self._known: OrderedDict[_Key, Future[Suggester]] = OrderedDict()

    def ask(self, key: _Key, read: Callable[[], Suggester]) -> Future[Suggester]:
        """The reading called `key`, which begins if there is none. One that has failed is told of once."""
        with self._lock:
            found = self._known.pop(key, None) or self._worker.submit(read)
            if not (found.done() and found.exception()):
                self._known[key] = found
            while len(self._known) > _KEPT:
                self._known.popitem(last=False)
            return found


@st.cache_resource(show_spinner=False)
def _readings() -> _Readings:
    return _Readings()


def suggester(correction: OpenCorrection, network: Network) -> Suggester | None:
    """What is known of a picture before anybody reviews it; None while it is being read.

    Read once, also if classes are added. AnnotationError, ModelError.
    """
    weights, classes = network.weights, correction.class_list
    segmenter = loaded_segmenter(network.model, weights)
    known = segmenter.class_list.translation(classes).tolist()
    numbers = tuple(number if number < len(classes) else -1 for number in known)

    def read() -> Suggester:
        alike = segments(correction.image, "small")
        return read_suggester(segmenter, segmentation(correction, network), alike, classes)

    reading = _readings().ask((correction.key, network.model, weights, numbers), read)
    return reading.result().with_classes(len(classes)) if reading.done() else None


def segmentation(correction: OpenCorrection, network: Network) -> Segmentation:
    """What the network says of the picture that is corrected. Errors as for `Network.segmented`."""
    return _segmentation(correction.key, network.model, network.weights, network)


@st.cache_resource(max_entries=_KEPT, show_spinner=False)
def _segmentation(key: str, model: str, weights: str, _network: Network) -> Segmentation:
    return _network.segmented().without_confidence()
