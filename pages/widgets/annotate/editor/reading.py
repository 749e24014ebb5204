"""What a network sees in a picture, read beside the page: nobody waits with a stroke until it is there.

And what was reviewed in the other pictures of the set, which can teach, too.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Generic, TypeVar

import streamlit as st

from core.annotation.edited import EditedPicture
from core.annotation.regions import segments
from core.annotation.store import open_saved
from core.annotation.suggestions import Examples, Suggester, read_suggester
from core.classes import ClassList
from core.errors import StreetScopeError
from core.models.store import read_card
from core.segmentation.segmentation import Segmentation
from core.segmentation.segmenter import Segmenter
from pages.widgets.segmentation.models import loaded_segmenter

_KEPT = 4
"""Pictures: 4 bytes a pixel each, and some 450 for each of its pieces."""

_MOST_OTHERS = 8
"""Other pictures of a set that teach: each takes a second to read."""

_KEPT_OTHERS = 24
"""At most one and a half megabytes each, if the whole picture is reviewed."""

Value = TypeVar("Value")


@dataclass(frozen=True, eq=False)
class Network:
    """The model that suggests; `segmented` finds out, in any thread, what it says of the picture."""

    model: str
    segmented: Callable[[], Segmentation]

    @property
    def weights(self) -> str:
        """The hash of the model's weights. ModelError if there is no such model any more."""
        return read_card(self.model).weights_sha256


class _Readings(Generic[Value]):
    """The last `most` pictures that were read, or are being read: one at a time, in a thread of its own."""

    def __init__(self, most: int) -> None:
        self._lock = threading.Lock()
        self._worker = ThreadPoolExecutor(1, "reading")
        self._most = most
        self._known: OrderedDict[Hashable, Future[Value]] = OrderedDict()

    def ask(self, key: Hashable, read: Callable[[], Value]) -> Future[Value]:
        """The reading called `key`, which begins if there is none. One that has failed is told of once."""
        with self._lock:
            found = self._known.pop(key, None) or self._worker.submit(read)
            if not (found.done() and _has_failed(found)):
                self._known[key] = found
            while len(self._known) > self._most:
                self._known.popitem(last=False)
            return found


def _has_failed(reading: Future[Value]) -> bool:
    """Whether a reading that is done has an error."""
    try:
        reading.result()
    except StreetScopeError:
        return True
    return False


@st.cache_resource(show_spinner=False)
def _readings() -> _Readings[Suggester]:
    return _Readings(_KEPT)


@st.cache_resource(show_spinner=False)
def _readings_of_others() -> _Readings[Examples | None]:
    return _Readings(_KEPT_OTHERS)


def suggester(correction: EditedPicture, network: Network) -> Suggester | None:
    """What is known of a picture before anybody reviews it; None while it is being read.

    Read once, also if classes are added. AnnotationError, ModelError.
    """
    weights, classes = network.weights, correction.class_list
    segmenter = loaded_segmenter(network.model, weights)
    numbers = _numbers(segmenter, classes)

    def read() -> Suggester:
        alike = segments(correction.image, "small")
        return read_suggester(segmenter, segmentation(correction, network), alike, classes)

    reading = _readings().ask((correction.key, network.model, weights, numbers), read)
    return reading.result().with_classes(len(classes)) if reading.done() else None


def taught_by_others(correction: EditedPicture, network: Network) -> list[Examples] | None:
    """What was reviewed in the other pictures of the set; None while they are being read.

    Of the pictures that were changed last, and as far as they can be opened. ModelError.
    """
    weights, classes = network.weights, correction.class_list
    segmenter = loaded_segmenter(network.model, weights)
    numbers, set_name = _numbers(segmenter, classes), correction.set_name

    def read(key: str) -> Examples | None:
        try:
            other = open_saved(set_name, key)
            seen = segmenter.segment(other.image).without_confidence()
            found = read_suggester(segmenter, seen, segments(other.image, "small"), classes)
            return found.examples(other.mask)
        except StreetScopeError:
            return None  # its own page says what is wrong with it

    readings = [
        _readings_of_others().ask(
            (set_name, each.key, each.changed, network.model, weights, numbers), partial(read, each.key)
        )
        for each in correction.others[:_MOST_OTHERS]
    ]
    if not all(reading.done() for reading in readings):
        return None
    found = (reading.result() for reading in readings)
    return [each.with_classes(len(classes)) for each in found if each is not None]


def _numbers(segmenter: Segmenter, classes: ClassList) -> tuple[int, ...]:
    """Of the network's classes in another list, -1 where it has none: new classes there do not change it."""
    known = segmenter.class_list.translation(classes).tolist()
    return tuple(number if number < len(classes) else -1 for number in known)


def segmentation(correction: EditedPicture, network: Network) -> Segmentation:
    """What the network says of the picture that is corrected. Errors as for `Network.segmented`."""
    return _segmentation(correction.key, network.model, network.weights, network)


@st.cache_resource(max_entries=_KEPT, show_spinner=False)
def _segmentation(key: str, model: str, weights: str, _network: Network) -> Segmentation:
    return _network.segmented().without_confidence()
