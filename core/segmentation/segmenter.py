"""A loaded network turns photos into segmentations.

Segmenter.segment(image, size) -> Segmentation
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.classes import ClassList
from core.errors import BrokenModelError, SizeError
from core.languages import sentence
from core.models.card import ModelCard
from core.models.networks import find_network
from core.models.store import GRAPH, read_graph, read_whole
from core.photos import guarded, images
from core.segmentation.engines.choice import EngineChoice, chosen_engine
from core.segmentation.engines.engine import Engine
from core.segmentation.engines.onnx_runtime import OnnxRuntime
from core.segmentation.predictor import Predictor
from core.segmentation.segmentation import Segmentation
from core.segmentation.sizes import LARGEST_SIZE, SMALLEST_SIZE, WorkingSize

if TYPE_CHECKING:
    import torch

    from core.models.weights import Model


class Segmenter:
    """A network ready to segment photos; sessions can share one, since a lock keeps them apart.

    `load_segmenter` makes one of a model in the store, `of_network` one of a network in PyTorch.
    stride: how many pixels one logit covers along each side.
    """

    def __init__(self, card: ModelCard, class_list: ClassList, stride: int, predictor: Predictor) -> None:
        self.card, self.class_list, self.stride, self.predictor = card, class_list, stride, predictor

    @classmethod
    def of_network(
        cls, model: Model, bfloat16: bool = False, device: torch.device | None = None
    ) -> Segmenter:
        """The network of a model, run by PyTorch; bfloat16, device: as for its engine."""
        # PyTorch takes seconds to import; whoever only looks does without it.
        from core.segmentation.engines.pytorch import PyTorch

        engine = PyTorch(model.network.eval(), model.multiple, bfloat16, device)
        return cls._of(model.card, engine, model.class_list, model.stride, model.multiple)

    @classmethod
    def of_graph(cls, card: ModelCard, graph: bytes, kept_pixels: int = 0) -> Segmenter:
        """The checked graph of a model, run by ONNX Runtime; kept_pixels: as for it. BrokenModelError."""
        network = find_network(card.network)
        engine = OnnxRuntime(graph, kept_pixels=kept_pixels)
        return cls._of(card, engine, card.class_list.restored(), network.stride, network.multiple)

    @classmethod
    def _of(
        cls, card: ModelCard, engine: Engine, classes: ClassList, stride: int, multiple: int
    ) -> Segmenter:
        mean, std = card.normalisation.mean, card.normalisation.std
        return cls(card, classes, stride, Predictor(engine, mean, std, multiple))

    @property
    def name(self) -> str:
        """The model's name in the store."""
        return self.card.name

    def for_thread(self, threads: int) -> Segmenter:
        """Another one of the same network, for the calling thread alone, which computes with `threads`."""
        return Segmenter(self.card, self.class_list, self.stride, self.predictor.for_thread(threads))

    def segment(
        self,
        image: NDArray[np.uint8],
        size: int | None = None,
        square: bool = False,
        confidence: bool = True,
        then: Callable[[], None] | None = None,
    ) -> Segmentation:
        """Segment a photo.

        image: (H, W, 3) uint8 RGB. size: the longer side to work at, in pixels, aspect ratio kept; None for
        the photo's own size, up to 2048. square: squash to size x size instead, as the article did.
        confidence: whether the result keeps it; one that does not computes it whenever it is asked.
        then: called between the network, which takes nearly all of the time, and the rest.
        SizeError for a size outside 32 ... 2048.
        """
        return self.segment_batch([image], size, square, confidence, then)[0]

    def segment_batch(
        self,
        photos: Sequence[NDArray[np.uint8]],
        size: int | None = None,
        square: bool = False,
        confidence: bool = True,
        then: Callable[[], None] | None = None,
    ) -> list[Segmentation]:
        """Segment photos of one size together, which a GPU does faster; parameters as for `segment`.

        SizeError also for photos of different sizes.
        """
        scaled = [to_working_size(photo, size, square) for photo in photos]
        if len({image.shape for image in scaled}) > 1:
            raise SizeError(
                sentence("Photos of different sizes cannot be segmented together; take them one by one.")
            )
        if not scaled:
            return []
        logits = self.predictor.logits(scaled)
        if then is not None:
            then()
        # Each its own copy: a view of one photo's logits would keep those of all in memory.
        own = list(logits) if len(logits) == 1 else [each.copy() for each in logits]
        return [
            Segmentation.of_logits(image, each, self.stride, self.class_list, self.name, confidence)
            for image, each in zip(scaled, own, strict=True)
        ]


def to_working_size(image: NDArray[np.uint8], size: int | None, square: bool = False) -> NDArray[np.uint8]:
    """Scale a photo to the size it is segmented at; see `Segmenter.segment`."""
    height, width = image.shape[:2]
    target = min(max(height, width), LARGEST_SIZE) if size is None else size
    if not SMALLEST_SIZE <= target <= LARGEST_SIZE:
        raise SizeError(
            sentence(
                "The working size is {target} pixels; choose one from {smallest_size} to {largest_size}.",
                target=target,
                smallest_size=SMALLEST_SIZE,
                largest_size=LARGEST_SIZE,
            )
        )
    return images.resize(image, *images.working_size(height, width, target, square))


def load_segmenter(name: str, engine: EngineChoice | None = None, kept_pixels: int = 0) -> Segmenter:
    """The model called `name` from the model store, ready to segment.

    engine: None means the one that suits this machine. A model without a graph is always run by PyTorch.
    kept_pixels: as for ONNX Runtime. ModelNotFoundError, BrokenModelError.
    """
    return read_whole(name, partial(read_segmenter, engine=engine, kept_pixels=kept_pixels))


def read_segmenter(
    folder: Path, card: ModelCard, engine: EngineChoice | None = None, kept_pixels: int = 0
) -> Segmenter:
    """The model in a folder, whose card was read from there; otherwise as `load_segmenter`."""
    wanted = engine or chosen_engine()
    graph = read_graph(folder, card) if wanted is EngineChoice.ONNX_RUNTIME else None
    if graph is None:
        from core.models.weights import read_model

        return Segmenter.of_network(read_model(folder, card), wanted is EngineChoice.PYTORCH_BFLOAT16)
    segmenter = Segmenter.of_graph(card, graph, kept_pixels)
    if not segmenter.predictor.has_finite_answers():
        raise BrokenModelError(
            sentence(
                "{folder}: the network answers with values that are not finite; copy the model again.",
                folder=folder / GRAPH,
            )
        )
    return segmenter


def segment_photo(
    segmenter: Segmenter,
    data: bytes,
    size: WorkingSize,
    *,
    ours: bool = False,
    confidence: bool = True,
    then: Callable[[], None] | None = None,
) -> Segmentation:
    """Segment a photo given as the bytes of its file. ImageError if it is not a usable photo.

    ours: it is a sample of the project's, which need not wait for the process that decodes strangers' photos.
    confidence, then: as for `Segmenter.segment`.
    """
    decode = images.decode_scaled if ours else guarded.decode_scaled
    image, _ = decode(data, size.pixels or LARGEST_SIZE, size.square)
    return segmenter.segment(image, size.pixels, size.square, confidence, then)
