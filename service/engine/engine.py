"""The networks at work: a request and a photo become an answer. The only place that computes."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Callable
from functools import cache

import numpy as np
from cachetools import LRUCache

from core.errors import StreetScopeError
from core.hardware.allocator import return_free_memory
from core.hardware.memory import resident_memory
from core.hardware.processor import usable_cores
from core.hardware.usage import has_gpu
from core.models.card import ModelCard
from core.models.paths import DEFAULT_MODEL
from core.models.store import list_models, read_card
from core.photos import images
from core.segmentation.cache import SharedCache
from core.segmentation.engines.choice import VARIABLE, EngineChoice, measured_seconds
from core.segmentation.segmentation import Segmentation
from core.segmentation.segmenter import Segmenter, load_segmenter, segment_photo
from core.segmentation.sizes import SIZES, SMALLEST_SIZE, TRAINED, WorkingSize, size_called
from core.training.recipes.trained import trained_size
from service import problems
from service.engine import answers
from service.engine.answers import Answer
from service.engine.requests import Request, SegmentRequest

_KEPT_BYTES = 96 * 1024**2
"""Of segmentations: whoever reads a pixel of a photo mostly reads another of the same photo next."""

_SPARE_BYTES = 128 * 1024**2
"""That this process may hold for the next photo. To return all after each one costs a ninth of the processor
time at 512 x 384: the same memory comes back, page by page."""

KEPT_PIXELS = 512 * 512
"""Of a picture whose layers' memory, 64 MB at most, waits here for the next one: to clear it for each photo
costs 4 % of the processor time at 512 x 384."""

_KEPT_MODELS = 3
_EVERYBODY = "everybody"


class Engine:
    """Loaded networks. Threads may ask at once; they compute one after the other.

    threads: that compute; None for one on each core.
    """

    def __init__(self, threads: int | None = None) -> None:
        self._threads = threads or usable_cores()
        self._segmenters: LRUCache[tuple[str, str], Segmenter] = LRUCache(_KEPT_MODELS)
        self._loading = threading.Lock()
        self._kept: SharedCache[Segmentation] = SharedCache(_KEPT_BYTES, lambda one: one.nbytes)
        self._held = 0

    def warm_up(self) -> None:
        """Load the usual model, and start what the first photo needs. Errors as of `load_segmenter`."""
        model = next(iter(list_models()), DEFAULT_MODEL)
        self._segmenter(read_card(model))
        speck = images.encode_png(np.zeros((SMALLEST_SIZE, SMALLEST_SIZE, 3), np.uint8))
        self.answer(SegmentRequest(model, str(SMALLEST_SIZE), "index"), speck)

    def answer(self, request: Request, photo: bytes, then: Callable[[], None] | None = None) -> Answer:
        """The answer to a request about a photo, given as the bytes of its file.

        What is wrong with either is an answer too: a problem's document. then: called once the network has
        computed, if it must; the rest takes a few milliseconds.
        """
        try:
            return self._answer(request, photo, then)
        except problems.Problem as problem:
            found = problem
        except StreetScopeError as error:
            found = problems.problem_of(error)
        finally:
            self._give_back()
        return Answer(found.document(), problems.MEDIA_TYPE, found.kind.status)

    def _give_back(self) -> None:
        """Return free memory if it has become much: of large layers, or of a mask in many runs."""
        now = resident_memory()
        if now > self._held + _SPARE_BYTES:
            return_free_memory()
            self._held = resident_memory()
        else:
            self._held = min(self._held, now)

    def _answer(self, request: Request, photo: bytes, then: Callable[[], None] | None) -> Answer:
        segmentation = self._segmentation(request, photo, then)
        if isinstance(request, SegmentRequest):
            return answers.segmented(segmentation, request.form)
        found = segmentation.read_pixel(request.row, request.col, shape=request.shape)
        return answers.reading(segmentation, found)

    def _segmentation(self, request: Request, photo: bytes, then: Callable[[], None] | None) -> Segmentation:
        card = read_card(request.model)
        size = working_size(request.size, card)
        key = (hashlib.sha256(photo).digest(), card.name, card.weights_sha256, size)
        # Of a mask nobody sees how sure it is; whoever asks for that later waits a little.
        sure = isinstance(request, SegmentRequest) and request.form == "json"

        def segment() -> Segmentation:
            return segment_photo(self._segmenter(card), photo, size, confidence=sure, then=then)

        return self._kept.get(_EVERYBODY, key, segment)

    def _segmenter(self, card: ModelCard) -> Segmenter:
        key = (card.name, card.weights_sha256)
        with self._loading:
            if key not in self._segmenters:
                loaded = load_segmenter(card.name, _of_gpu(), KEPT_PIXELS)
                own = self._threads == usable_cores()
                self._segmenters[key] = loaded if own else loaded.for_thread(self._threads)
            return self._segmenters[key]


@cache
def _of_gpu() -> EngineChoice | None:
    """PyTorch where it is installed and has a GPU; None where something was measured here, or is wanted."""
    if os.environ.get(VARIABLE) or measured_seconds() is not None or not has_gpu():
        return None
    try:
        import torch
    except ImportError:  # the service does without it
        return None
    return EngineChoice.PYTORCH if torch.cuda.is_available() else None


def working_size(name: str, card: ModelCard) -> WorkingSize:
    """The size of a request; see `service.engine.requests.SegmentRequest`."""
    if name == TRAINED or name in SIZES:
        return size_called(name, trained_size(card) if name == TRAINED else None)
    return WorkingSize(name, name, int(name))
