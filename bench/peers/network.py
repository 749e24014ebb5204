"""What both servers compute: as our workers do, but that these decode photos in a process of its own."""

from __future__ import annotations

from core.photos import images
from core.segmentation.engines.choice import EngineChoice
from core.segmentation.segmenter import load_segmenter

FIELD = "photo"


class Network:
    """The usual model, in ONNX Runtime with one thread. size: the longer side to work at."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._segmenter = load_segmenter("street-lite0", EngineChoice.ONNX_RUNTIME).for_thread(1)

    def mask(self, photo: bytes) -> bytes:
        """The photo's classes as a PNG of class numbers."""
        image, _ = images.decode_scaled(photo, self._size)
        found = self._segmenter.segment(image, self._size, confidence=False)
        return images.encode_index_png(found.labels, found.class_list.palette, quickly=True)
