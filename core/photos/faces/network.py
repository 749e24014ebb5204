"""CenterFace: its graph made ready for pictures of any size, and what its four answers say.

Source: Y. Xu, W. Yan, G. Yang, J. Luo, T. Li and J. He, "CenterFace: Joint Face Detection and Alignment Using
Face as Point", 2020, sections 3.2 and 3.3.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import onnx
from numpy.typing import NDArray

from core.models.graph import open_graph, returning_memory
from core.photos.faces.rectangles import Boxes

MULTIPLE = 32
"""A picture's sides are multiples of this many pixels."""

_STRIDE = 4
"""One answer stands for so many pixels across and down."""

_INPUT, _OUTPUTS = "input.1", ("537", "538", "539")
"""The graph's names; the last two of the three have two layers each, for rows and columns."""

_ROWS, _COLS = 2, 3
"""Of a batch (N, C, H, W)."""


class CenterFace:
    """The network, ready to run. content: of its file, which has been checked. BrokenGraphError."""

    def __init__(self, content: bytes, threads: int) -> None:
        self._session = open_graph(_of_any_size(content), threads)

    def find(self, picture: NDArray[np.uint8], least: float) -> tuple[Boxes, NDArray[np.float32]]:
        """Where faces may be in a picture (H, W, 3) whose sides are multiples of MULTIPLE.

        Returns boxes (N, 4) in pixels, of which several may mean one face, and scores (N,) above `least`.
        """
        values = np.ascontiguousarray(picture.transpose(2, 0, 1)[None], np.float32)
        answers = self._session.run(list(_OUTPUTS), {_INPUT: values}, returning_memory())
        return read_answers([answer[0] for answer in answers], least)


def read_answers(answers: Sequence[NDArray[np.float32]], least: float) -> tuple[Boxes, NDArray[np.float32]]:
    """Boxes (N, 4) in pixels and scores (N,) from the network's answers, each for (H, W) places.

    answers: (1, H, W) how likely a face's middle is there; (2, H, W) logarithms of its height and width in
    strides; (2, H, W) how far below and to the right of the place's middle its own is, in strides.
    """
    likely, sizes, offsets = answers
    rows, cols = np.nonzero(likely[0] > least)
    middles = np.stack([cols + offsets[1, rows, cols], rows + offsets[0, rows, cols]], axis=1) + 0.5
    halves = np.exp(sizes[::-1, rows, cols].T) / 2
    boxes = _STRIDE * np.concatenate([middles - halves, middles + halves], axis=1)
    return np.asarray(boxes, np.float32), np.asarray(likely[0, rows, cols], np.float32)


def _of_any_size(content: bytes) -> bytes:
    """The graph, which says it takes ten pictures of 32 x 32 pixels, for any number of any size."""
    model = onnx.load_from_string(content)
    pictures = (value for value in model.graph.input if value.name == _INPUT)  # the others are weights
    for value in (*pictures, *model.graph.output):
        for place in (0, _ROWS, _COLS):
            value.type.tensor_type.shape.dim[place].dim_param = f"{value.name}-{place}"
    return bytes(model.SerializeToString())
